import type { Ledger } from '../../../shared/aws/dynamodb.ts';
import { exposureKey } from '../../../shared/core/exposure.ts';
import type { Job } from '../../../shared/core/job-record.ts';
import type { MemoryLedger } from '../../functions/memory-ledger.ts';
import type { Watchdog } from './watchdog.ts';

/** Does one thing after the other: each is seen for what it was before the next one happens. */
export type InTurn = <Value>(act: () => Promise<Value>) => Promise<Value>;

export function openTurns(): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  return (act) => {
    const done = last.then(act);
    last = done.catch(() => {});
    return done;
  };
}

/**
 * The ledger in memory, with the watchdog beside it.
 * @param inTurn shared with whoever stops and allows signing: a write before a stop is not to be seen after it
 * @param isAllowed whether signing is allowed for a job at this moment
 */
export function watchedLedger(
  memory: MemoryLedger,
  watchdog: Watchdog,
  inTurn: InTurn,
  isAllowed: (job: Job) => boolean,
): Ledger {
  return {
    ...memory,
    // What was written is never changed in place: the same object is as good as a copy, and cheaper.
    async read(jobId) {
      await Promise.resolve();
      return watchdog.jobs.get(jobId);
    },
    accept: (job, key) =>
      inTurn(async () => {
        const accepted = await memory.accept(job, key);
        if ('job' in accepted) watchdog.accepted(accepted.job);
        return accepted;
      }),
    write: (after, also, guard) =>
      inTurn(async () => {
        const outcome = await memory.write(after, also, guard);
        if (typeof outcome === 'object' && outcome.exhausted.startsWith(exposureKey('')))
          watchdog.happened('exposure bound reached', outcome.exhausted);
        if (outcome !== 'written') return outcome;
        // A job that begins holds from this moment on what the other one held for it.
        if (guard?.begins) watchdog.accepted(guard.begins);
        watchdog.wrote(after, also, isAllowed(after));
        return outcome;
      }),
  };
}
