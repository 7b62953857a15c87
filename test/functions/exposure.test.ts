import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { countDelivered } from '../../functions/reconciler/count-delivered.ts';
import { limitsSchema } from '../../shared/core/budget.ts';
import { exposureKey } from '../../shared/core/exposure.ts';
import { policy } from '../core/offers.ts';
import { acceptEdit, type Booth, openBooth } from './booth.ts';

/** Exposure to a payee: payments that were sent, and brought neither a result nor a proof that they are dead. */

const [payTo = ''] = policy.payees;
const price = 30_000;

/** Delivers the messages of so many new jobs, one after the other; gives their ids. */
async function pay(booth: Booth, count: number): Promise<readonly string[]> {
  const jobIds: string[] = [];
  for (let n = 0; n < count; n += 1) {
    const { jobId } = await booth.accept();
    await booth.pay(jobId);
    jobIds.push(jobId);
  }
  return jobIds;
}
const exposure = (booth: Booth) => booth.ledger.control.readExposure(payTo);
const sent = (booth: Booth): number => booth.seller.settlements.size;
const count = (booth: Booth) => countDelivered(booth.process().ports);
/** Brings a job to its end that another job does not wait for. */
const finish = async (booth: Booth, jobId: string | undefined) => booth.finish(jobId ?? '');

describe('a seller that answers every payment with a made-up job id', () => {
  const open = (limits: Parameters<typeof openBooth>[2] = {}) => {
    const booth = openBooth({}, {}, limits);
    booth.seller.answerWith = () => `cmn${randomUUID()}`;
    return booth;
  };

  test('gets no more payments than the bound before its first delivery deadline', async () => {
    const booth = open();
    const jobIds = await pay(booth, 60);
    for (let minutes = 0; minutes < 10; minutes += 1) {
      booth.clock.now += 61_000;
      for (const jobId of jobIds.slice(50)) await booth.pay(jobId);
    }
    expect(sent(booth)).toBe(50);
    expect(await exposure(booth)).toMatchObject({ payments: 50, atomic: 50 * price });
  });

  test('gets no more by calling every job failed, until the deadlines of the first', async () => {
    const booth = open({ limits: { exposurePerPayee: 5 } });
    booth.seller.sighting = () => ({ state: 'failed', says: 'moderated' });
    const [first = '', second = '', third = '', fourth = '', fifth = '', sixth = ''] = await pay(booth, 6);
    for (const jobId of [first, second, third, fourth, fifth]) await finish(booth, jobId);
    expect(await exposure(booth)).toMatchObject({ payments: 5, atomic: 5 * price });
    const { status, deadlineAt, dueAt } = await booth.read(first);
    expect([status, dueAt]).toEqual(['undelivered', deadlineAt]);
    await booth.pay(sixth);
    expect(sent(booth)).toBe(5);

    booth.clock.now = deadlineAt;
    await booth.pay(first);
    expect(await exposure(booth)).toMatchObject({ payments: 4, atomic: 4 * price, delivered: 0 });
    expect((await booth.read(first)).dueAt).toBeUndefined();
    await booth.pay(first);
    expect(await exposure(booth)).toMatchObject({ payments: 4 });
    await booth.pay(sixth);
    expect(sent(booth)).toBe(6);
  });

  test('gets no more dollars than a fifth of the day before then', async () => {
    const booth = open({ limits: { total: 500_000 } });
    await pay(booth, 6);
    expect(sent(booth)).toBe(3);
    expect(await exposure(booth)).toMatchObject({ atomic: 90_000 });
  });

  test('gets no more dollars than an operator says', async () => {
    const booth = open({ limits: { exposureUsdPerPayee: 70_000 } });
    await pay(booth, 4);
    expect(sent(booth)).toBe(2);
    const limits = { total: 100_000_000, exposureUsdPerPayee: 120_000 };
    await booth.ledger.control.writeLimits(limitsSchema.parse({ ...limits, version: 1 }));
    await pay(booth, 4);
    expect(sent(booth)).toBe(4);
    await booth.ledger.control.writeLimits(
      limitsSchema.parse({ ...limits, exposureUsdPerPayee: 0, version: 2 }),
    );
    await pay(booth, 2);
    expect(sent(booth)).toBe(4);
  });

  test('is paid a price above the dollar bound only while nothing else is exposed', async () => {
    const booth = open({ limits: { exposureUsdPerPayee: 1 } });
    await pay(booth, 3);
    expect(sent(booth)).toBe(1);
  });
});

describe('exposure to a payee', () => {
  test('is not reduced by a job id or a settlement, and ends with a delivery', async () => {
    const booth = openBooth({}, {}, { limits: { exposurePerPayee: 2 } });
    const [first, , third] = await pay(booth, 3);
    expect(sent(booth)).toBe(2);
    expect(await finish(booth, first)).toMatchObject({ status: 'delivered' });
    expect(await exposure(booth)).toMatchObject({ payments: 1, atomic: price, delivered: 1 });
    expect(await finish(booth, third)).toMatchObject({ status: 'delivered' });
    expect(sent(booth)).toBe(3);
  });

  test('ends with a loss', async () => {
    const booth = openBooth({}, {}, { limits: { exposurePerPayee: 1 } });
    booth.seller.manner = 'settles and makes no job';
    const [first] = await pay(booth, 2);
    expect(sent(booth)).toBe(1);
    expect(await finish(booth, first)).toMatchObject({ status: 'unresolved' });
    expect(await exposure(booth)).toMatchObject({ payments: 0, atomic: 0, delivered: 0 });
    await pay(booth, 1);
    expect(sent(booth)).toBe(2);
  });

  test('ends with a refusal before the signature', async () => {
    const booth = openBooth();
    const { jobId } = await booth.accept();
    await booth.pay(jobId, undefined, 20_000);
    expect(await exposure(booth)).toMatchObject({ payments: 1 });
    booth.clock.now += 3_600_000;
    expect(await finish(booth, jobId)).toMatchObject({ status: 'refused' });
    expect(await exposure(booth)).toMatchObject({ payments: 0, atomic: 0, delivered: 0 });
  });

  test('counts a file as well, until it is stored', async () => {
    const booth = openBooth();
    const { jobId } = await acceptEdit(booth);
    booth.seller.failingPuts = 1_000;
    await booth.pay(jobId);
    expect(await exposure(booth)).toMatchObject({ payments: 1, atomic: 10_000, delivered: 0 });
    booth.seller.failingPuts = 0;
    expect(await finish(booth, jobId)).toMatchObject({ status: 'delivered' });
    // A place for a file is nothing that anybody asked for.
    expect(await exposure(booth)).toMatchObject({ payments: 0, atomic: 0, delivered: 1 });
  });

  test('near its bound, no place is bought for a file whose picture may not be bought', async () => {
    const booth = openBooth({}, {}, { limits: { exposureUsdPerPayee: 70_000 } });
    booth.seller.sighting = () => ({ state: 'running' });
    await pay(booth, 2);
    const { jobId } = await acceptEdit(booth, undefined, { now: booth.clock.now });
    await booth.pay(jobId);
    expect(sent(booth)).toBe(2);
    expect(await booth.read(jobId)).toMatchObject({ status: 'accepted', waitUntil: expect.any(Number) });
    booth.seller.sighting = (sellerJobId) => ({
      state: 'complete',
      url: `https://pictures.test/${sellerJobId}.webp`,
    });
    for (const job of booth.ledger.jobs()) if (job.status === 'submitted') await finish(booth, job.jobId);
    expect(await finish(booth, jobId)).toMatchObject({ status: 'delivered' });
  });

  test('of the first release, without amounts, is counted on and closed', async () => {
    const booth = openBooth({}, {}, { limits: { exposurePerPayee: 2 } });
    const [first = ''] = await pay(booth, 1);
    const job = await booth.read(first);
    const { exposedAtomic: _amount, ...purchase } = job.purchase ?? {};
    booth.ledger.put({ ...job, purchase } as typeof job);
    const row = { limit: 50, limitsVersion: 0, remaining: 49, held: 1, committed: 0, heldAtomic: undefined };
    booth.ledger.edit(`BUDGET#${exposureKey(payTo)}`, row);
    await pay(booth, 2);
    expect(sent(booth)).toBe(2);
    expect(await finish(booth, first)).toMatchObject({ status: 'delivered' });
    expect(await exposure(booth)).toMatchObject({ payments: 1, atomic: price, delivered: 1 });
  });
});

describe('a payee that delivers', () => {
  test('may be exposed to as many payments as it delivered in the last hour', async () => {
    const booth = openBooth({}, {}, { limits: { exposurePerPayee: 2 } });
    const deliverSome = async (some: number) => {
      for (let n = 0; n < some; n += 1) await booth.finish((await booth.accept()).jobId);
    };
    await deliverSome(1);
    await count(booth);
    await deliverSome(5);
    booth.clock.now += 300_000;
    await count(booth);
    expect(await exposure(booth)).toMatchObject({ delivered: 6, deliveredLastHour: 5 });
    const before = sent(booth);
    await pay(booth, 8);
    expect(sent(booth) - before).toBe(5);
  });

  test('is held to the configured number again when nobody has counted for a quarter of an hour', async () => {
    const booth = openBooth({}, {}, { limits: { exposurePerPayee: 1 } });
    await booth.finish((await booth.accept()).jobId);
    const counted = { delivered: 9, deliveredLastHour: 9, countedAt: booth.clock.now, samples: [] };
    await booth.ledger.control.writeDeliveries(payTo, counted);
    booth.clock.now += 16 * 60_000;
    await pay(booth, 3);
    expect(sent(booth)).toBe(2);
  });

  test('has delivered nothing lately where the last hour was not counted', async () => {
    const booth = openBooth();
    await booth.finish((await booth.accept()).jobId);
    await count(booth);
    booth.clock.now += 7_200_000;
    await booth.finish((await booth.accept()).jobId);
    await count(booth);
    expect(await exposure(booth)).toMatchObject({ delivered: 2, deliveredLastHour: 0 });
    for (let looks = 0; looks < 40; looks += 1) {
      booth.clock.now += 150_000;
      await count(booth);
    }
    expect((await exposure(booth))?.samples.length).toBeLessThan(17);
  });
});
