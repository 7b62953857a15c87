import type { ModelTimesLedger } from '../shared/aws/dynamodb-times.ts';
import type { Job } from '../shared/core/job-record.ts';
import { type ModelTimes, timesKeyOf } from '../shared/core/model-times.ts';

/** What is known of the times of a job's kind; never fails. */
export type KnownTimes = (job: Pick<Job, 'offering' | 'body'>) => Promise<ModelTimes | undefined>;

/** As often as the reconciler may have learned more. */
const freshMilliseconds = 300_000;

/**
 * Reads the models' times, each kind once in five minutes. Where they cannot be read the catalogue's do as well.
 * @param clock Unix milliseconds
 */
export function knownTimes(ledger: Pick<ModelTimesLedger, 'read'>, clock: () => number): KnownTimes {
  const known = new Map<
    string,
    { readonly until: number; readonly times: Promise<ModelTimes | undefined> }
  >();
  return (job) => {
    const key = timesKeyOf(job);
    const name = `${key.offering} ${key.size}`;
    const there = known.get(name);
    if (there && clock() < there.until) return there.times;
    const times = ledger.read(key).catch(() => undefined);
    known.set(name, { until: clock() + freshMilliseconds, times });
    return times;
  };
}
