import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pollingFor } from '../../shared/core/offering.ts';
import {
  firstPollDelaySeconds,
  nextPollDelaySeconds,
  runningNameFor,
  runningNames,
  scaledPolling,
  workflowWaitSeconds,
} from '../../shared/core/polling.ts';
import { timingsSchema } from '../../shared/core/timings.ts';

const timings = timingsSchema.parse({});
const profile = { firstSeconds: 40, stepSeconds: 10, growth: 1, longestStepSeconds: 10 };

test.each([
  [8.5, 'StillRunning'],
  [10.9, 'StillRunning'],
  [11, 'StillRunning10'],
  [30.5, 'StillRunning25'],
  [100, 'StillRunning90'],
  [5000, 'StillRunning180'],
] as const)('%f seconds before the next look: %s', (delay, name) => {
  expect(runningNameFor(delay, timings)).toBe(name);
});

test('every wait ends before the look it was chosen for, unless it is the shortest there is', () => {
  const secondsOf = new Map(runningNames(timings).map(({ name, seconds }) => [name, seconds]));
  fc.assert(
    fc.property(fc.double({ min: 6, max: 5_000, noNaN: true }), (delay) => {
      expect(secondsOf.get(runningNameFor(delay, timings))).toBeLessThan(delay);
    }),
  );
});

test('waits that are shorter than the deployment’s own are not there', () => {
  const names = runningNames({ ...timings, waitSeconds: 30 });
  expect(names.map(({ seconds }) => seconds)).toEqual([30, 40, 50, 60, 75, 90, 105, 120, 150, 180]);
});

test.each([
  [0, 39],
  [0.2, 38],
  [38.9, 0],
  [39, 0],
  [400, 0],
])(
  'a workflow that begins after %f seconds waits for %i, and is back before the first look',
  (elapsed, wait) => {
    expect(workflowWaitSeconds(profile, elapsed)).toBe(wait);
  },
);

test.each([
  [0, 40],
  [39, 1],
  // Late for the look at 40, early for the one at 50.
  [40.5, 0],
  [44.9, 0],
  [45.5, 4.5],
  [50, 0],
])('an invocation that begins after %f seconds waits for %f', (elapsed, delay) => {
  expect(firstPollDelaySeconds(profile, elapsed)).toBeCloseTo(delay);
});

test('any profile, at any time and scale: a delay that is finite, and no longer than its longest step', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.5, max: 600, noNaN: true }),
      fc.double({ min: 0.001, max: 10, noNaN: true }),
      fc.double({ min: 0, max: 3_000, noNaN: true }),
      (typical, pollingScale, elapsed) => {
        const scaled = scaledPolling(pollingFor(typical), { ...timings, pollingScale });
        const longest = Math.max(scaled.firstSeconds, scaled.longestStepSeconds, scaled.stepSeconds, 0.1);
        for (const delay of [firstPollDelaySeconds, nextPollDelaySeconds].map((of) => of(scaled, elapsed))) {
          expect(delay).toBeGreaterThanOrEqual(0);
          expect(delay).toBeLessThanOrEqual(longest + 1e-6);
        }
      },
    ),
  );
});
