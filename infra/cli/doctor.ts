import type { Command } from 'commander';
import { exposureDollars } from '../../shared/core/exposure.ts';
import { formatUsd } from '../../shared/core/money.ts';
import { type Common, tell, withPlace } from './booth-command.ts';
import { type Deployment, openDeployment } from './deployment.ts';
import { coinbooth } from './program.ts';
import { quotaLooks } from './quota-looks.ts';
import { readiness } from './readiness.ts';

/** One thing that was looked at. */
export interface Look {
  readonly name: string;
  /** Undefined where only a person can tell. */
  readonly isReady?: boolean;
  readonly says: string;
}

/** `coinbooth doctor`: what a new deployment needs, in the order in which a person sees to it. */
export function addDoctor(program: Command): void {
  withPlace(program.command('doctor'))
    .description('what stands between this booth and its first picture; signs and spends nothing')
    .addHelpText(
      'after',
      `\nExamples:\n  ${coinbooth} doctor\n  ${coinbooth} doctor --local .coinbooth --json` +
        '\n\nExit code: 0 when nothing stands in the way, 1 when something does, 2 when it could not be asked.',
    )
    .action(doctor);
}

async function doctor(options: Common): Promise<void> {
  const deployment = await openDeployment(options);
  const looks = [
    await apiLook(deployment),
    ...(await readiness(deployment)),
    await signingLook(deployment),
    ...(await hints(deployment)),
    ...(await quotaLooks(deployment)),
  ];
  if (looks.some(({ isReady }) => isReady === false)) process.exitCode = 1;
  tell(options, { name: deployment.name, wallet: deployment.wallet, looks }, [
    `${deployment.name} pays from ${deployment.wallet}`,
    ...looks.map(({ isReady, name, says }) => `${words(isReady)} ${name}: ${says}`),
  ]);
}

const words = (isReady: boolean | undefined): string =>
  isReady === undefined ? 'see' : isReady ? 'ok ' : 'NOT';

async function apiLook({ client }: Deployment): Promise<Look> {
  try {
    const { models } = await client.models();
    return { name: 'api', isReady: true, says: `${client.origin} answers you, with ${models.length} models` };
  } catch (error) {
    return { name: 'api', isReady: false, says: `${client.origin}: ${(error as Error).message}` };
  }
}

async function signingLook({ control }: Deployment): Promise<Look> {
  const signing = await control.readSigning();
  const says = signing?.enabled
    ? `allowed since ${new Date(signing.at).toISOString()} by ${signing.by}: ${signing.reason}`
    : `stopped: ${signing?.reason ?? 'a new booth is born so; "coinbooth resume" allows it'}`;
  return { name: 'signing', isReady: signing?.enabled ?? false, says };
}

/** What only a person can see to. */
async function hints({ settings, limits: preset, control }: Deployment): Promise<Look[]> {
  const { payees, origin } = settings.seller;
  const said = await control.readLimits();
  const limits = said ?? preset;
  return [
    {
      name: 'payees',
      says: `compare ${payees.join(', ')} with what ${origin} publishes, by a way of its own, before you resume`,
    },
    {
      name: 'budget',
      says:
        `${formatUsd(String(limits.total), 6)} a day${said ? '' : ' by the settings'}, and before anything is delivered up to ` +
        `${limits.exposurePerPayee} payments or ${formatUsd(String(exposureDollars(limits)), 6)} to one payee; ` +
        '"coinbooth budget" shows and changes it',
    },
  ];
}
