import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { budgetRows, dayOf, type Limits, limitsSchema } from '../../shared/core/budget.ts';
import { formatUsd } from '../../shared/core/money.ts';
import { openDeployment } from './deployment.ts';
import { readiness } from './readiness.ts';

interface Common {
  readonly local?: string;
  readonly json?: boolean;
}

const withPlace = (command: Command): Command =>
  command
    .option('--local <folder>', 'the booth that "npm start" runs, by its data folder (such as .coinbooth)')
    .option('--json', 'one JSON object on stdout');

/** The commands of the person who answers for the money: what may be spent, and whether anything may be. */
export function addOperate(program: Command): void {
  withPlace(program.command('stop'))
    .description('sign nothing and send nothing from now on')
    .argument('<reason>', 'why, for whoever looks next')
    .addHelpText('after', '\nExample:\n  npx coinbooth stop "the seller changed its payee"')
    .action(stop);
  withPlace(program.command('resume'))
    .description('allow signing, once the chain, the wallet and the payee are as they should be')
    .argument('[reason]', 'why, for whoever looks next', 'resumed by hand')
    .addHelpText('after', '\nExample:\n  npx coinbooth resume "payee confirmed with the seller"')
    .action(resume);
  const budget = program.command('budget').description('what may be spent per day (UTC), and what was');
  withPlace(budget.command('show', { isDefault: true }))
    .description('limits, and what of today is left, held and spent')
    .action(show);
  withPlace(budget.command('set'))
    .description('change one limit; it holds from the next payment on')
    .argument('<scope>', 'total, caller, model, payee, floor, unseen, or one of a kind such as caller:AIDA…')
    .argument('<amount>', 'dollars such as 25 or 0.50 (unseen: a number of payments), or "none"')
    .addHelpText(
      'after',
      '\nExamples:\n  npx coinbooth budget set total 50\n  npx coinbooth budget set model:veo-3.1/generate 20',
    )
    .action(set);
}

async function stop(reason: string, options: Common): Promise<void> {
  const { control, name } = await openDeployment(options);
  await control.writeSigning({ enabled: false, reason, by: userInfo().username, at: Date.now() });
  const says = `${name} is stopped: nothing is signed and nothing is sent. What was sent before may still settle.`;
  tell(options, { enabled: false, reason }, [says]);
}

async function resume(reason: string, options: Common): Promise<void> {
  const deployment = await openDeployment(options);
  const findings = await readiness(deployment);
  const isReady = findings.every((finding) => finding.isReady);
  if (isReady)
    await deployment.control.writeSigning({ enabled: true, reason, by: userInfo().username, at: Date.now() });
  else process.exitCode = 1;
  const lines = findings.map(({ isReady: ready, name, says }) => `${ready ? 'ok ' : 'NOT'} ${name}: ${says}`);
  const end = isReady ? `${deployment.name} may sign.` : `${deployment.name} stays as it was.`;
  tell(options, { resumed: isReady, findings }, [...lines, end]);
}

async function show(options: Common): Promise<void> {
  const { control, limits: preset, settings } = await openDeployment(options);
  const limits = (await control.readLimits()) ?? preset;
  const signing = await control.readSigning();
  const keys = keysOf(limits, settings.seller.assets[0], settings.seller.payees);
  const rows = await Promise.all(
    keys.map(async ({ key, scope, limit }) => {
      const { limit: total, held = 0, committed = 0 } = (await control.readBudget(key)) ?? {};
      return { scope, limit: limit ?? total ?? 0, held, committed };
    }),
  );
  const lines = rows.map(({ scope, limit = 0, held, committed }) =>
    scope === 'unseen'
      ? `${scope.padEnd(44)} ${held} of ${limit} payments out`
      : `${scope.padEnd(44)} ${usd(limit - held - committed)} left of ${usd(limit)}; held ${usd(held)}, spent ${usd(committed)}`,
  );
  const state = signing?.enabled ? 'signing' : `stopped: ${signing?.reason ?? 'nobody has resumed it yet'}`;
  tell(options, { signing: signing ?? { enabled: false }, limits, today: rows }, [state, ...lines]);
}

/** The rows of today that can be named without asking who has bought what. */
function keysOf(
  limits: Limits,
  asset: { network: string; asset: string } | undefined,
  payees: readonly string[],
) {
  const day = dayOf(Date.now());
  const named = Object.entries(limits.named).map(([scope, limit]) => {
    const [kind = '', ...name] = scope.split(':');
    return { key: `${day}#${kind}#${name.join(':')}`, scope: scope.replace(':', ' '), limit };
  });
  const rows = payees.flatMap((payTo) =>
    budgetRows(limits, {
      caller: '',
      offering: '',
      payTo,
      network: asset?.network ?? '',
      asset: asset?.asset ?? '',
      day,
    }),
  );
  const plain = rows.filter(({ key }) => !/#(caller|model)#$/.test(key));
  const all = [...plain, ...named].map(({ limit, ...row }) => ({
    ...row,
    ...(limit !== undefined && { limit }),
  }));
  return [...new Map(all.map((row) => [row.key, row])).values()];
}

async function set(scope: string, amount: string, options: Common): Promise<void> {
  const { control, limits: preset } = await openDeployment(options);
  const before = (await control.readLimits()) ?? preset;
  const next = changed(before, scope, amount);
  if (!(await control.writeLimits(next)))
    throw new Error('Somebody else changed the limits in this moment; look at them and say it again.');
  tell(options, { limits: next }, [`${scope} is ${amount} from the next payment on.`]);
}

function changed(before: Limits, scope: string, amount: string): Limits {
  const value = amount === 'none' ? undefined : scope === 'unseen' ? Number(amount) : atomic(amount);
  const next: Record<string, unknown> = {
    ...before,
    version: before.version + 1,
    named: { ...before.named },
  };
  if (scope.includes(':')) (next.named as Record<string, unknown>)[scope] = value;
  else next[scope === 'unseen' ? 'unseenPerPayee' : scope] = value;
  const parsed = limitsSchema.safeParse(JSON.parse(JSON.stringify(next)));
  if (parsed.success) return parsed.data;
  const why = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
  throw new Error(`There is no such limit: ${why}`);
}

function atomic(amount: string): number {
  if (!/^\$?\d{1,6}(\.\d{1,6})?$/.test(amount))
    throw new Error(`"${amount}" is no amount: write dollars, such as 25 or 0.50.`);
  return Math.round(Number(amount.replace('$', '')) * 1_000_000);
}

const usd = (amountAtomic: number): string =>
  `${amountAtomic < 0 ? '-' : ''}${formatUsd(String(Math.abs(amountAtomic)), 6)}`;

function tell(options: Common, result: object, lines: readonly string[]): void {
  if (options.json) console.log(JSON.stringify(result));
  else for (const line of lines) console.log(line);
}
