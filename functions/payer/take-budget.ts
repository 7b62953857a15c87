import type { WriteOutcome } from '../../shared/aws/dynamodb.ts';
import {
  type BudgetRow,
  budgetRows,
  dayOf,
  type Hold,
  isPassing,
  type Limits,
} from '../../shared/core/budget.ts';
import { exposureKey } from '../../shared/core/exposure.ts';
import { type Job, payingCaller } from '../../shared/core/job-record.ts';
import { formatUsd } from '../../shared/core/money.ts';
import { type Rail, railsOf } from '../../shared/core/policy.ts';
import type { Choice } from '../../shared/core/selection.ts';
import type { Payer } from './payer.ts';
import { refuse, standAside } from './refuse.ts';

/** Caller and day whose budgets a payment takes from, and the limits of those budgets. */
export interface Budget {
  readonly caller: string;
  readonly day: string;
  readonly limits: Limits;
}

/** The budgets of a job. It stays with the day on which it first held anything, also after midnight. */
export async function budgetOf(payer: Payer, job: Job): Promise<Budget> {
  const { earmark, purchase } = job;
  const limits = (await payer.control.readLimits()) ?? payer.limits;
  const heldSince = purchase?.holdState === 'held' ? purchase.reservedDay : earmark?.day;
  return { limits, day: heldSince ?? dayOf(payer.clock()), caller: await callerOf(payer, job) };
}

/** Uploads of the first release do not name the caller whose job buys them: that job does. */
async function callerOf(payer: Payer, job: Job): Promise<string> {
  const { forJobId, forCaller } = job;
  const buyer =
    forJobId !== undefined && forCaller === undefined ? await payer.ledger.read(forJobId) : undefined;
  return buyer?.caller ?? payingCaller(job);
}

/** The rows that a payment for a catalogue entry takes from. */
export const rowsOf = (
  payer: Payer,
  { limits, caller, day }: Budget,
  offering: string,
  { asset, payTo }: Choice,
): readonly BudgetRow[] =>
  budgetRows(limits, {
    caller,
    offering,
    payTo,
    network: asset.network,
    asset: asset.asset,
    ...(payer.readsChain(asset.network) && { wallet: payer.wallet.address }),
    day,
  });

/** What a payment takes from each row in dollars; the wallet also holds what the chain may take for the transaction. */
export function holdsOf(rows: readonly BudgetRow[], choice: Choice, amount: number): Hold[] {
  const feeCap = choice.rail === 'tempo' ? Number(choice.asset.feeCapAtomic) : 0;
  return rows.map(({ key, scope }) => ({ key, amount: scope === 'wallet' ? amount + feeCap : amount }));
}

/** The limit of each row that has one, for the write that takes from it. */
export const limitsOf = ({ limits }: Budget, rows: readonly BudgetRow[]) => ({
  version: limits.version,
  of: new Map(rows.flatMap(({ key, limit }) => (limit === undefined ? [] : [[key, limit] as const]))),
});

/** A budget row had less than what was to be taken from it. */
interface Exhausted {
  readonly outcome: Extract<WriteOutcome, { exhausted: string }>;
  readonly rows: readonly BudgetRow[];
  readonly holds: readonly Hold[];
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
  { outcome, rows, holds, choice, without }: Exhausted,
  again: (without: readonly Rail[]) => Promise<Job>,
): Promise<Job> {
  const row = rows.find(({ key }) => key === outcome.exhausted);
  const scope = row?.scope ?? outcome.exhausted;
  const tried = [...without, choice.rail];
  const isLast = railsOf(payer.policy).every((rail) => tried.includes(rail));
  const isExposed = outcome.exhausted === exposureKey(choice.payTo);
  if (isExposed || isPassing(scope)) return isLast ? standAside(payer, job) : again(tried);
  const { decimals } = choice.asset;
  const asked = holds.reduce((sum, { key, amount }) => (key === outcome.exhausted ? sum + amount : sum), 0);
  const [price, limit] = [asked, row?.limit ?? 0].map((amount) => formatUsd(String(amount), decimals));
  const message = `Today's budget of ${limit} (${scope}) has less than ${price} left.`;
  return refuse(payer, job, { name: 'PaymentRefused', message });
}
