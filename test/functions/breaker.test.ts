import { describe, expect, test } from 'vitest';
import { tripBreakers } from '../../functions/reconciler/trip-breakers.ts';
import type { Job } from '../../shared/core/job-record.ts';
import { payeeScope } from '../../shared/core/switches.ts';
import { acceptEdit, type Booth, openBooth } from './booth.ts';

/** A payee that takes money and brings nothing is stopped; so is whoever an operator names. */

const trip = (booth: Booth, lossesPerHour = 3) => tripBreakers(booth.process().ports, lossesPerHour);
const buy = async (booth: Booth): Promise<Job> => booth.finish((await booth.accept()).jobId);
/** So many at once: a job whose answer is lost is waited for until its deadline. */
async function lose(booth: Booth, count: number): Promise<readonly Job[]> {
  booth.seller.manner = 'settles and makes no job';
  const accepted = await Promise.all(Array.from({ length: count }, () => booth.accept()));
  for (const { jobId } of accepted) await booth.pay(jobId);
  return Promise.all(accepted.map(({ jobId }) => booth.finish(jobId)));
}
const says = (booth: Booth, scope: string, enabled: boolean) =>
  booth.ledger.control.writeSwitch({ scope, enabled, reason: 'a test', by: 'a test', at: booth.clock.now });

describe('a payee that brings nothing', () => {
  test('is stopped by the third loss of an hour, and by no delivery; nothing more is signed for it', async () => {
    const booth = openBooth();
    await buy(booth);
    expect(await booth.ledger.losses(0, 10)).toEqual([]);
    expect((await lose(booth, 2)).map(({ status }) => status)).toEqual(['unresolved', 'unresolved']);
    expect(await booth.ledger.losses(0, 10)).toHaveLength(2);
    expect(await trip(booth)).toEqual([]);
    const [third] = await lose(booth, 1);
    expect(await trip(booth)).toEqual([third?.purchase?.payTo.toLowerCase()]);
    expect(await trip(booth)).toEqual([]);
    const signatures = booth.signatures.length;
    expect(await buy(booth)).toMatchObject({
      status: 'refused',
      end: { reason: { name: 'DeadlinePassed' } },
    });
    expect(booth.signatures).toHaveLength(signatures);
  });

  test('is allowed again by an operator, and then only what is lost afterwards counts', async () => {
    const booth = openBooth();
    await lose(booth, 3);
    const [payTo = ''] = await trip(booth);
    await says(booth, payeeScope(payTo), true);
    expect(await trip(booth)).toEqual([]);
    booth.clock.now += 1_000;
    await lose(booth, 1);
    expect(await trip(booth)).toEqual([]);
    expect(await trip(booth, 1)).toEqual([payTo]);
  });

  test('is stopped by as many losses as an operator allows, however many that are', async () => {
    const booth = openBooth();
    const payTo = `0x${'1'.repeat(40)}`;
    booth.ledger.losses = async (_since, most) =>
      Array.from({ length: Math.min(most, 301) }, (_, n) => ({ jobId: `${n}`, payTo, at: booth.clock.now }));
    expect(await trip(booth, 302)).toEqual([]);
    expect(await trip(booth, 300)).toEqual([payTo]);
  });

  test('is not stopped for what was lost over an hour ago', async () => {
    const booth = openBooth();
    await lose(booth, 3);
    booth.clock.now += 3_600_000;
    expect(await trip(booth)).toEqual([]);
  });

  test('loses once for each job, though a crash has its end written twice', async () => {
    const booth = openBooth();
    booth.seller.manner = 'settles and makes no job';
    const { jobId } = await booth.accept();
    await booth.pay(jobId);
    booth.clock.now += 1_801_000;
    booth.ledger.failNext('write', 'throw-after');
    await expect(booth.pay(jobId)).rejects.toThrow();
    await booth.finish(jobId);
    expect(await booth.ledger.losses(0, 10)).toMatchObject([{ jobId }]);
  });
});

describe('one caller, model or payee that is stopped', () => {
  test.each([
    ['its caller', (job: Job) => `caller:${job.caller}`],
    ['its model', (job: Job) => `model:${job.offering}`],
    ['its payee', (job: Job) => payeeScope(job.purchase?.payTo ?? '')],
  ])('%s: it waits, signs nothing, and goes on when it is allowed again', async (_what, scopeOf) => {
    const booth = openBooth();
    const scope = scopeOf(await buy(booth));
    await says(booth, scope, false);
    const signatures = booth.signatures.length;
    const { jobId } = await booth.accept();
    expect(await booth.pay(jobId)).toMatchObject({ status: 'accepted', waitUntil: expect.any(Number) });
    expect(booth.signatures).toHaveLength(signatures);
    await says(booth, scope, true);
    booth.clock.now += 61_000;
    expect((await booth.finish(jobId)).status).toBe('delivered');
  });

  test('others go on', async () => {
    const booth = openBooth();
    await says(booth, 'caller:AIDASOMEBODYELSE', false);
    await says(booth, 'model:veo-3.1/generate', false);
    expect((await buy(booth)).status).toBe('delivered');
  });

  test('buys no place for its files either, though an upload is nobody’s job', async () => {
    const booth = openBooth();
    const job = await acceptEdit(booth);
    await says(booth, `caller:${job.caller}`, false);
    await booth.pay(job.jobId);
    expect(booth.ledger.jobs()).toHaveLength(1);
    expect(booth.signatures).toEqual([]);
  });

  test('in the moment between the reservation and the signature: nothing leaves', async () => {
    const booth = openBooth();
    const { jobId } = await booth.accept();
    await booth.pay(jobId, async (name) => {
      if (name === 'ledger.readAuthorization') await says(booth, 'model:flux-2-pro/generate', false);
      return undefined;
    });
    expect(await booth.read(jobId)).toMatchObject({ status: 'reserved', purchase: { sends: 0 } });
    expect(booth.seller.headers).toEqual([]);
  });
});
