import type { Hold } from './budget.ts';
import { isTotal } from './budget.ts';
import { callerBucket } from './callers.ts';
import { isUpload, type Job, payingCaller } from './job-record.ts';

/** One change of a budget row, part of the transaction that writes the job. */
export interface HoldMove {
  readonly key: string;
  /** `take` only from what remains; `release` gives back; `commit` turns what is held into what is spent. */
  readonly kind: 'take' | 'release' | 'commit';
  readonly amount: number;
  /** Number of the caller, in what is taken from a day's total (`callers.ts`). */
  readonly caller?: number;
}

/** One change of a payee's exposure row. Payments of the first release have no amount there. */
export interface ExposureMove {
  readonly key: string;
  /** `expose` only within the bound of the guard; `close` takes out what was exposed. */
  readonly kind: 'expose' | 'close';
  /** 0 where a payment that is exposed already changes its amount. */
  readonly payments: 0 | 1;
  readonly amount: number;
  /** With `close`: whether the payee delivered. A place for a file is nothing that anybody asked for. */
  readonly delivered?: boolean;
}

export type BudgetMove = HoldMove | ExposureMove;

export const isOfExposure = (move: BudgetMove): move is ExposureMove =>
  move.kind === 'expose' || move.kind === 'close';

/** Whether a move fails where its row does not allow it; every other move is a fact, and is written. */
export const isAsking = ({ kind }: BudgetMove): boolean => kind === 'take' || kind === 'expose';

type Purchase = Job['purchase'];

/**
 * What a write of a job does to the budgets: the difference between what it held before and what it holds after. Each
 * write of a job happens once, and so does this.
 * @param begun a job that begins in the same write: what it holds may come from the first one
 */
export function budgetMoves(before: Job, after: Job, begun?: Job): readonly BudgetMove[] {
  const [was, is] = [before.purchase, after.purchase];
  return [
    ...holdMoves(before, after, begun),
    ...exposureMoves(was, is, after.status === 'delivered' && !isUpload(after)),
  ];
}

function holdMoves(before: Job, after: Job, begun: Job | undefined): HoldMove[] {
  const { purchase } = before;
  if (purchase?.holdState === 'held' && after.purchase?.holdState === 'committed')
    return purchase.holds.map(({ key, amount }) => ({ key, kind: 'commit', amount }));
  const was = heldBy(before);
  const is = [...heldBy(after), ...(begun ? heldBy(begun) : [])];
  const keys = new Set([...was, ...is].map(({ key }) => key));
  const caller = callerBucket(payingCaller(after));
  return [...keys]
    .flatMap((key) => difference(key, sumOf(was, key), sumOf(is, key)))
    .map((move) => (move.kind === 'take' && isTotal(move.key) ? { ...move, caller } : move));
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

const difference = (key: string, was: number, is: number): HoldMove[] =>
  is > was
    ? [{ key, kind: 'take', amount: is - was }]
    : is < was
      ? [{ key, kind: 'release', amount: was - is }]
      : [];

function exposureMoves(was: Purchase, is: Purchase, delivered: boolean): ExposureMove[] {
  const [before, after] = [was?.unseen, is?.unseen];
  const [from, to] = [was?.exposedAtomic ?? 0, is?.exposedAtomic ?? 0];
  if (before === after) {
    if (after === undefined || from === to) return [];
    return [{ key: after, kind: to > from ? 'expose' : 'close', payments: 0, amount: Math.abs(to - from) }];
  }
  return [
    ...(before === undefined
      ? []
      : [{ key: before, kind: 'close', payments: 1, amount: from, delivered } as const]),
    ...(after === undefined ? [] : [{ key: after, kind: 'expose', payments: 1, amount: to } as const]),
  ];
}
