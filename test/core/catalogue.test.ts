import { describe, expect, test } from 'vitest';
import { catalogue, sameRequest } from '../../shared/core/catalogue.ts';
import type { Offering } from '../../shared/core/offering.ts';
import { nextPollDelaySeconds } from '../../shared/core/polling.ts';

const flux = catalogue['flux-2-pro/generate'] as Offering;

test.each([
  { prompt: 'x' },
  { prompt: 'x'.repeat(10_000), aspect_ratio: '4:5', resolution: '0.5 MP', output_format: 'png' },
  { prompt: 'x', output_quality: 0, safety_tolerance: 5, prompt_upsampling: true, seed: -7 },
])('takes the seller’s own request', (request) => {
  expect(flux.request.parse(request)).toEqual(request);
});

test.each([
  {},
  { prompt: '' },
  { prompt: 'x'.repeat(10_001) },
  { prompt: 7 },
  { prompt: 'x', aspect_ratio: '21:9' },
  { prompt: 'x', resolution: '1MP' },
  { prompt: 'x', resolution: '4 MP' },
  { prompt: 'x', output_format: 'jpeg' },
  { prompt: 'x', output_quality: 101 },
  { prompt: 'x', output_quality: 1.5 },
  { prompt: 'x', safety_tolerance: 0 },
  { prompt: 'x', prompt_upsampling: 'yes' },
  { prompt: 'x', seed: 2 ** 53 },
  { prompt: 'x', images: [] },
])('refuses %j', (request) => {
  expect(flux.request.safeParse(request).success).toBe(false);
});

test('the ceiling follows the options', () => {
  expect(flux.ceilingAtomic({ prompt: 'x' })).toBe(30_000n);
  expect(flux.ceilingAtomic({ prompt: 'x', resolution: '0.5 MP' })).toBe(20_000n);
  expect(flux.ceilingAtomic({ prompt: 'x', resolution: '2 MP' })).toBe(40_000n);
});

describe('a listed job is ours when its request is', () => {
  const body = JSON.stringify({ prompt: 'x', output_quality: 80 });
  test.each([
    [{ prompt: 'x', output_quality: 80 }, true],
    [{ output_quality: 80, prompt: 'x' }, true],
    [{ prompt: 'x', output_quality: 80, ...flux.defaults }, true],
    [{ prompt: 'x', output_quality: 80, seed: 41, images: [], safety_tolerance: 2 }, true],
    [{ prompt: 'x', output_quality: 90 }, false],
    [{ prompt: 'x' }, false],
    [{ prompt: 'x', output_quality: 80, resolution: '2 MP' }, false],
    [{ prompt: 'y', output_quality: 80 }, false],
    [null, false],
    ['x', false],
  ])('%j', (echoed, same) => {
    expect(sameRequest(flux, body, echoed)).toBe(same);
  });
});

test('polls wait for the first sensible moment, then step, ever more slowly', () => {
  const delays: number[] = [];
  for (let elapsed = 0; elapsed < 60; ) {
    const delay = nextPollDelaySeconds(flux.polling, elapsed);
    delays.push(delay);
    elapsed += delay;
  }
  expect(delays[0]).toBe(flux.polling.firstSeconds);
  expect(delays.length).toBeLessThan(25);
  expect(Math.max(...delays)).toBeLessThanOrEqual(flux.polling.longestStepSeconds + 0.001);
});
