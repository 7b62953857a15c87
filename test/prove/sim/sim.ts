import type { Proven, Suite } from '../suite.ts';
import { coverageOf } from './coverage.ts';
import { runSchedule } from './schedule.ts';

const sizes = { quick: 500, full: 5_000 } as const;
/** How often every kind must have been seen: in few schedules a rare one may be missing by chance. */
const least = { quick: 0, full: 20 } as const;
const fewestFaults = 6;
/** A breach is shown a few times; more of the same teaches nothing. */
const mostShown = 20;

/** The seed of one schedule: it alone gives the schedule again. */
export const seedOf = (seed: number, index: number): number => seed * 1_000_000 + index;

/**
 * Runs so many schedules one after the other.
 * @param least how often everything that can happen must have happened
 */
export async function simulate(
  seed: number,
  schedules: number,
  least: number,
  progress: (done: number, total: number) => void,
): Promise<Proven> {
  const seen = new Map<string, number>();
  const sum = { jobs: 0, faults: 0, calls: 0, settlements: 0 };
  const violations: string[] = [];
  let done = 0;
  for (; done < schedules && violations.length < mostShown; done += 1) {
    const report = await runSchedule(seedOf(seed, done));
    for (const name of ['jobs', 'faults', 'calls', 'settlements'] as const) sum[name] += report[name];
    for (const [what, times] of report.seen) seen.set(what, (seen.get(what) ?? 0) + times);
    violations.push(...report.violations.slice(0, 3));
    if (done % 50 === 49) progress(done + 1, schedules);
  }
  const { counts, missing } = coverageOf(seen, least);
  if (violations.length === 0) violations.push(...missing);
  if (sum.faults < fewestFaults * done)
    violations.push(`coverage: fewer than ${fewestFaults} faults a schedule`);
  return { counts: { schedules: done, ...sum, ...counts }, violations };
}

export const sim: Suite = {
  name: 'sim',
  claim:
    'Whatever network, platform, chain and seller do, no purchase is paid twice, every job comes to one announced end, and every authorization is settled or dead.',
  zero: [
    'second settlements',
    'budget rows that do not add up',
    'bytes that left before they were stored and permitted',
    'jobs without exactly one announced end',
    'authorizations left open',
    'sends after a stop',
    'collisions of callers',
    'signatures in queues, workflows, events, logs and answers',
  ],
  prove: ({ seed, size, progress }) => simulate(seed, sizes[size], least[size], progress),
};
