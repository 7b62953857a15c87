import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { FaultName } from '../../infra/local/seller/faults.ts';
import { openTestBooth, quick, type TestBooth } from './test-booth.ts';

let booth: TestBooth;
beforeAll(async () => {
  const timings = { ...quick.timings, paymentDeadlineSeconds: 40, deliveryDeadlineSeconds: 40 };
  booth = await openTestBooth({ settings: { ...quick, timings } });
});
afterAll(() => booth?.close());
afterEach(() => booth.sandbox?.seller.faults.clear());

/** Each shape in which a seller may show a job, and for how many polls. */
const shapes: [FaultName, number | undefined][] = [
  ['not-found-spell', 5],
  ['denied-spell', 5],
  ['gone-spell', 5],
  ['failed-spell', 1],
  ['another-job', 3],
  ['made-up-status', 3],
  ['numeric-ids', 1],
  ['inline-svg', undefined],
  ['inline-data-url', undefined],
  ['null-beside', undefined],
  ['several-results', undefined],
];

describe('what was paid for is delivered, however the seller shows it', () => {
  test.each(shapes)('%s (%s polls)', async (name, times) => {
    booth.sandbox?.seller.faults.set(name, times === undefined ? {} : { times });
    const jobId = await booth.submit({ prompt: `shown as ${name}`, resolution: '0.5 MP' });
    const ended = await booth.ended(jobId);
    expect([ended.detail.status, ended.detail.money]).toEqual(['delivered', 'spent']);
    expect(await booth.settlements(ended)).toBe(1);
    expect(booth.sandbox?.seller.faults.used(name)).toBeGreaterThan(0);
    const answer = await booth.get(jobId);
    const isInline = name.startsWith('inline');
    expect(answer).toMatchObject({ status: 'complete' });
    expect(JSON.stringify(answer).includes('.svg')).toBe(isInline);
  });

  test('a reason that is an object is told to the caller in words', async () => {
    booth.sandbox?.seller.faults.set('failed-job', { times: 1 });
    booth.sandbox?.seller.faults.set('failure-object');
    const jobId = await booth.submit({ prompt: 'a failure', resolution: '0.5 MP' });
    expect((await booth.ended(jobId)).detail.status).toBe('undelivered');
    expect(JSON.stringify(await booth.get(jobId))).toContain('The model could not do this');
  });
});
