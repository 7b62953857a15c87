import { expect, test } from 'vitest';
import { openBooth } from './booth.ts';

/** A seller that asks for a pause in answer to the first payment, and takes the next one. */
function openPaused(retryAfterSeconds: number) {
  const booth = openBooth();
  const sentAt: number[] = [];
  const { pay } = booth.seller;
  booth.seller.pay = async (...args) => {
    sentAt.push(booth.clock.now);
    if (sentAt.length > 1) return pay(...args);
    booth.seller.headers.push(args[2]);
    return { unknown: 'status 503', retryAfterSeconds };
  };
  return { booth, sentAt };
}

test('the same bytes are not sent again before the pause that the seller asks for is over', async () => {
  const { booth, sentAt } = openPaused(60);
  const { jobId } = await booth.accept();
  const job = await booth.pay(jobId);
  const retryAt = (sentAt[0] ?? 0) + 60_000;
  expect(job).toMatchObject({ status: 'unsettled', purchase: { sends: 1, retryAt }, waitUntil: retryAt });
  booth.clock.now = retryAt - 10_000;
  expect(await booth.pay(jobId)).toMatchObject({ purchase: { sends: 1 } });
  booth.clock.now = retryAt;
  const submitted = await booth.pay(jobId);
  expect(submitted).toMatchObject({ status: 'submitted', purchase: { sends: 2 } });
  expect(sentAt).toHaveLength(2);
  expect(sentAt[1]).toBeGreaterThanOrEqual(retryAt);
  expect([booth.signatures.length, new Set(booth.seller.headers).size]).toEqual([1, 1]);
});

test('a pause that outlasts the authorization leaves one send, and the list is looked at as before', async () => {
  const { booth, sentAt } = openPaused(3_600);
  const { jobId } = await booth.accept();
  const job = await booth.pay(jobId);
  expect(job.waitUntil).toBeLessThan((sentAt[0] ?? 0) + 120_000);
  const ended = await booth.finish(jobId);
  expect(ended).toMatchObject({ status: 'unresolved', purchase: { sends: 1 } });
  expect(ended.purchase?.lookups).toBeGreaterThan(1);
  expect(sentAt).toHaveLength(1);
});

test('a row without a pause is sent again as before', async () => {
  const { booth, sentAt } = openPaused(0);
  const { jobId } = await booth.accept();
  await booth.pay(jobId);
  expect(await booth.finish(jobId)).toMatchObject({ status: 'delivered', purchase: { sends: 2 } });
  expect((sentAt[1] ?? 0) - (sentAt[0] ?? 0)).toBeLessThan(60_000);
});
