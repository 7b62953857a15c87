import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { catalogue } from '../../shared/core/catalogue.ts';
import { fitLognormal, type Interval } from '../../shared/core/lognormal.ts';
import {
  learnedTimes,
  type ModelTimes,
  modelTimesSchema,
  seenTimeOf,
  timesKeyOf,
} from '../../shared/core/model-times.ts';
import { between, density } from '../../shared/core/normal.ts';
import type { Offering } from '../../shared/core/offering.ts';
import { happened, jobAfter, newJob, stages, start, timings } from '../functions/jobs.ts';

const flux = catalogue['flux-2-pro/generate'] as Offering;

describe('the normal distribution', () => {
  // Abramowitz and Stegun, tables 26.1 and 26.2.
  test.each([
    [0, 1, 0.3413447460685],
    [-1.96, 1.96, 0.9500042097035],
    [3, Number.POSITIVE_INFINITY, 0.00134989803163],
    [2.999999, Number.POSITIVE_INFINITY, 0.0013499024636],
    [Number.NEGATIVE_INFINITY, -6, 9.865876450377e-10],
    [10, Number.POSITIVE_INFINITY, 7.619853024160527e-24],
    [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, 1],
  ])('between %f and %f lies %f', (from, to, probability) => {
    expect(between(from, to) / probability).toBeCloseTo(1, 9);
  });

  test('is what its density adds up to, on either side and across', () => {
    const end = fc.double({ min: -8, max: 8, noNaN: true });
    fc.assert(
      fc.property(end, fc.double({ min: 0.01, max: 2, noNaN: true }), (from, width) => {
        const step = width / 200;
        const sum = Array.from({ length: 200 }, (_, n) => density(from + (n + 0.5) * step) * step);
        expect(sum.reduce((all, one) => all + one, 0) / between(from, from + width)).toBeCloseTo(1, 2);
      }),
    );
  });
});

describe('the fit', () => {
  const prior = { median: 5, sigma: 0.35, weight: 8 };
  const interval = fc
    .tuple(fc.double({ min: 0, max: 500, noNaN: true }), fc.double({ min: 0.01, max: 300, noNaN: true }))
    .map(([from, width]): Interval => [from, from + width]);

  /** What it is to make as great as it can be, but for a constant. */
  const likelihood = (seen: readonly Interval[], mean: number, sigma: number): number =>
    seen.reduce(
      (sum, [from, to]) =>
        sum + Math.log(between((Math.log(from) - mean) / sigma, (Math.log(to) - mean) / sigma)),
      -prior.weight *
        (Math.log(sigma) + (prior.sigma ** 2 + (Math.log(prior.median) - mean) ** 2) / (2 * sigma ** 2)),
    );

  test('of nothing is what was believed', () => {
    const { median, sigma } = fitLognormal([], prior);
    expect([median, sigma]).toEqual([expect.closeTo(5, 6), expect.closeTo(0.35, 6)]);
  });

  test('is always positive and finite', () => {
    fc.assert(
      fc.property(fc.array(interval, { maxLength: 64 }), (seen) => {
        const { median, sigma } = fitLognormal(seen, prior);
        expect(median).toBeGreaterThan(0);
        expect(sigma).toBeGreaterThan(0);
        expect(Number.isFinite(median * sigma)).toBe(true);
      }),
    );
  });

  test('makes what was seen likelier than anything beside it', () => {
    const near = fc
      .tuple(fc.double({ min: 1, max: 12, noNaN: true }), fc.double({ min: 0.3, max: 4, noNaN: true }))
      .map(([from, width]): Interval => [from < 3 ? 0 : from, from + width]);
    fc.assert(
      fc.property(fc.array(near, { minLength: 1, maxLength: 30 }), (seen) => {
        const { median, sigma } = fitLognormal(seen, prior);
        const best = likelihood(seen, Math.log(median), sigma);
        for (const [shift, scale] of [
          [0.02, 1],
          [-0.02, 1],
          [0, 1.03],
          [0, 0.97],
        ] as const)
          expect(likelihood(seen, Math.log(median) + shift, sigma * scale)).toBeLessThanOrEqual(best + 1e-6);
      }),
      { numRuns: 50 },
    );
  });

  test('moves with the unit of time, and not with the order of what was seen', () => {
    fc.assert(
      fc.property(
        fc.array(interval, { maxLength: 20 }),
        fc.double({ min: 0.1, max: 10, noNaN: true }),
        (seen, unit) => {
          const { median, sigma } = fitLognormal(seen, prior);
          const scaled = fitLognormal(
            seen.toReversed().map(([from, to]): Interval => [from * unit, to * unit]),
            { ...prior, median: prior.median * unit },
          );
          expect(scaled.median / unit / median).toBeCloseTo(1, 4);
          expect(scaled.sigma / sigma).toBeCloseTo(1, 4);
        },
      ),
      { numRuns: 50 },
    );
  });

  test('of jobs that were finished at their first look is faster, and of one alone only a little', () => {
    const first: Interval = [0, 4.85];
    const one = fitLognormal([first], prior).median;
    const many = fitLognormal(Array(30).fill(first), prior).median;
    expect(one).toBeGreaterThan(4.5);
    expect(one).toBeLessThan(5);
    expect(many).toBeLessThan(4);
  });
});

describe('a kind of jobs', () => {
  test.each([
    ['flux-2-pro/generate', {}, 'resolution=1 MP'],
    ['flux-2-pro/generate', { resolution: '2 MP', seed: 7 }, 'resolution=2 MP'],
    ['sora-2/generate', { seconds: '8', size: '1280x720' }, 'seconds=8 size=1280x720'],
    ['seedance/t2v', { duration: '4', outputResolution: '480p' }, 'duration=4 outputResolution=480p'],
    ['gpt-image-1/generate', { quality: 'low' }, 'quality=low'],
    ['grok/generate', { aspect_ratio: '1:1' }, 'any'],
    ['arrow-1.1/vectorize', { target_size: 2048 }, 'any'],
  ])('%s %j: %s', (offering, request, size) => {
    const body = JSON.stringify({ prompt: 'a secret', ...request });
    expect(timesKeyOf({ offering, body })).toEqual({ offering, size });
  });

  test('has one of a few names: what it is named by, a request may only choose from', () => {
    const long = 'x'.repeat(100);
    const fields = ['duration', 'durationSeconds', 'seconds', 'resolution', 'outputResolution'];
    fields.push('upscaleResolution', 'imageSize', 'size', 'quality');
    for (const [offering, entry] of Object.entries(catalogue)) {
      for (const field of fields) {
        const parsed = entry.request.safeParse({ prompt: 'x', [field]: long });
        const isNamed = timesKeyOf({ offering, body: JSON.stringify({ [field]: long }) }).size !== 'any';
        expect([field, isNamed && parsed.success]).toEqual([field, false]);
        expect(entry.loose).not.toContain(field);
      }
    }
  });
});

describe('a job', () => {
  const { submitted, rendered } = stages();
  const seenAt = (seconds: number, ranSeconds?: number) => ({
    url: 'https://pictures.test/x',
    at: (submitted.submittedAt ?? 0) + seconds * 1000,
    ...(ranSeconds !== undefined && { ranSeconds }),
  });

  test('shows between which looks it was finished', () => {
    expect(seenTimeOf({ ...submitted, rendered: seenAt(5.8, 4.85) }, timings)).toEqual([4.85, 5.8]);
    expect(seenTimeOf({ ...submitted, rendered: seenAt(4.9, 0) }, timings)).toEqual([0, 4.9]);
  });

  test('that is not finished, or was before the look, shows nothing', () => {
    for (const job of [submitted, rendered, stages().refused])
      expect(seenTimeOf(job, timings)).toBeUndefined();
  });

  test('that was sent twice, or found in the list, began at a time that nobody knows', () => {
    const job = newJob();
    const authorized = jobAfter(job, happened.reserved(job), happened.authorized());
    const again = { type: 'sending', leaseUntil: start + 60_000, at: start + 20_000 } as const;
    const lookedUp = { type: 'lookedUp', at: start + 10_000 } as const;
    for (const event of [again, lookedUp]) {
      const found = jobAfter(authorized, happened.unsettled(), event, happened.submitted(undefined, 40));
      const after = { ...found, rendered: { ...seenAt(5.8, 4.85), at: (found.submittedAt ?? 0) + 5800 } };
      expect(seenTimeOf(after, timings)).toBeUndefined();
    }
  });

  test.each([
    ['running after it was finished', 5, 5],
    ['finished before it began', -1, 0],
    ['finished after its deadline', 601, 500],
  ])('whose times cannot be, shows nothing: %s', (_words, finished, ran) => {
    expect(seenTimeOf({ ...submitted, rendered: seenAt(finished, ran) }, timings)).toBeUndefined();
  });
});

describe('what was learned', () => {
  test('fits its row, whatever was seen, and holds the newest', () => {
    const seen = fc.array(
      fc
        .tuple(fc.double({ min: 0, max: 600, noNaN: true }), fc.double({ min: 0.001, max: 600, noNaN: true }))
        .map(([from, width]): Interval => [from, from + width]),
      { minLength: 1, maxLength: 100 },
    );
    fc.assert(
      fc.property(fc.array(seen, { minLength: 1, maxLength: 4 }), (runs) => {
        let row: ModelTimes | undefined;
        for (const news of runs) row = learnedTimes(row, news, flux, timings, start);
        expect(modelTimesSchema.parse(row)).toEqual(row);
        expect(row?.seen).toEqual(runs.flat().slice(-64));
      }),
      { numRuns: 30 },
    );
  });

  test('knows no more than times: nothing of who asked, or for what', () => {
    const row = learnedTimes(undefined, [[4, 5]], flux, timings, start);
    expect(Object.keys(row).toSorted()).toEqual(['learnedAt', 'medianSeconds', 'seen', 'sigma']);
  });
});
