import type { Ledger } from '../../../shared/aws/dynamodb.ts';
import type { Job } from '../../../shared/core/job-record.ts';
import type { MemoryLedger } from '../../functions/memory-ledger.ts';
import type { Watchdog } from './watchdog.ts';

/**
 * The ledger in memory, with the watchdog beside it.
 * @param isAllowed whether signing is allowed for a job at this moment
 */
export function watchedLedger(
  memory: MemoryLedger,
  watchdog: Watchdog,
  isAllowed: (job: Job) => boolean,
): Ledger {
  let writing: Promise<unknown> = Promise.resolve();
  /** The watchdog sees each write before the next one happens. */
  function alone<Value>(write: () => Promise<Value>): Promise<Value> {
    const written = writing.then(write);
    writing = written.catch(() => {});
    return written;
  }

  return {
    ...memory,
    // What was written is never changed in place: the same object is as good as a copy, and cheaper.
    async read(jobId) {
      await Promise.resolve();
      return watchdog.jobs.get(jobId);
    },
    accept: (job, key) =>
      alone(async () => {
        const accepted = await memory.accept(job, key);
        if ('job' in accepted) watchdog.accepted(accepted.job);
        return accepted;
      }),
    write: (after, also, guard) =>
      alone(async () => {
        const outcome = await memory.write(after, also, guard);
        if (outcome === 'written') watchdog.wrote(after, also, isAllowed(after));
        return outcome;
      }),
  };
}
