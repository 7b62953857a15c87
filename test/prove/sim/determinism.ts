import type { Proven, Suite } from '../suite.ts';
import { runSchedule } from './schedule.ts';
import { seedOf } from './sim.ts';

const sizes = { quick: 20, full: 200 } as const;

/** Runs each schedule twice and compares the hashes of their traces. */
export async function repeat(
  seed: number,
  seeds: number,
  progress: (done: number, total: number) => void,
): Promise<Proven> {
  const violations: string[] = [];
  const hashes = new Set<string>();
  for (let index = 0; index < seeds; index += 1) {
    const [first, second] = [await runSchedule(seedOf(seed, index)), await runSchedule(seedOf(seed, index))];
    hashes.add(first.hash);
    if (first.hash !== second.hash)
      violations.push(`seed ${first.seed}: ${first.hash} and then ${second.hash}`);
    progress(index + 1, seeds);
  }
  // Traces that are all alike would be equal too.
  if (hashes.size < seeds) violations.push(`${seeds} seeds gave ${hashes.size} different traces`);
  return { counts: { seeds, traces: hashes.size }, violations };
}

export const determinism: Suite = {
  name: 'determinism',
  claim: 'A seed gives the same trace of the simulator every time, to the byte.',
  zero: ['seeds whose two traces differ'],
  prove: ({ seed, size, progress }) => repeat(seed, sizes[size], progress),
};
