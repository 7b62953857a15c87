import { groupOf } from '../../shared/contracts/message.ts';
import type { Job, Proof } from '../../shared/core/job-record.ts';
import { record } from '../record.ts';
import type { Head, Movement } from './chain.ts';
import type { Reconciler } from './reconciler.ts';

/** What a look at the chain proved of open authorizations, written down. */

/** Of one look. */
export interface Closed {
  settled: number;
  dead: number;
  readonly jobIds: Set<string>;
}

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
  closed: Closed,
): Promise<void> {
  closed.jobIds.add(job.jobId);
  const event = { type: 'proven', proof, at: proof.at } as const;
  const { job: after, outcome } = await record({ ledger, timings }, job, event, { prove: proof.state });
  if (outcome !== 'written') return;
  closed[proof.state] += 1;
  proven?.(after);
  // Known money may be a job's end, or the reason to look for its picture once more; one that the seller has taken is watched.
  if (after.dueAt !== undefined && after.status !== 'submitted')
    await queue.send({ jobId: job.jobId }, groupOf(job));
}
