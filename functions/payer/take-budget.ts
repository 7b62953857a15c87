import type { WriteOutcome } from '../../shared/aws/dynamodb.ts';
import { type BudgetRow, budgetRows, dayOf, type Hold, isPassing } from '../../shared/core/budget.ts';
import type { Job } from '../../shared/core/job-record.ts';
import { formatUsd } from '../../shared/core/money.ts';
import { type Rail, railsOf } from '../../shared/core/policy.ts';
import type { Choice } from '../../shared/core/selection.ts';
import type { Payer } from './payer.ts';
import { refuse, standAside } from './refuse.ts';

/** Rows of one day's budgets, with the limits that they must follow. */
export interface BudgetRows {
  readonly rows: readonly BudgetRow[];
  readonly day: string;
  readonly version: number;
}

/** The rows of the first day it was reserved on: frozen anew after midnight, it stays with its day. */
export async function budgetRowsFor(payer: Payer, job: Job, { asset, payTo }: Choice): Promise<BudgetRows> {
  const limits = (await payer.control.readLimits()) ?? payer.limits;
  const since = job.purchase?.holdState === 'held' ? job.purchase.reservedDay : undefined;
  const day = since ?? dayOf(payer.clock());
  const rows = budgetRows(limits, {
    caller: job.caller,
    offering: job.offering,
    payTo,
    network: asset.network,
    asset: asset.asset,
    ...(payer.readsChain(asset.network) && { wallet: payer.wallet.address }),
    day,
  });
  return { day, version: limits.version, rows };
}

/** What a payment takes from each row in dollars; the wallet also holds what the chain may take for the transaction. */
export function holdsOf(rows: readonly BudgetRow[], choice: Choice, amount: number): Hold[] {
  const feeCap = choice.rail === 'tempo' ? Number(choice.asset.feeCapAtomic) : 0;
  return rows
    .filter(({ scope }) => scope !== 'unseen')
    .map(({ key, scope }) => ({ key, amount: scope === 'wallet' ? amount + feeCap : amount }));
}

/** The limit of each row that has one, for the write that takes from it. */
export const limitsOf = ({ rows, version }: BudgetRows) => ({
  version,
  of: new Map(rows.flatMap(({ key, limit }) => (limit === undefined ? [] : [[key, limit] as const]))),
});

/** A budget had less than what was to be taken from it. */
interface Exhausted {
  readonly outcome: Extract<WriteOutcome, { exhausted: string }>;
  readonly rows: readonly BudgetRow[];
  readonly amountAtomic: string;
  readonly choice: Choice;
  readonly without: readonly Rail[];
}

/**
 * Goes on with a job that a budget has not enough for: tries the next rail or waits where the row fills again by itself,
 * and refuses otherwise.
 * @param again tries once more without these rails
 */
export function onExhausted(
  payer: Payer,
  job: Job,
  { outcome, rows, amountAtomic, choice, without }: Exhausted,
  again: (without: readonly Rail[]) => Promise<Job>,
): Promise<Job> {
  const row = rows.find(({ key }) => key === outcome.exhausted);
  const scope = row?.scope ?? outcome.exhausted;
  const tried = [...without, choice.rail];
  const isLast = railsOf(payer.policy).every((rail) => tried.includes(rail));
  if (isPassing(scope)) return isLast ? standAside(payer, job) : again(tried);
  const { decimals } = choice.asset;
  const [price, limit] = [amountAtomic, String(row?.limit ?? 0)].map((amount) => formatUsd(amount, decimals));
  const message = `Today's budget of ${limit} (${scope}) has less than ${price} left.`;
  return refuse(payer, job, { name: 'PaymentRefused', message });
}
