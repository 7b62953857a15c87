import type { ModelTimesLedger } from '../../shared/aws/dynamodb-times.ts';
import { offeringOf } from '../../shared/core/catalogue.ts';
import type { Job } from '../../shared/core/job-record.ts';
import type { Interval } from '../../shared/core/lognormal.ts';
import { learnedTimes, seenTimeOf, type TimesKey, timesKeyOf } from '../../shared/core/model-times.ts';
import type { Timings } from '../../shared/core/timings.ts';

/**
 * Learns from jobs that were closed how long their models take: one row is read and written for each kind of them. What
 * is lost on the way is learned from the next ones.
 * @returns how many jobs showed something
 * @throws whatever the ledger throws, after every kind was tried
 */
export async function learnTimes(
  {
    times,
    timings,
    clock,
  }: { times: Pick<ModelTimesLedger, 'read' | 'put'>; timings: Timings; clock: () => number },
  jobs: readonly Job[],
): Promise<number> {
  const kinds = new Map<string, { key: TimesKey; seen: Interval[] }>();
  for (const job of jobs) {
    const interval = seenTimeOf(job, timings);
    if (!interval) continue;
    const key = timesKeyOf(job);
    const name = `${key.offering} ${key.size}`;
    const kind = kinds.get(name) ?? { key, seen: [] };
    kind.seen.push(interval);
    kinds.set(name, kind);
  }
  const learned = await Promise.allSettled(
    [...kinds.values()].map(async ({ key, seen }) => {
      const entry = offeringOf(key.offering);
      if (!entry) return 0;
      await times.put(key, learnedTimes(await times.read(key), seen, entry, timings, clock()));
      return seen.length;
    }),
  );
  const failed = learned.find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
  return learned.reduce((sum, one) => sum + (one.status === 'fulfilled' ? one.value : 0), 0);
}
