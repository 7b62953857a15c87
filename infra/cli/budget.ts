import type { Command } from 'commander';
import { type Limits, limitsSchema } from '../../shared/core/budget.ts';
import { formatUsd } from '../../shared/core/money.ts';
import { type Common, tell, withPlace } from './booth-command.ts';
import { budgetToday } from './budget-today.ts';
import { openDeployment } from './deployment.ts';
import { atomicOf } from './dollars.ts';

/** `coinbooth budget`: what may be spent per day, and what was. */
export function addBudget(program: Command): void {
  const budget = program.command('budget').description('what may be spent per day (UTC), and what was');
  withPlace(budget.command('show', { isDefault: true }))
    .description('limits, and what of today is left, held and spent')
    .action(show);
  withPlace(budget.command('set'))
    .description('change one limit; it holds from the next payment on')
    .argument(
      '<scope>',
      'total, caller, model, payee, floor, unseen, losses, or one of a kind such as caller:AIDA…',
    )
    .argument('<amount>', 'dollars such as 25 or 0.50 (unseen, losses: a number of payments), or "none"')
    .addHelpText(
      'after',
      '\nExamples:\n  npx coinbooth budget set total 50\n  npx coinbooth budget set model:veo-3.1/generate 20',
    )
    .action(set);
}

async function show(options: Common): Promise<void> {
  const { signing, stopped, limits, today } = await budgetToday(await openDeployment(options));
  const lines = today.map(({ scope, limit, held, committed }) =>
    scope === 'unseen'
      ? `${scope.padEnd(44)} ${held} of ${limit} payments out`
      : `${scope.padEnd(44)} ${usd(limit - held - committed)} left of ${usd(limit)}; held ${usd(held)}, spent ${usd(committed)}`,
  );
  const state = signing?.enabled ? 'signing' : `stopped: ${signing?.reason ?? 'nobody has resumed it yet'}`;
  const switches = stopped.map(({ scope, reason }) => `stopped: ${scope}: ${reason}`);
  const result = { signing: signing ?? { enabled: false }, stopped, limits, today };
  tell(options, result, [state, ...switches, ...lines]);
}

async function set(scope: string, amount: string, options: Common): Promise<void> {
  const { control, limits: preset } = await openDeployment(options);
  const before = (await control.readLimits()) ?? preset;
  const next = changed(before, scope, amount);
  if (!(await control.writeLimits(next)))
    throw new Error('Somebody else changed the limits in this moment; look at them and say it again.');
  tell(options, { limits: next }, [`${scope} is ${amount} from the next payment on.`]);
}

/** Limits that are numbers of payments, by the word of the command line. */
const countedScopes: Readonly<Record<string, string>> = { unseen: 'unseenPerPayee', losses: 'lossesPerHour' };

function changed(before: Limits, scope: string, amount: string): Limits {
  const counted = countedScopes[scope];
  const value = amount === 'none' ? undefined : counted ? Number(amount) : atomicOf(amount);
  const next: Record<string, unknown> = {
    ...before,
    version: before.version + 1,
    named: { ...before.named },
  };
  if (scope.includes(':')) (next.named as Record<string, unknown>)[scope] = value;
  else next[counted ?? scope] = value;
  const parsed = limitsSchema.safeParse(JSON.parse(JSON.stringify(next)));
  if (parsed.success) return parsed.data;
  const why = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
  throw new Error(`There is no such limit: ${why}`);
}

const usd = (amountAtomic: number): string =>
  `${amountAtomic < 0 ? '-' : ''}${formatUsd(String(Math.abs(amountAtomic)), 6)}`;
