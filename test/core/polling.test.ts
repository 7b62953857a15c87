import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { catalogue } from '../../shared/core/catalogue.ts';
import { deadlineSecondsOf, runSecondsOf } from '../../shared/core/job.ts';
import { pollingFor } from '../../shared/core/offering.ts';
import {
  firstPollDelaySeconds,
  nextPollDelaySeconds,
  profileOf,
  ranBefore,
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
  [10.4, 'StillRunning'],
  [10.5, 'StillRunning10'],
  [30.4, 'StillRunning25'],
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
  [0.2, 39],
  [0.6, 38],
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

test.each([
  // Nobody has looked, or can have come back from a wait of five seconds.
  [0, 0],
  [39, 0],
  [44.9, 0],
  // The steps are of ten seconds, after which a wait of five is left for.
  [45.5, 34],
  [50, 39],
])('an invocation that begins after %f seconds knows it was running after %f', (elapsed, ran) => {
  expect(ranBefore(profile, elapsed, timings)).toBe(ran);
});

describe('the profile of learned times', () => {
  const learned = (medianSeconds: number, sigma: number, jobs = 64) => ({
    medianSeconds,
    sigma,
    seen: Array.from({ length: jobs }, (): [number, number] => [0, 1]),
    learnedAt: 0,
  });
  const job = { offering: 'flux-2-pro/generate' };
  const entries = Object.entries(catalogue);

  test('is the catalogue’s own where nothing, or not enough, is known', () => {
    for (const [offering, { polling }] of entries)
      for (const times of [undefined, learned(1, 0.1, 7)])
        expect(profileOf({ offering }, timings, times)).toEqual(polling);
  });

  test.each([
    [2.5, 0.15, 2.45, 0.6],
    [5, 0.35, 4.78, 0.98],
    [20, 0.1, 19.75, 2.27],
  ])('of %f s, σ %f: first after %f s, then steps of %f', (median, sigma, first, step) => {
    expect(profileOf(job, timings, learned(median, sigma))).toMatchObject({
      firstSeconds: expect.closeTo(first, 2),
      stepSeconds: expect.closeTo(step, 2),
    });
  });

  test('whatever was learned looks neither more often than the floor nor too late for its run and deadline', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...entries),
        fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
        fc.double({ min: 1e-6, max: 100, noNaN: true }),
        fc.constantFrom(1, 0.05),
        ([offering, { typicalSeconds }], median, sigma, pollingScale) => {
          const scaled = { ...timings, pollingScale };
          const found = profileOf({ offering }, scaled, learned(median, sigma));
          const typical = typicalSeconds * pollingScale;
          expect(found.stepSeconds).toBeGreaterThanOrEqual(Math.max(0.6 * pollingScale, typical / 50) - 1e-9);
          expect(found.firstSeconds).toBeGreaterThan(0.14 * typical);
          expect(found.firstSeconds).toBeLessThanOrEqual(0.7 * runSecondsOf({ offering }, scaled));
          expect(found.firstSeconds).toBeLessThanOrEqual(deadlineSecondsOf({ offering }, scaled) / 4);
          expect(found.longestStepSeconds).toBeLessThanOrEqual(deadlineSecondsOf({ offering }, scaled) / 8);
          // A minute of looks at a picture that does not come, at the most.
          let looks = 0;
          for (let elapsed = 0; elapsed < 60; looks += 1) elapsed += nextPollDelaySeconds(found, elapsed);
          if (pollingScale === 1) expect(looks).toBeLessThanOrEqual(30);
        },
      ),
    );
  });
});
