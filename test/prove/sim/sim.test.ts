import { expect, test } from 'vitest';
import { crashEverywhere } from './crash.ts';
import { repeat } from './determinism.ts';
import { bearLoad } from './load.ts';
import { raceOften } from './race.ts';
import { replay } from './replay.ts';
import { simulate } from './sim.ts';

/** Each suite of the simulator at a size of a second: that they run, and find nothing. */

const quietly = (): void => {};
const seed = 20_261_124;

test('schedules of every kind of trouble', async () => {
  const { counts, violations } = await simulate(seed, 60, 0, quietly);
  expect(violations).toEqual([]);
  expect(counts).toMatchObject({ schedules: 60, statuses: 10 });
  expect(counts.settlements).toBeGreaterThan(60);
});

test('the same trace twice', async () => {
  expect(await repeat(seed, 3, quietly)).toEqual({ counts: { seeds: 3, traces: 3 }, violations: [] });
});

test('a schedule, call by call', async () => {
  const lines: string[] = [];
  expect(await replay(seed, (line) => void lines.push(line))).toBe(true);
  expect(lines.some((line) => line.includes('ledger.write'))).toBe(true);
  expect(lines.at(-1)).toMatch(/^\d+ jobs, \d+ faults, \d+ settlements; trace [0-9a-f]{64}$/);
});

test('some crashes', async () => {
  const { counts, violations } = await crashEverywhere(seed, { plain: false, drawn: 60 }, quietly);
  expect(violations).toEqual([]);
  expect(counts.runs).toBe(60);
});

test('some races', async () => {
  const { counts, violations } = await raceOften(seed, 5, quietly);
  expect(violations).toEqual([]);
  expect(counts.runs).toBe(5);
});

test('a little load', async () => {
  const { counts, violations } = await bearLoad(seed, 60, quietly);
  expect(violations).toEqual([]);
  expect(counts).toMatchObject({ jobs: 60, settlements: 54, refused: 6 });
});
