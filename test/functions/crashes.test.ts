import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Job } from '../../shared/core/job-record.ts';
import { acceptEdit, type Booth, Crash, crashAt, isAnswer, openBooth, type Watch } from './booth.ts';
import { type Manner, manners } from './scripted-seller.ts';

/** What must hold of a finished job, whatever happened to the processes that worked on it. */
function expectPaidOnceAtMost(booth: Booth, job: Job): void {
  expect(booth.seller.settlements.size).toBeLessThanOrEqual(1);
  expect(new Set(booth.seller.headers).size).toBeLessThanOrEqual(1);
  expect(booth.seller.headers.length).toBeLessThanOrEqual(3);
  // A seller that does not settle may give its pictures away as often as it likes.
  if (booth.seller.settlements.size > 0) expect(booth.seller.made.length).toBeLessThanOrEqual(1);
  expect(job.end).toBeDefined();
  expect(job.announcedAt).toBeDefined();
  expect(new Set(booth.events.map(({ id }) => id)).size).toBe(1);
  expect(booth.events.every(({ status }) => status === job.status)).toBe(true);
  if (job.status === 'refused') expect(booth.seller.headers).toEqual([]);
}

/** A picture that was made is delivered: no crash loses it. */
const endOf = (manner: Manner) => (manners[manner].makesJob ? 'delivered' : 'unresolved');

async function started(manner: Manner): Promise<{ booth: Booth; jobId: string }> {
  const booth = openBooth();
  booth.seller.manner = manner;
  return { booth, jobId: (await booth.accept()).jobId };
}

const crashed = (run: Promise<unknown>): Promise<boolean> =>
  run.then(
    () => false,
    (error: Error) => {
      if (error instanceof Crash) return true;
      if (isAnswer(error.name)) return false;
      throw error;
    },
  );

describe.each(Object.keys(manners) as Manner[])('a seller that %s', (manner) => {
  test.each(['before', 'after'] as const)('and a crash %s any effect: one payment, one end', async (when) => {
    for (let n = 1; ; n += 1) {
      const { booth, jobId } = await started(manner);
      if (!(await crashed(booth.turn(jobId, crashAt(n, when))))) {
        expect(n).toBeGreaterThan(12);
        return;
      }
      booth.clock.now += 61_000;
      const job = await booth.finish(jobId);
      expectPaidOnceAtMost(booth, job);
      expect([n, job.status]).toEqual([n, endOf(manner)]);
    }
  });

  test('and a process that sleeps before any effect and wakes when the job is finished: the same', async () => {
    for (let n = 1; ; n += 1) {
      const { booth, jobId } = await started(manner);
      const [asleep, woken] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      let calls = 0;
      const sleeping: Watch = async () => {
        calls += 1;
        if (calls !== n) return undefined;
        asleep.resolve();
        await woken.promise;
        return undefined;
      };
      const zombie = booth.turn(jobId, sleeping).catch((error: Error) => error);
      const outcome = await Promise.race([asleep.promise.then(() => 'asleep'), zombie.then(() => 'through')]);
      if (outcome === 'through') return;
      booth.clock.now += 61_000;
      await booth.finish(jobId);
      woken.resolve();
      await zombie;
      expectPaidOnceAtMost(booth, await booth.finish(jobId));
    }
  });
});

test('several crashes, anywhere: one payment, one end', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...(Object.keys(manners) as Manner[])),
      fc.array(fc.tuple(fc.integer({ min: 1, max: 22 }), fc.constantFrom('before', 'after')), {
        minLength: 2,
        maxLength: 4,
      }),
      async (manner, crashes) => {
        const { booth, jobId } = await started(manner);
        for (const [n, when] of crashes) {
          await crashed(booth.turn(jobId, crashAt(n, when)));
          booth.clock.now += 61_000;
        }
        expectPaidOnceAtMost(booth, await booth.finish(jobId));
      },
    ),
    { numRuns: 120 },
  );
});

test('two deliveries at once, in any order of their effects: one send, one payment', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom<Manner>('honest', 'loses its answer', 'settles and makes no job'),
      fc.scheduler(),
      async (manner, scheduler) => {
        const { booth, jobId } = await started(manner);
        const inTurn: Watch = async (name) => {
          await scheduler.schedule(Promise.resolve(), name);
          return undefined;
        };
        const both = Promise.all([booth.pay(jobId, inTurn), booth.pay(jobId, inTurn)]);
        await scheduler.waitFor(both);
        expectPaidOnceAtMost(booth, await booth.finish(jobId));
        if (manner === 'honest') expect(booth.seller.headers).toHaveLength(1);
      },
    ),
    { numRuns: 150 },
  );
});

test('two jobs alike at once, whose answers are lost: each is delivered its own picture', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), async (scheduler) => {
      const booth = openBooth();
      booth.seller.manner = 'loses its answer';
      const jobs = [await booth.accept(), await booth.accept()];
      const inTurn: Watch = async (name) => {
        await scheduler.schedule(Promise.resolve(), name);
        return undefined;
      };
      await scheduler.waitFor(Promise.all(jobs.map(({ jobId }) => booth.pay(jobId, inTurn))));
      const ended: Job[] = [];
      for (const { jobId } of jobs) ended.push(await booth.finish(jobId));
      expect(ended.map(({ status }) => status)).toEqual(['delivered', 'delivered']);
      expect(new Set(ended.map(({ sellerJobId }) => sellerJobId)).size).toBe(2);
      expect([booth.seller.settlements.size, booth.seller.made.length]).toEqual([2, 2]);
    }),
    { numRuns: 80 },
  );
});

describe('an edit, whose file is a purchase of its own', () => {
  /** Two purchases at the most, each with one signature that ever left. */
  function expectTwoPurchasesAtMost(booth: Booth, job: Job): void {
    expect(booth.seller.settlements.size).toBeLessThanOrEqual(2);
    expect(new Set(booth.seller.headers).size).toBeLessThanOrEqual(2);
    expect(job.announcedAt).toBeDefined();
    expect(new Set(booth.events.map(({ id }) => id)).size).toBe(1);
    if (job.status === 'refused') expect(booth.seller.settlements.size).toBe(0);
  }

  test.each(['before', 'after'] as const)(
    'and a crash %s any effect: delivered, each paid once',
    async (when) => {
      for (let n = 1; ; n += 1) {
        const booth = openBooth();
        const { jobId } = await acceptEdit(booth);
        if (!(await crashed(booth.turn(jobId, crashAt(n, when))))) {
          expect(n).toBeGreaterThan(30);
          return;
        }
        booth.clock.now += 61_000;
        const job = await booth.finish(jobId);
        expectTwoPurchasesAtMost(booth, job);
        // An answer that was lost with the process is gone: uploads are in no list of the seller's.
        const upload = booth.ledger.jobs().find(({ source }) => source !== undefined);
        expect([n, job.status]).toEqual([n, upload?.status === 'delivered' ? 'delivered' : 'unresolved']);
      }
    },
  );

  test.each(Object.keys(manners) as Manner[])('of a seller that %s about uploads', async (manner) => {
    for (let n = 1; n < 24; n += 1) {
      const booth = openBooth();
      booth.seller.uploadManner = manner;
      const { jobId } = await acceptEdit(booth);
      await crashed(booth.turn(jobId, crashAt(n, 'after')));
      booth.clock.now += 61_000;
      const job = await booth.finish(jobId);
      expectTwoPurchasesAtMost(booth, job);
      if (!manners[manner].answers) expect(job.status).toBe('unresolved');
    }
  });

  test('two that need the same file, at once and in any order: one place is bought', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const booth = openBooth();
        const jobs = [await acceptEdit(booth), await acceptEdit(booth)];
        const inTurn: Watch = async (name) => {
          await scheduler.schedule(Promise.resolve(), name);
          return undefined;
        };
        await scheduler.waitFor(Promise.all(jobs.map(({ jobId }) => booth.pay(jobId, inTurn))));
        const ended: Job[] = [];
        for (const { jobId } of jobs) ended.push(await booth.finish(jobId));
        expect(ended.map(({ status }) => status)).toEqual(['delivered', 'delivered']);
        expect(booth.seller.settlements.size).toBe(3);
        const borne = ended.flatMap(({ uploads = [] }) => uploads.map(({ amountAtomic }) => amountAtomic));
        expect(borne.toSorted()).toEqual(['0', '10000']);
      }),
      { numRuns: 60 },
    );
  });
});
