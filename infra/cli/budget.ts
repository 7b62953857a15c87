import type { Command } from 'commander';
import { ignoredLimit, type Limits, limitsSchema } from '../../shared/core/budget.ts';
import { formatUsd } from '../../shared/core/money.ts';
import { plainWords, wrongLines } from '../../shared/core/plain-words.ts';
import { payeeScope } from '../../shared/core/switches.ts';
import { withdrawalOffering } from '../../shared/core/withdrawal.ts';
import type { Settings } from '../cloud/settings.ts';
import { type Common, progress, tell, withPlace } from './booth-command.ts';
import { budgetToday } from './budget-today.ts';
import { openDeployment } from './deployment.ts';
import { atomicOf } from './dollars.ts';
import { coinbooth } from './program.ts';
import { mustBeThere, scopeOf } from './turn-scope.ts';

const scopes = ['total', 'caller', 'model', 'payee', 'floor', 'exposure', 'exposure-usd', 'losses'];

/** `coinbooth budget`: what may be spent per day, and what was. */
export function addBudget(program: Command): void {
  const budget = program
    .command('budget')
    .description('what may be spent per day (UTC), and what was')
    .addHelpText('after', `\nWithout a command it shows them:\n  ${coinbooth} budget`);
  withPlace(budget.command('show', { isDefault: true }))
    .description('limits, and what of today is left, held and spent')
    .action(show);
  withPlace(budget.command('set'))
    .description('change one limit; it holds from the next payment on')
    .argument('<scope>', `${scopes.join(', ')}, or one of a kind such as caller:AIDA…`)
    .argument('<amount>', 'dollars such as 25 or 0.50 (exposure, losses: a number of payments), or "none"')
    .addHelpText(
      'after',
      `\nExamples:\n  ${coinbooth} budget set total 50\n  ${coinbooth} budget set model:veo-3.1/generate 20`,
    )
    .action(set);
}

async function show(options: Common): Promise<void> {
  const { signing, stopped, limits, today } = await budgetToday(await openDeployment(options));
  const lines = today.map(({ scope, of, limit, held, committed }) => {
    const name = (of === undefined ? scope : `${scope} ${of}`).padEnd(44);
    if (scope === 'exposure') return `${name} ${held} of ${limit} payments sent and not delivered yet`;
    if (scope === 'exposure-usd') return `${name} ${usd(held)} of ${usd(limit)} sent and not delivered yet`;
    return `${name} ${leftOf(limit, held + committed)}; held ${usd(held)}, spent ${usd(committed)}`;
  });
  const state = signing?.enabled ? 'signing' : `stopped: ${signing?.reason ?? 'nobody has resumed it yet'}`;
  const switches = stopped.map(({ scope, reason }) => `stopped: ${scope}: ${reason}`);
  const result = { signing: signing ?? { enabled: false }, stopped, limits, today };
  if (ignoredLimit in limits.named) progress(ignored);
  tell(options, result, [state, ...switches, ...lines]);
}

async function set(text: string, amount: string, options: Common): Promise<void> {
  const { control, limits: preset, settings } = await openDeployment(options);
  const isOfOne = text.includes(':');
  if (!isOfOne && !scopes.includes(text) && text !== 'unseen') throw new Error(noSuchLimit(text));
  const scope = isOfOne ? scopeOf(text) : text;
  if (isOfOne && amount !== 'none') {
    mustBeThere(scope, settings);
    if (isOfWithdrawals(scope, settings)) throw new Error(unlimited);
  }
  const before = (await control.readLimits()) ?? preset;
  const next = changed(before, scope, amount);
  if (scope === ignoredLimit && amount !== 'none') progress(ignored);
  if (!(await control.writeLimits(next)))
    throw new Error('Somebody else changed the limits in this moment; look at them and say it again.');
  tell(options, { limits: next }, [`${scope} is ${spoken(scope, amount)} from the next payment on.`]);
}

/** The limit stays in the limits of a deployment that had one, and does nothing there. */
const ignored =
  `Warning: the limit ${ignoredLimit} is ignored. Files are uploaded with the budget of the caller who asks.` +
  ` Remove it with "budget set ${ignoredLimit} none"; limit all uploads with "budget set model:upload".`;

const noSuchLimit = (text: string): string =>
  `There is no such limit as "${text}": it is ${scopes.join(', ')}, or one of a kind such as caller:AIDA…`;

/** A withdrawal takes from the wallet's own row and from no day's budget: a limit of it would hold nothing back. */
const isOfWithdrawals = (scope: string, { treasury }: Pick<Settings, 'treasury'>): boolean =>
  scope === `model:${withdrawalOffering}` || Object.values(treasury).map(payeeScope).includes(scope);

const unlimited =
  'No budget limits a withdrawal: it is moved, not spent. "budget set floor" says what stays in the wallet, and' +
  ' "stop --only model:withdrawal" stops them all.';

/** Limits that are numbers of payments, by the word of the command line; `unseen` is the first release's. */
const countedScopes: Readonly<Record<string, string>> = {
  exposure: 'exposurePerPayee',
  unseen: 'exposurePerPayee',
  losses: 'lossesPerHour',
};

/** Limits that the command line calls otherwise. */
const limitNames: Readonly<Record<string, string>> = {
  ...countedScopes,
  'exposure-usd': 'exposureUsdPerPayee',
};

const spoken = (scope: string, amount: string): string =>
  amount === 'none'
    ? limitNames[scope]
      ? 'at its default'
      : 'without a limit'
    : countedScopes[scope]
      ? `${amount} payments`
      : usd(atomicOf(amount));

function changed(before: Limits, scope: string, amount: string): Limits {
  const counted = countedScopes[scope];
  const value = amount === 'none' ? undefined : counted ? Number(amount) : atomicOf(amount);
  const next: Record<string, unknown> = {
    ...before,
    version: before.version + 1,
    named: { ...before.named },
  };
  if (scope.includes(':')) (next.named as Record<string, unknown>)[scope] = value;
  else next[limitNames[scope] ?? scope] = value;
  const parsed = limitsSchema.safeParse(JSON.parse(JSON.stringify(next)), { error: plainWords });
  if (parsed.success) return parsed.data;
  throw new Error(`${scope} cannot be ${amount}: ${wrongLines(parsed.error).join('; ')}`);
}

const leftOf = (limit: number, used: number): string =>
  used > limit
    ? `nothing left of ${usd(limit)}, and ${usd(used - limit)} over it`
    : `${usd(limit - used)} left of ${usd(limit)}`;

const usd = (amountAtomic: number): string => formatUsd(String(amountAtomic), 6);
