import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { tripBreakers } from '../../functions/reconciler/trip-breakers.ts';
import { record } from '../../functions/record.ts';
import type { Job } from '../../shared/core/job-record.ts';
import { payeeScope } from '../../shared/core/switches.ts';
import { acceptEdit, type Booth, openBooth } from './booth.ts';

/** A model that takes money and brings nothing is stopped, then its payee; so is whoever an operator names. */

const generate = 'flux-2-pro/generate';
const edit = 'flux-2-pro/edit';
const editBody = '{"prompt":"a kite","images":["https://pictures.test/a.webp"]}';
type Change = Parameters<Booth['accept']>[0];

const trip = (booth: Booth, lossesPerHour = 3) => tripBreakers(booth.process().ports, lossesPerHour);
const buy = async (booth: Booth, change?: Change): Promise<Job> =>
  booth.finish((await booth.accept(change)).jobId);
/** So many at once: a job whose answer is lost is waited for until its deadline. */
async function lose(booth: Booth, count: number, change?: Change): Promise<readonly Job[]> {
  booth.seller.manner = 'settles and makes no job';
  const accepted = await Promise.all(Array.from({ length: count }, () => booth.accept(change)));
  for (const { jobId } of accepted) await booth.pay(jobId);
  const lost = await Promise.all(accepted.map(({ jobId }) => booth.finish(jobId)));
  booth.seller.manner = 'honest';
  return lost;
}
const says = (booth: Booth, scope: string, enabled: boolean) =>
  booth.ledger.control.writeSwitch({ scope, enabled, reason: 'a test', by: 'a test', at: booth.clock.now });
const payeeOf = (job: Job | undefined): string => job?.purchase?.payTo.toLowerCase() ?? '';
const nothing = { models: [], payees: [] };

describe('a model that brings nothing', () => {
  test('is stopped by the third loss of an hour, and by no delivery; nothing more is signed for it', async () => {
    const booth = openBooth();
    await buy(booth);
    expect(await booth.ledger.losses(0, 10)).toEqual([]);
    expect((await lose(booth, 2)).map(({ status }) => status)).toEqual(['unresolved', 'unresolved']);
    expect(await trip(booth)).toEqual(nothing);
    await lose(booth, 1);
    expect(await trip(booth)).toEqual({ models: [generate], payees: [] });
    expect(await trip(booth)).toEqual(nothing);
    const signatures = booth.signatures.length;
    expect(await buy(booth)).toMatchObject({
      status: 'refused',
      end: { reason: { name: 'DeadlinePassed' } },
    });
    expect(booth.signatures).toHaveLength(signatures);
  });

  test('stops no other model; the second one that is stopped stops their payee', async () => {
    const booth = openBooth();
    await lose(booth, 3);
    expect(await trip(booth)).toEqual({ models: [generate], payees: [] });
    expect(await buy(booth, { offering: edit, body: editBody })).toMatchObject({ status: 'delivered' });
    booth.clock.now += 7_200_000;
    const [lost] = await lose(booth, 3, { offering: edit, body: editBody });
    expect(await trip(booth)).toEqual({ models: [edit], payees: [payeeOf(lost)] });
    expect(await trip(booth)).toEqual(nothing);
  });

  test('counts what the seller could not make, of two callers or more', async () => {
    const booth = openBooth();
    booth.seller.sighting = () => ({ state: 'failed', says: 'moderated' });
    for (let n = 0; n < 3; n += 1) expect(await buy(booth)).toMatchObject({ status: 'undelivered' });
    expect(await booth.ledger.losses(0, 10)).toHaveLength(3);
    expect(await buy(booth, { caller: 'AIDAANOTHER' })).toMatchObject({ status: 'undelivered' });
    expect(await trip(booth)).toEqual({ models: [generate], payees: [] });
  });

  test("is not stopped by one caller's moderated prompts where another caller buys", async () => {
    const booth = openBooth();
    await buy(booth, { caller: 'AIDAANOTHER' });
    booth.seller.sighting = () => ({ state: 'failed', says: 'moderated' });
    for (let n = 0; n < 3; n += 1) expect(await buy(booth)).toMatchObject({ status: 'undelivered' });
    expect(await trip(booth)).toEqual(nothing);
  });

  test('is stopped by those of the only caller', async () => {
    const booth = openBooth();
    booth.seller.sighting = () => ({ state: 'failed', says: 'moderated' });
    for (let n = 0; n < 3; n += 1) expect(await buy(booth)).toMatchObject({ status: 'undelivered' });
    expect(await trip(booth)).toEqual({ models: [generate], payees: [] });
  });

  test('is allowed again by an operator, and then only what is lost afterwards counts', async () => {
    const booth = openBooth();
    await lose(booth, 3);
    expect(await trip(booth)).toMatchObject({ models: [generate] });
    await says(booth, `model:${generate}`, true);
    expect(await trip(booth)).toEqual(nothing);
    booth.clock.now += 1_000;
    await lose(booth, 1);
    expect(await trip(booth)).toEqual(nothing);
    expect(await trip(booth, 1)).toEqual({ models: [generate], payees: [] });
  });

  test('is forgiven with its payee: a stop of before does not stop the payee again', async () => {
    const booth = openBooth();
    await lose(booth, 3);
    const [lost] = await lose(booth, 3, { offering: edit, body: editBody });
    expect(await trip(booth)).toMatchObject({ payees: [payeeOf(lost)] });
    booth.clock.now += 1_000;
    await says(booth, payeeScope(payeeOf(lost)), true);
    expect(await trip(booth)).toEqual(nothing);
  });

  test('is stopped by as many losses as an operator allows, however many that are', async () => {
    const booth = openBooth();
    const payTo = `0x${'1'.repeat(40)}`;
    const loss = { payTo, at: booth.clock.now, offering: generate, caller: 'AIDAEXAMPLE' };
    booth.ledger.losses = async (_since, most) =>
      Array.from({ length: Math.min(most, 301) }, (_, n) => ({ ...loss, jobId: `${n}` }));
    expect(await trip(booth, 302)).toEqual(nothing);
    expect(await trip(booth, 300)).toEqual({ models: [generate], payees: [] });
  });

  describe('is not hidden by many losses of one caller', () => {
    const payTo = `0x${'1'.repeat(40)}`;
    const losing = (booth: Booth, offering: string, caller: string, times = 1, apart = 1_000): void => {
      for (let n = 0; n < times; n += 1) {
        booth.clock.now += apart;
        const jobId = randomUUID();
        const at = booth.clock.now;
        booth.ledger.edit(`LOSS#${jobId}`, { jobId, payTo, at, offering, caller });
      }
    };
    const losesTwo = (booth: Booth, offering: string): void => {
      for (const caller of ['AIDAB', 'AIDAC', 'AIDAB']) losing(booth, offering, caller);
    };

    test('in the same hour', async () => {
      const booth = openBooth();
      losesTwo(booth, edit);
      losing(booth, generate, 'AIDAA', 500);
      expect((await trip(booth)).models).toContain(edit);
    });

    test('in the weeks between it and the second one', async () => {
      const booth = openBooth();
      losesTwo(booth, edit);
      expect(await trip(booth)).toEqual({ models: [edit], payees: [] });
      losing(booth, generate, 'AIDAA', 500, 2 * 3_600_000);
      losesTwo(booth, generate);
      expect(await trip(booth)).toEqual({ models: [generate], payees: [payTo] });
    });
  });

  test('does not count what is proven never to be settled', async () => {
    const booth = openBooth();
    booth.seller.manner = 'does nothing';
    const job = await buy(booth);
    expect(job.status).toBe('unresolved');
    expect(await booth.ledger.losses(0, 10)).toHaveLength(1);
    const at = booth.clock.now;
    const proof = { state: 'dead', blockNumber: 1, at } as const;
    await record(booth.process().ports, job, { type: 'proven', proof, at }, { prove: 'dead' });
    expect(await booth.ledger.losses(0, 10)).toEqual([]);
  });

  test('is not stopped for what was lost over an hour ago', async () => {
    const booth = openBooth();
    await lose(booth, 3);
    booth.clock.now += 3_600_000;
    expect(await trip(booth)).toEqual(nothing);
  });

  test('is known from the job where a row of the first release does not say it', async () => {
    const booth = openBooth();
    for (const { jobId } of await lose(booth, 3))
      booth.ledger.edit(`LOSS#${jobId}`, { offering: undefined, caller: undefined });
    expect(await trip(booth)).toEqual({ models: [generate], payees: [] });
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

describe('a job that the seller denies', () => {
  const deny = async (booth: Booth): Promise<Job> => {
    const { jobId } = await booth.accept();
    await booth.pay(jobId);
    const event = { type: 'denied', at: booth.clock.now } as const;
    return (await record(booth.process().ports, await booth.read(jobId), event)).job;
  };

  test('counts as a loss at once, though it goes on, and is taken back on delivery', async () => {
    const booth = openBooth();
    const denied = [await deny(booth), await deny(booth), await deny(booth)];
    expect(denied.map(({ status }) => status)).toEqual(['submitted', 'submitted', 'submitted']);
    expect(await booth.ledger.losses(0, 10)).toHaveLength(3);
    const [first] = denied;
    expect(await booth.finish(first?.jobId ?? '')).toMatchObject({ status: 'delivered' });
    expect(await booth.ledger.losses(0, 10)).toHaveLength(2);
    expect(await trip(booth)).toEqual(nothing);
    await deny(booth);
    expect(await trip(booth)).toEqual({ models: [generate], payees: [] });
  });

  test('is no second loss when it ends without a result', async () => {
    const booth = openBooth();
    const { jobId, deniedAt } = await deny(booth);
    booth.seller.sighting = () => ({ state: 'failed', says: 'it failed' });
    booth.clock.now += 60_000;
    expect(await booth.finish(jobId)).toMatchObject({ status: 'undelivered' });
    expect(await booth.ledger.losses(0, 10)).toMatchObject([{ jobId, at: deniedAt }]);
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
