import { CoinboothError } from '../../shared/core/errors.ts';
import type { Job } from '../../shared/core/job-record.ts';
import type { Head, Movement } from './chain.ts';
import { type Closed, close, proofOf } from './close.ts';
import { mismatch } from './compare.ts';
import { movementsOfWindow } from './find-use.ts';
import { isLate, type Reconciler } from './reconciler.ts';

/** Of one look: the others are searched for at the next ones, which begin elsewhere. */
const mostSearches = 10;
/** Where logs are the proof: nodes behind one address may be so far apart. */
const graceSeconds = 60;

/** What was found of authorizations whose window is over and that no block of this look shows. */
export interface Expired {
  /** Settled in blocks of long ago: jobs whose money had left before this look. */
  readonly settled: readonly Job[];
  /** Not as they were signed, with the block that shows it. */
  readonly wrong: readonly { readonly says: string; readonly blockNumber: number }[];
  /** Of one that is used and shown by no block of its window. */
  readonly unshown?: Error | undefined;
}

/**
 * Closes what a final block is past. Unused, it is dead: nobody can settle it any more (EIP-3009: time < validBefore).
 * Used, it was settled or cancelled in blocks that no look has read: they are searched for it. So is one that no receipt
 * tells of, where a receipt is all there is to ask for: nodes that have dropped it answer as if there had never been one.
 */
export async function closeExpired(
  reconciler: Reconciler,
  open: ReadonlyMap<string, Job>,
  movements: readonly Movement[],
  head: Head,
  closed: Closed,
): Promise<Expired> {
  const { chain } = reconciler;
  const seen = new Set(movements.flatMap(({ nonce }) => nonce?.toLowerCase() ?? []));
  const settled: Job[] = [];
  const wrong: { says: string; blockNumber: number }[] = [];
  let unshown: Error | undefined;
  let searches = 0;
  const all = [...open];
  const first = all.length > 0 ? head.number % all.length : 0;
  for (const [nonce, job] of [...all.slice(first), ...all.slice(0, first)]) {
    const { validBefore = Number.POSITIVE_INFINITY, reservedAt = 0, transaction } = job.purchase ?? {};
    const isOverAt = validBefore + (chain.provesByLogs ? graceSeconds : 0);
    if (seen.has(nonce) || head.timestamp < isOverAt) continue;
    const isSpent = await chain.isNonceUsed(nonce, head.number, transaction);
    if (!isSpent && !chain.provesByLogs) {
      await close(reconciler, job, proofOf('dead', head), closed);
      continue;
    }
    if (searches >= mostSearches || (searches > 0 && isLate(reconciler))) continue;
    searches += 1;
    const window = { from: Math.floor(reservedAt / 1000), until: validBefore };
    const found = await movementsOfWindow(chain, head, window).catch((error: Error) => error);
    if (found instanceof Error) {
      // The node cannot answer for this job. The other jobs are closed all the same.
      if (!(found instanceof CoinboothError && found.name === 'ChainUnread')) throw found;
      unshown ??= found;
      continue;
    }
    const use = found.find(
      (movement) =>
        (movement.kind === 'used' || movement.kind === 'cancelled') &&
        movement.nonce?.toLowerCase() === nonce,
    );
    if (!use && !isSpent) {
      await close(reconciler, job, proofOf('dead', head), closed);
      continue;
    }
    if (!use) {
      unshown ??= new CoinboothError(
        'ChainUnread',
        `The nonce of job ${job.jobId} is used, and the nodes show by no block of its window by what.`,
      );
      continue;
    }
    const isUsed = use.kind === 'used';
    const says = isUsed ? mismatch(job, use, found) : undefined;
    if (says !== undefined) {
      wrong.push({ says, blockNumber: use.blockNumber });
      continue;
    }
    await close(reconciler, job, proofOf(isUsed ? 'settled' : 'dead', head, use), closed);
    if (isUsed) settled.push(job);
  }
  return { settled, wrong, unshown };
}
