import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestBooth, type TestBooth } from '../flow/test-booth.ts';
import { type Counts, worldMeter } from './count/count-world.ts';
import { settleAll } from './count/settle-all.ts';
import { spend } from './count/spend.ts';

/** The counts that the bill stands on, on the local world: what they cost at full size is `npm run bench -- cost`. */

const meter = worldMeter();
let booth: TestBooth;
let counts: Counts;
const request = { prompt: 'a red kite over snow', resolution: '0.5 MP' };

beforeAll(async () => {
  // Times of a deployment, a tenth of the seller's.
  booth = await openTestBooth({
    taps: [meter.tap],
    settings: {},
    sandbox: { timeScale: 0.1, pictureStyle: 'plain' },
  });
  // The day's budget rows are begun with the first purchase.
  await booth.ended(await booth.submit(request));
  await settleAll(booth.world);
  const taking = meter.begin(booth);
  await booth.ended(await booth.submit(request));
  await settleAll(booth.world);
  counts = taking.take();
});
afterAll(() => booth?.close());

test('a picture takes nine writes at the most, its proof and the end of its header included', () => {
  expect(counts['write requests']).toBeLessThanOrEqual(9);
  expect(counts['write units']).toBeLessThanOrEqual(71);
});

test('a picture takes one express run, three signatures at the most, and one event', () => {
  expect(counts).toMatchObject({ transitions: 0, states: 3, 'express runs': 1 });
  expect(counts.signatures).toBeLessThanOrEqual(3);
  expect(counts.signatures).toBeGreaterThanOrEqual(2);
  expect(counts.events).toBe(1);
});

test('a picture takes two puts, four requests to queues and four invocations, and a look one message more', () => {
  // One message asks for the end of a hundred headers: its receipt, its deletion and an invocation, here for one.
  expect([counts.puts, counts['queue requests'], counts.invocations]).toEqual([2, 4 + 2, 4 + 1]);
});

test('the seller is asked for the price, the picture, the job and the bytes, and for nothing twice', () => {
  const looks = counts['seller: GET api/jobs'] ?? 0;
  expect(counts['seller: POST api/generate']).toBe(2);
  expect(looks).toBeLessThanOrEqual(2);
  expect(counts['seller requests']).toBe(2 + looks + 1);
  // Each look is signed for, and the payment once.
  expect(counts.signatures).toBe(1 + looks);
});

test('the bill names every cent', () => {
  const { lines, usd } = spend(counts, 1);
  expect(lines.reduce((sum, line) => sum + line.usd, 0)).toBeCloseTo(usd, 9);
  expect(lines.find(({ name }) => name === 'express runs')?.usd).toBeCloseTo(0.001, 9);
  expect(usd).toBeGreaterThan(0.05);
});
