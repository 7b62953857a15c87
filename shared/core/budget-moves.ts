import type { Hold } from './budget.ts';
import type { Job } from './job-record.ts';

/** One change of a budget row, part of the transaction that writes the job. */
export interface BudgetMove {
  readonly key: string;
  /** `take` only from what remains; `release` gives back; `commit` turns what is held into what is spent. */
  readonly kind: 'take' | 'release' | 'commit';
  readonly amount: number;
}

type Purchase = Job['purchase'];

/**
 * What a write of a job does to the budgets: the difference between what it held before and what it holds after. Each
 * write of a job happens once, and so does this.
 * @param begun a job that begins in the same write: what it holds may come from the first one
 */
export function budgetMoves(before: Job, after: Job, begun?: Job): readonly BudgetMove[] {
  const [was, is] = [before.purchase, after.purchase];
  return [...holdMoves(before, after, begun), ...(was === is ? [] : unseenMoves(was, is))];
}

function holdMoves(before: Job, after: Job, begun: Job | undefined): BudgetMove[] {
  const { purchase } = before;
  if (purchase?.holdState === 'held' && after.purchase?.holdState === 'committed')
    return purchase.holds.map(({ key, amount }) => ({ key, kind: 'commit', amount }));
  const was = heldBy(before);
  const is = [...heldBy(after), ...(begun ? heldBy(begun) : [])];
  const keys = new Set([...was, ...is].map(({ key }) => key));
  return [...keys].flatMap((key) => difference(key, sumOf(was, key), sumOf(is, key)));
}

/** Everything that a job holds of the budgets, before its authorization is built and after. */
export function heldBy({ earmark, purchase }: Pick<Job, 'earmark' | 'purchase'>): readonly Hold[] {
  return [
    ...(earmark?.holds ?? []),
    ...(earmark?.slots ?? []).flatMap(({ holds }) => holds),
    ...(purchase?.holdState === 'held' ? purchase.holds : []),
  ];
}

const sumOf = (holds: readonly Hold[], key: string): number =>
  holds.filter((hold) => hold.key === key).reduce((sum, { amount }) => sum + amount, 0);

const difference = (key: string, was: number, is: number): BudgetMove[] =>
  is > was
    ? [{ key, kind: 'take', amount: is - was }]
    : is < was
      ? [{ key, kind: 'release', amount: was - is }]
      : [];

function unseenMoves(was: Purchase, is: Purchase): BudgetMove[] {
  const [before, after] = [was?.unseen, is?.unseen];
  if (before === after) return [];
  return [
    ...(before === undefined ? [] : [{ key: before, kind: 'release', amount: 1 } as const]),
    ...(after === undefined ? [] : [{ key: after, kind: 'take', amount: 1 } as const]),
  ];
}
