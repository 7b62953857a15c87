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
 * What a write of a job does to the budgets: the difference between what its purchase held before and what it holds
 * after. Each write of a job happens once, and so does this.
 */
export function budgetMoves(before: Job, after: Job): readonly BudgetMove[] {
  const [was, is] = [before.purchase, after.purchase];
  if (was === is) return [];
  return [...holdMoves(was, is), ...unseenMoves(was, is)];
}

function holdMoves(was: Purchase, is: Purchase): BudgetMove[] {
  if (is && is.holdState !== 'held') {
    if (was?.holdState !== 'held') return [];
    const kind = is.holdState === 'committed' ? 'commit' : 'release';
    return was.holds.map(({ key, amount }) => ({ key, kind, amount }));
  }
  const keys = new Set([...(was?.holds ?? []), ...(is?.holds ?? [])].map(({ key }) => key));
  return [...keys].flatMap((key) => difference(key, amountIn(was, key), amountIn(is, key)));
}

const amountIn = (purchase: Purchase, key: string): number =>
  purchase?.holds.find((hold) => hold.key === key)?.amount ?? 0;

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
