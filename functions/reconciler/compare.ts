import type { ChainCursor } from '../../shared/aws/dynamodb-chain.ts';
import type { Job } from '../../shared/core/job-record.ts';
import { isWithdrawal } from '../../shared/core/withdrawal.ts';
import type { Head, Movement } from './chain.ts';

/** What a chain shows, held against what the ledger has: comparisons that change nothing. */

/** Chain, ledger and seller side by side, such as `used / submitted / running`. */
export function threeWays(
  open: ReadonlyMap<string, Job>,
  movements: readonly Movement[],
  head: Head,
): Record<string, number> {
  const table: Record<string, number> = {};
  for (const [nonce, job] of open) {
    const seen = movements.find((movement) => movement.nonce?.toLowerCase() === nonce)?.kind;
    const isOver = head.timestamp >= (job.purchase?.validBefore ?? 0);
    const chain = seen ?? (isOver ? 'expired' : 'unused');
    const cell = `${chain} / ${job.status} / ${counterpart(job)}`;
    table[cell] = (table[cell] ?? 0) + 1;
  }
  return table;
}

/** What the other side says of it; a withdrawal has none that could be asked. */
function counterpart(job: Job): string {
  if (isWithdrawal(job)) return 'treasury';
  return job.rendered ? 'complete' : job.sellerJobId !== undefined ? 'running' : 'unknown';
}

/**
 * Since when an authorization is out, Unix milliseconds: of one that is to wait for a person, since its time for that was
 * over.
 */
export const openSince = (job: Job): number =>
  isWithdrawal(job) ? (job.purchase?.validBefore ?? 0) * 1000 : (job.purchase?.reservedAt ?? 0);

/**
 * In what a settlement differs from what was signed: the token could not do that with our signature alone. Where a whole
 * transaction was signed, its hash stands for everything in it.
 */
export function mismatch(
  { jobId, purchase }: Job,
  use: Movement,
  movements: readonly Movement[],
): string | undefined {
  const transfers = movements.filter(
    ({ kind, transaction, value, to }) =>
      kind === 'sent' &&
      transaction === use.transaction &&
      value === BigInt(purchase?.amountAtomic ?? '0') &&
      to === purchase?.payTo.toLowerCase(),
  );
  const isOther = purchase?.transaction !== undefined && purchase.transaction !== use.transaction;
  return transfers.length > 0 && !isOther
    ? undefined
    : `transaction ${use.transaction} settles job ${jobId}, but not as it was signed`;
}

/** What is wrong with a use that belongs to nothing that is open; nothing, when it was written down before. */
export function stray({ kind, transaction, nonce }: Movement, owner: Job | undefined): string | undefined {
  if (!owner) return `transaction ${transaction} uses nonce ${nonce}, which is not in the ledger`;
  return kind === 'used' && owner.proof?.state === 'dead'
    ? `transaction ${transaction} settles job ${owner.jobId}, which was proven dead before`
    : undefined;
}

/** The fee of a job's transaction that was taken into a block and failed: it is never taken again. */
export const failure = ({ purchase }: Job, movements: readonly Movement[]): Movement | undefined => {
  const own = movements.filter(({ transaction }) => transaction === purchase?.transaction);
  return own.some(({ kind }) => kind === 'used') ? undefined : own.find(({ kind }) => kind === 'fee');
};

/**
 * Transactions in which more left the wallet, be it a fee, than its authorizations in them move: one transfer each.
 * @returns each with everything that it moved
 */
export const unauthorized = (movements: readonly Movement[]): (readonly [string, readonly Movement[]])[] =>
  [...Map.groupBy(movements, ({ transaction }) => transaction)].filter(([, parts]) => {
    const countOf = (kind: Movement['kind']): number => parts.filter((part) => part.kind === kind).length;
    const [uses, sent, fees] = [countOf('used'), countOf('sent'), countOf('fee')];
    return sent > uses || (fees > 0 && uses === 0);
  });

/** A balance that does not add up from the one before. */
export function imbalance(
  cursor: ChainCursor,
  balance: number,
  movements: readonly Movement[],
): string | undefined {
  const of = (kind: Movement['kind']) => total(movements.filter((movement) => movement.kind === kind));
  const expected = cursor.balance + of('received') - of('sent') - of('fee');
  return expected === balance ? undefined : `the wallet holds ${balance} where ${expected} is what adds up`;
}

/** Atomic units. */
const total = (movements: readonly Movement[]): number =>
  movements.reduce((sum, { value = 0n }) => sum + Number(value), 0);
