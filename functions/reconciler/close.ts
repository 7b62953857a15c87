import { groupOf } from '../../shared/contracts/message.ts';
import type { Job, Proof } from '../../shared/core/job-record.ts';
import { record } from '../record.ts';
import type { Head, Movement } from './chain.ts';
import type { Reconciler } from './reconciler.ts';

/** What a look at the chain proved of open authorizations, written down. */

export const proofOf = (state: Proof['state'], head: Head, use?: Movement): Proof => ({
  state,
  ...(use && state === 'settled' && { transaction: use.transaction }),
  blockNumber: use?.blockNumber ?? head.number,
  at: head.timestamp * 1000,
});

/** Whose the nonce is, is noted with the proof: a second look after a crash finds it open, or knows whose it is. */
export async function close(
  { ledger, queue, timings, proven }: Reconciler,
  job: Job,
  proof: Proof,
  closed: { settled: number; dead: number },
): Promise<void> {
  const event = { type: 'proven', proof, at: proof.at } as const;
  const { job: after, outcome } = await record({ ledger, timings }, job, event, { prove: proof.state });
  if (outcome !== 'written') return;
  closed[proof.state] += 1;
  proven?.(after);
  // Known money may be a job's end, or the reason to look for its picture once more; one that the seller has taken is watched.
  if (after.dueAt !== undefined && after.status !== 'submitted')
    await queue.send({ jobId: job.jobId }, groupOf(job));
}

/** Unused when a final block is past its window: nobody can settle it any more (EIP-3009: time < validBefore). */
export async function closeExpired(
  reconciler: Reconciler,
  open: ReadonlyMap<string, Job>,
  movements: readonly Movement[],
  head: Head,
  closed: { settled: number; dead: number },
): Promise<void> {
  const seen = new Set(movements.flatMap(({ nonce }) => nonce?.toLowerCase() ?? []));
  for (const [nonce, job] of open) {
    if (seen.has(nonce) || head.timestamp < (job.purchase?.validBefore ?? Number.POSITIVE_INFINITY)) continue;
    if (await reconciler.chain.isNonceUsed(nonce, head.number, job.purchase?.transaction)) continue;
    await close(reconciler, job, proofOf('dead', head), closed);
  }
}
