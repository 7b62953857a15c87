import type { Ledger } from '../../shared/aws/dynamodb.ts';
import type { PaymentQueue } from '../../shared/aws/sqs.ts';
import { groupOf } from '../../shared/contracts/message.ts';
import type { Timings } from '../../shared/core/timings.ts';
import { record } from '../record.ts';
import { wakeAll } from './wake-all.ts';

/** What one minute can take; the rest is older by then, and comes first. */
const mostPerSweep = 5_000;
const atOnce = 20;

interface Ports {
  readonly ledger: Ledger;
  readonly queue: PaymentQueue;
  readonly timings: Timings;
  readonly clock: () => number;
}

/**
 * Puts unfinished jobs that are past their `dueAt` back on the queue; the payer asks the stored job what is next,
 * its deadline included. The only recovery path there is, so that one job's trouble is never another's.
 * @returns how many were re-queued
 * @throws AggregateError when some were not, after all the others were
 */
export async function sweep(ports: Ports): Promise<number> {
  const now = ports.clock();
  const ids = await ports.ledger.overdue(now, mostPerSweep);
  return wakeAll(ids, atOnce, (id) => requeue(ports, id, now), 're-queued');
}

async function requeue(ports: Ports, jobId: string, now: number): Promise<boolean> {
  const job = await ports.ledger.read(jobId);
  if (job?.dueAt === undefined || job.dueAt > now) return false;
  await ports.queue.send({ jobId }, groupOf(job));
  await record(ports, job, { type: 'requeued', at: now });
  return true;
}
