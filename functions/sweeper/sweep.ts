import type { Ledger } from '../../shared/aws/dynamodb.ts';
import type { PaymentQueue } from '../../shared/aws/sqs.ts';
import type { Timings } from '../../shared/core/timings.ts';
import { record } from '../record.ts';

const mostPerSweep = 200;

/**
 * Puts unfinished jobs that are past their `dueAt` back on the queue; the payer asks the stored job what is next,
 * its deadline included. The only recovery path there is (design.md §3).
 * @returns how many were re-queued
 */
export async function sweep(ports: {
  ledger: Ledger;
  queue: PaymentQueue;
  timings: Timings;
  clock: () => number;
}): Promise<number> {
  const now = ports.clock();
  const ids = await ports.ledger.overdue(now, mostPerSweep);
  let requeued = 0;
  for (const jobId of ids) {
    const job = await ports.ledger.read(jobId);
    if (job?.dueAt === undefined || job.dueAt > now) continue;
    await ports.queue.send({ jobId }, job.caller);
    await record(ports, job, { type: 'requeued', at: now });
    requeued += 1;
  }
  return requeued;
}
