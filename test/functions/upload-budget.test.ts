import { createHash } from 'node:crypto';
import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { record } from '../../functions/record.ts';
import { sweep } from '../../functions/sweeper/sweep.ts';
import { bookEntryOf } from '../../shared/core/book.ts';
import type { Limits } from '../../shared/core/budget.ts';
import { heldBy } from '../../shared/core/budget-moves.ts';
import { type Job, payingCaller } from '../../shared/core/job-record.ts';
import { challengeOf, offer } from '../core/offers.ts';
import { acceptEdit, type Booth, Crash, crashAt, isAnswer, openBooth, type Watch, webp } from './booth.ts';
import { caller, newJob, start } from './jobs.ts';

/** Whose money the files of a request are uploaded with: the asking caller's, held before anything is bought. */

const another = 'AIDAANOTHER';
const kite = ['s3://allowed-bucket/kite.webp'];
const edit = 'flux-2-pro/edit';
const day = '2027-01-15';

const openWith = (limits: Partial<Limits>) => openBooth({}, {}, { limits });
const uploadsOf = (booth: Booth): Job[] => booth.ledger.jobs().filter(({ source }) => source !== undefined);
const heldIn = (booth: Booth, row: string): number => booth.ledger.budgets()[`${day}#${row}`]?.held ?? 0;
const usedIn = (booth: Booth, row: string): number => {
  const { held = 0, committed = 0 } = booth.ledger.budgets()[`${day}#${row}`] ?? {};
  return held + committed;
};
/** What is held and spent of every row, without rows of which nothing is. */
const used = (booth: Booth) =>
  Object.fromEntries(
    Object.entries(booth.ledger.budgets())
      .map(([key, { held, committed }]) => [key, held + committed] as const)
      .filter(([, amount]) => amount !== 0),
  );

/** Every row holds what the jobs hold of it, and none holds or spends for another caller. */
function expectRowsAddUp(booth: Booth): void {
  const jobs = booth.ledger.jobs();
  const sums = new Map<string, number>();
  for (const job of jobs)
    for (const { key, amount } of heldBy(job)) {
      sums.set(key, (sums.get(key) ?? 0) + amount);
      if (key.includes('#caller#')) expect(key.endsWith(`#caller#${payingCaller(job)}`)).toBe(true);
    }
  for (const [key, row] of Object.entries(booth.ledger.budgets())) {
    expect([key, row.remaining + row.held + row.committed]).toEqual([key, row.limit]);
    if (/^\d{4}-/.test(key)) expect([key, row.held]).toEqual([key, sums.get(key) ?? 0]);
  }
}

/** Delivers the message of a job, whatever its workflow answers. */
const turn = (booth: Booth, jobId: string, watch?: Watch): Promise<void> =>
  booth.turn(jobId, watch).catch((error: Error) => {
    if (!isAnswer(error.name) && !(error instanceof Crash)) throw error;
  });

describe('a caller without enough budget who asks for an edit of a file', () => {
  test.each<readonly [string, string, Partial<Limits>]>([
    ['with a limit of nothing', `caller ${caller}`, { named: { [`caller:${caller}`]: 0 } }],
    ['with enough for the picture alone', `caller ${caller}`, { caller: 30_000 }],
    ['of a model without a budget', `model ${edit}`, { named: { [`model:${edit}`]: 0 } }],
    ['when uploads have no budget', 'model upload', { named: { 'model:upload': 0 } }],
    ['when the total is too little', 'total', { total: 39_999 }],
    ['when the payee has too little', 'payee 0x1111111111111111111111111111111111111111', { payee: 39_999 }],
  ])('%s is refused: nothing is bought, signed or held', async (_name, scope, limits) => {
    const booth = openWith(limits);
    const job = await booth.finish((await acceptEdit(booth)).jobId);
    expect(job).toMatchObject({ status: 'refused', end: { reason: { name: 'PaymentRefused' } } });
    expect(job.end?.reason?.message).toContain(`(${scope}) has less than $0.0`);
    expect([booth.signatures, booth.seller.headers, uploadsOf(booth)]).toEqual([[], [], []]);
    expect(used(booth)).toEqual({});
  });

  test("whose budget is used up touches no row of others, and uses up nobody's uploads", async () => {
    const booth = openWith({
      caller: 100_000,
      named: { [`caller:${caller}`]: 30_000, 'model:upload': 10_000 },
    });
    await booth.finish((await booth.accept()).jobId);
    const before = used(booth);
    const refused = await booth.finish((await acceptEdit(booth)).jobId);
    expect(refused.status).toBe('refused');
    expect(used(booth)).toEqual(before);
    const other = await booth.finish((await acceptEdit(booth, kite, { caller: another })).jobId);
    expect(other.status).toBe('delivered');
  });

  test('waits when only the wallet has too little, and nothing is bought meanwhile', async () => {
    const booth = openBooth({}, {}, { readsChain: true });
    const [asset] = booth.process().ports.policy.assets;
    const float = `float#${asset?.network}#${asset?.asset.toLowerCase()}#${booth.ports.wallet.address.toLowerCase()}`;
    const row = (amount: number) => ({ limit: amount, remaining: amount, held: 0, committed: 0 });
    booth.ledger.edit(`BUDGET#${float}`, row(39_999));
    const { jobId } = await acceptEdit(booth);
    expect(await booth.pay(jobId)).toMatchObject({ status: 'accepted' });
    expect([booth.signatures, uploadsOf(booth)]).toEqual([[], []]);
    booth.ledger.edit(`BUDGET#${float}`, row(40_000));
    booth.clock.now += 61_000;
    expect((await booth.finish(jobId)).status).toBe('delivered');
    expect(booth.ledger.budgets()[float]).toMatchObject({ remaining: 0, held: 40_000 });
  });
});

describe('an upload', () => {
  test("is bought with the asking caller's budget, and booked to that caller", async () => {
    const booth = openWith({ caller: 100_000, model: 100_000 });
    await booth.finish((await acceptEdit(booth)).jobId);
    expect(
      [`caller#${caller}`, 'caller#coinbooth', `model#${edit}`, 'model#upload', 'total'].map((row) =>
        usedIn(booth, row),
      ),
    ).toEqual([40_000, 0, 30_000, 10_000, 40_000]);
    const [upload] = uploadsOf(booth);
    expect(upload).toMatchObject({ caller: 'coinbooth', forCaller: caller, forOffering: edit });
    const proof = { state: 'settled', blockNumber: 1, at: start } as const;
    expect(upload && bookEntryOf({ ...upload, proof })).toMatchObject({ caller, model: 'upload' });
  });

  test('and its request are held for together before anything is signed, and taken from once', async () => {
    const booth = openWith({ caller: 100_000 });
    const held: number[] = [];
    const { jobId } = await acceptEdit(booth);
    await turn(booth, jobId, async (name) => {
      if (name.startsWith('wallet.')) held.push(heldIn(booth, `caller#${caller}`));
      expectRowsAddUp(booth);
      return undefined;
    });
    expect(held).toEqual([40_000, 40_000]);
    expect(await booth.read(jobId)).not.toHaveProperty('earmark');
    expect(heldIn(booth, `caller#${caller}`)).toBe(40_000);
  });

  test('that another caller buys is held for until it is delivered, and costs nothing then', async () => {
    const booth = openWith({ caller: 100_000 });
    booth.seller.failingPuts = 1_000;
    const first = await acceptEdit(booth);
    await turn(booth, first.jobId);
    expect(uploadsOf(booth)).toMatchObject([{ status: 'submitted', forCaller: caller }]);
    const second = await acceptEdit(booth, kite, { caller: another });
    booth.seller.failingPuts = 1;
    await booth.pay(second.jobId, undefined, 20_000);
    expect(heldIn(booth, `caller#${another}`)).toBe(40_000);
    expectRowsAddUp(booth);
    const delivered = await booth.finish(second.jobId);
    expect(delivered).toMatchObject({ status: 'delivered', uploads: [{ amountAtomic: '0', money: 'none' }] });
    expect(usedIn(booth, `caller#${another}`)).toBe(30_000);
    expect(usedIn(booth, `caller#${caller}`)).toBe(40_000);
    expectRowsAddUp(booth);
  });

  test('that is delivered already needs no budget', async () => {
    const booth = openWith({ named: { [`caller:${another}`]: 30_000 } });
    await booth.finish((await acceptEdit(booth)).jobId);
    const second = await booth.finish((await acceptEdit(booth, kite, { caller: another })).jobId);
    expect([second.status, usedIn(booth, `caller#${another}`)]).toEqual(['delivered', 30_000]);
  });

  test('at a price of its own in the settings is held for at that price', async () => {
    const booth = openBooth({}, { ceilingsAtomic: { upload: '20000' } }, { limits: { caller: 49_999 } });
    const job = await booth.finish((await acceptEdit(booth)).jobId);
    expect([job.status, booth.signatures]).toEqual(['refused', []]);
  });

  test.each([
    ['caller', `caller:${caller}`],
    ['model', `model:${edit}`],
  ])('of a stopped %s is not signed for, whoever delivers its message', async (_name, scope) => {
    const booth = openBooth();
    const { jobId } = await acceptEdit(booth);
    const stop: Watch = async (name) => {
      if (name === 'wallet.signTypedData')
        await booth.ledger.control.writeSwitch({
          scope,
          enabled: false,
          reason: 'a drill',
          by: 'a test',
          at: 0,
        });
      return undefined;
    };
    await turn(booth, jobId, stop);
    const [upload] = uploadsOf(booth);
    expect(await booth.pay(upload?.jobId ?? '')).toMatchObject({ status: 'reserved' });
    expect(booth.seller.headers).toEqual([]);
  });

  test('and its request stay with the day on which they were held', async () => {
    const booth = openWith({ caller: 100_000 });
    booth.clock.now = Date.UTC(2027, 0, 16) - 3_000;
    const { jobId } = await acceptEdit(booth);
    await turn(booth, jobId, async (name) => {
      if (name === 'wallet.signTypedData') booth.clock.now += 2_000;
      return undefined;
    });
    expect((await booth.finish(jobId)).status).toBe('delivered');
    expect((await booth.read(jobId)).purchase?.reservedAt).toBeGreaterThan(Date.UTC(2027, 0, 16));
    expect(Object.keys(used(booth)).filter((key) => key.startsWith('2027-01-16'))).toEqual([]);
    expect(usedIn(booth, `caller#${caller}`)).toBe(40_000);
  });
});

describe('every end before a signature gives back what was held:', () => {
  const expectNothingHeld = (booth: Booth) => {
    expect(booth.signatures).toEqual([]);
    expect(used(booth)).toEqual({});
  };
  /** Held for, and not begun: another call of the payer is about to begin the upload. */
  const earmarked = async (booth: Booth): Promise<string> => {
    const { jobId } = await acceptEdit(booth);
    let isHeld = false;
    await turn(booth, jobId, async (name) => {
      if (isHeld && name === 'files.read') throw new Crash('before the upload begins');
      if (name === 'ledger.write') isHeld = true;
      return undefined;
    });
    expect(heldIn(booth, `caller#${caller}`)).toBe(40_000);
    expect(uploadsOf(booth)).toEqual([]);
    return jobId;
  };

  test('cancelled', async () => {
    const booth = openWith({ caller: 100_000 });
    const jobId = await earmarked(booth);
    const event = { type: 'cancelled', at: booth.clock.now } as const;
    const cancelled = await record(booth.process().ports, await booth.read(jobId), event);
    expect(cancelled.outcome).toBe('written');
    expect((await booth.finish(jobId)).end?.reason?.name).toBe('Cancelled');
    expectNothingHeld(booth);
  });

  test('the deadline', async () => {
    const booth = openWith({ caller: 100_000 });
    const jobId = await earmarked(booth);
    booth.clock.now += 3_600_000;
    expect(await booth.finish(jobId)).toMatchObject({ status: 'refused' });
    expect(booth.events).toMatchObject([{ money: 'none' }]);
    expectNothingHeld(booth);
  });

  test('a file that changed', async () => {
    const booth = openWith({ caller: 100_000 });
    const jobId = await earmarked(booth);
    booth.files.set('allowed-bucket/kite.webp', Buffer.concat([webp, Buffer.from('x')]));
    expect(await booth.finish(jobId)).toMatchObject({ status: 'refused' });
    expectNothingHeld(booth);
  });

  test('an upload whose payment no longer fits its ceiling', async () => {
    const booth = openWith({ caller: 100_000 });
    const { quote } = booth.seller;
    booth.seller.quote = async (path, ...rest) =>
      path === '/api/upload' ? { challenge: challengeOf(offer({ amount: '20000' })) } : quote(path, ...rest);
    expect(await booth.finish((await acceptEdit(booth)).jobId)).toMatchObject({ status: 'refused' });
    expectNothingHeld(booth);
  });

  test('an upload that is not signed for in time, whose request is over before', async () => {
    const booth = openWith({ caller: 100_000 });
    booth.ports.wallet.signTypedData = () => Promise.reject(new Error('the key is gone'));
    const { jobId } = await acceptEdit(booth);
    await booth.turn(jobId).catch(() => {});
    expect(heldIn(booth, `caller#${caller}`)).toBe(40_000);
    for (let minute = 0; minute < 60; minute += 1) {
      booth.clock.now += 60_000;
      await sweep(booth.process().ports);
      for (const queued of booth.queued.splice(0)) await booth.turn(queued.jobId).catch(() => {});
      expectRowsAddUp(booth);
    }
    expect(uploadsOf(booth)).toMatchObject([{ status: 'refused' }]);
    expectNothingHeld(booth);
  });

  test('a request that is too dear once its files are uploaded: only what is paid for them stays', async () => {
    const booth = openWith({ caller: 100_000 });
    booth.seller.quotes.push(
      { challenge: challengeOf(offer()) },
      { challenge: challengeOf(offer({ amount: '90000' })) },
    );
    expect(await booth.finish((await acceptEdit(booth)).jobId)).toMatchObject({ status: 'undelivered' });
    expect(usedIn(booth, `caller#${caller}`)).toBe(10_000);
    expectRowsAddUp(booth);
  });
});

describe('jobs of the first release go on:', () => {
  const source = {
    bucket: 'allowed-bucket',
    key: 'kite.webp',
    sha256: createHash('sha256').update(webp).digest('hex'),
  };
  /** A request that names its upload and holds nothing, as the first release wrote it. */
  const planned = async (booth: Booth) => {
    const job = await acceptEdit(booth);
    const uploadId = booth.process().ports.uploadId(source.sha256, 1);
    const uploads: Job['uploads'] = [
      { reference: kite[0] ?? '', jobId: uploadId, amountAtomic: '0', money: 'open' },
    ];
    const upload = newJob({
      jobId: uploadId,
      caller: 'coinbooth',
      offering: 'upload',
      body: JSON.stringify({ filename: 'kite.webp', contentType: 'image/webp', size: webp.length }),
      forJobId: job.jobId,
      source,
    });
    const asking = { ...job, uploads, version: 2 };
    booth.ledger.put(asking);
    return { asking, upload };
  };

  test('a request whose upload has not begun holds for both before it begins', async () => {
    const booth = openWith({ caller: 100_000 });
    const { asking, upload } = await planned(booth);
    expect((await booth.finish(asking.jobId)).status).toBe('delivered');
    expect(await booth.read(upload.jobId)).toMatchObject({ forCaller: caller });
    expect([usedIn(booth, `caller#${caller}`), usedIn(booth, 'caller#coinbooth')]).toEqual([40_000, 0]);
  });

  test('a request of a caller without a budget buys nothing', async () => {
    const booth = openWith({ named: { [`caller:${caller}`]: 0 } });
    const { asking } = await planned(booth);
    expect((await booth.finish(asking.jobId)).end?.reason?.name).toBe('PaymentRefused');
    expect([booth.signatures, uploadsOf(booth), used(booth)]).toEqual([[], [], {}]);
  });

  test('an upload that holds nothing takes from the budget of the caller whose job buys it', async () => {
    const booth = openWith({ caller: 100_000, named: { 'caller:coinbooth': 0 } });
    const { asking, upload } = await planned(booth);
    booth.ledger.put(upload);
    expect((await booth.finish(asking.jobId)).status).toBe('delivered');
    expect([usedIn(booth, `caller#${caller}`), usedIn(booth, 'caller#coinbooth')]).toEqual([40_000, 0]);
  });

  test('an upload that is reserved stays on the rows that it took from', async () => {
    // The limit of the first release is ignored: it holds nothing back any more.
    const booth = openWith({ caller: 100_000, named: { 'caller:coinbooth': 0 } });
    const { asking, upload } = await planned(booth);
    booth.ledger.put({ ...upload, forJobId: newJob().jobId });
    expect(await booth.pay(upload.jobId, undefined, 20_000)).toMatchObject({ status: 'reserved' });
    const reserved = await booth.read(upload.jobId);
    booth.ledger.put({ ...reserved, forJobId: asking.jobId });
    expect((await booth.finish(asking.jobId)).status).toBe('delivered');
    expect(usedIn(booth, 'caller#coinbooth')).toBe(10_000);
    expect(usedIn(booth, `caller#${caller}`)).toBe(30_000);
    expect(usedIn(booth, 'total')).toBe(40_000);
  });
});

test.each(['before', 'after'] as const)(
  'a crash %s any effect of an edit: every row adds up, and each payment is made once',
  async (when) => {
    let lost = 0;
    for (let n = 1; ; n += 1) {
      const booth = openWith({ caller: 100_000 });
      const { jobId } = await acceptEdit(booth);
      const crash = crashAt(n, when);
      await turn(booth, jobId, crash);
      expectRowsAddUp(booth);
      if (crash.calls() < n) return expect([n > 25, lost]).toEqual([true, 1]);
      booth.clock.now += 61_000;
      const job = await booth.finish(jobId);
      expectRowsAddUp(booth);
      // The answer to a paid upload is in no list: where it was lost, its price is all that was spent.
      const isLost = uploadsOf(booth)[0]?.status === 'unresolved';
      expect([n, job.status, uploadsOf(booth).length]).toEqual([n, isLost ? 'unresolved' : 'delivered', 1]);
      expect([n, booth.seller.settlements.size]).toEqual([n, isLost ? 1 : 2]);
      expect([n, usedIn(booth, `caller#${caller}`)]).toEqual([n, isLost ? 10_000 : 40_000]);
      if (isLost) lost += 1;
    }
  },
);

test('two deliveries of one edit, in any order of their effects: one upload, held for once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), async (scheduler) => {
      const booth = openWith({ caller: 100_000 });
      const { jobId } = await acceptEdit(booth);
      const inTurn: Watch = async (name) => {
        await scheduler.schedule(Promise.resolve(), name);
        expectRowsAddUp(booth);
        return undefined;
      };
      await scheduler.waitFor(Promise.all([turn(booth, jobId, inTurn), turn(booth, jobId, inTurn)]));
      expect((await booth.finish(jobId)).status).toBe('delivered');
      expect([uploadsOf(booth).length, booth.seller.settlements.size]).toEqual([1, 2]);
      expect(usedIn(booth, `caller#${caller}`)).toBe(40_000);
    }),
    { numRuns: 60 },
  );
});

/** One thing that happens while several callers ask for edits of the same few files. */
type Step =
  | { readonly do: 'ask'; readonly by: number; readonly files: readonly number[] }
  | { readonly do: 'pay'; readonly job: number; readonly crashAt: number; readonly when: 'before' | 'after' }
  | { readonly do: 'cancel'; readonly job: number }
  | { readonly do: 'pass'; readonly seconds: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('ask' as const),
      by: fc.nat(2),
      files: fc.uniqueArray(fc.nat(2), { minLength: 1, maxLength: 3 }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('pay' as const),
      job: fc.nat(20),
      crashAt: fc.oneof(fc.constant(1_000), fc.integer({ min: 1, max: 45 })),
      when: fc.constantFrom('before' as const, 'after' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cancel' as const), job: fc.nat(20) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('pass' as const), seconds: fc.constantFrom(2, 61, 480, 86_400) }),
  },
);

const pictures = await Promise.all(
  ['#c30', '#3c0', '#03c'].map((background) =>
    sharp({ create: { width: 64, height: 64, channels: 3, background } })
      .webp()
      .toBuffer(),
  ),
);

test('several callers share files, whatever crashes, ends or passes: each pays with their own budget alone', async () => {
  const callers = [caller, another, 'AIDANOTHING'];
  let isBought = false;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 6, maxLength: 24 }), async (steps) => {
      const booth = openWith({ total: 400_000, caller: 110_000, named: { 'caller:AIDANOTHING': 0 } });
      for (const [name, bytes] of pictures.entries()) booth.files.set(`allowed-bucket/${name}.webp`, bytes);
      const asked: Job[] = [];
      for (const { ...one } of steps) {
        const jobs = booth.ledger.jobs();
        if (one.do === 'ask') {
          const images = one.files.map((name) => `s3://allowed-bucket/${name}.webp`);
          asked.push(
            await acceptEdit(booth, images, { caller: callers[one.by] ?? caller, now: booth.clock.now }),
          );
        } else if (one.do === 'pass') booth.clock.now += one.seconds * 1000;
        else if (jobs.length > 0) {
          const job = jobs[one.job % jobs.length] as Job;
          if (one.do === 'pay') await turn(booth, job.jobId, crashAt(one.crashAt, one.when));
          else await record(booth.process().ports, job, { type: 'cancelled', at: booth.clock.now });
        }
        expectRowsAddUp(booth);
      }
      for (const { jobId } of asked) await booth.finish(jobId);
      for (const { jobId } of uploadsOf(booth)) await booth.finish(jobId);
      expectRowsAddUp(booth);
      for (const job of booth.ledger.jobs()) {
        if (job.purchase?.holdState !== 'held') expect(heldBy(job)).toEqual([]);
        if (job.caller === 'AIDANOTHING') expect(job).toMatchObject({ status: 'refused' });
        if (payingCaller(job) === 'AIDANOTHING') expect(job).not.toHaveProperty('purchase');
        isBought ||= job.forCaller !== undefined && job.purchase !== undefined;
      }
    }),
    { numRuns: 60 },
  );
  expect(isBought).toBe(true);
});
