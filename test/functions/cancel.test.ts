import { describe, expect, test } from 'vitest';
import { cancel } from '../../functions/intake/cancel.ts';
import { jobAnswerSchema } from '../../shared/contracts/http.ts';
import { evolve } from '../../shared/core/evolve.ts';
import type { Job } from '../../shared/core/job-record.ts';
import type { Watch } from './booth.ts';
import { openDoor, problemOf, stranger } from './door.ts';
import { at, happened, heldFor, jobAfter, newJob, stages, timings } from './jobs.ts';

function openCounter() {
  const door = openDoor();
  const remove = (jobId: string, who?: string) => door.ask(`/api/jobs/${jobId}`, { method: 'DELETE' }, who);
  return { ...door, remove };
}

/** Of uploads that a job bears. */
const bearing = (job: Job, money: 'none' | 'open' | 'spent') =>
  jobAfter(
    { ...job, references: ['s3://allowed-bucket/a.png'] },
    {
      type: 'uploading',
      uploads: [
        { reference: 's3://allowed-bucket/a.png', jobId: newJob().jobId, amountAtomic: '10000', money },
      ],
      at: at(1),
    },
  );

describe('a job of which nothing is signed', () => {
  test.each(['accepted', 'reserved'] as const)(
    'that is %s is cancelled, and queued to be ended',
    async (stage) => {
      const { booth, remove } = openCounter();
      const job = stages()[stage];
      booth.ledger.put(job);
      const response = await remove(job.jobId);
      expect([response.status, response.headers.get('cache-control')]).toEqual([202, 'no-store']);
      const answer = jobAnswerSchema.parse(await response.json());
      expect(answer).toMatchObject({
        status: 'pending',
        money: 'none',
        cancelledAt: new Date(at(0)).toISOString(),
      });
      expect(booth.queued).toEqual([{ jobId: job.jobId, group: job.caller }]);
    },
  );

  test('is ended by the payer: nothing is signed, what was held is let go, and its end is announced', async () => {
    const { booth, remove, ask } = openCounter();
    const job = await booth.accept();
    const reserved = jobAfter(job, happened.reserved(job));
    await booth.ledger.write(reserved, { reserve: heldFor(job) });
    await remove(job.jobId);
    await booth.pay(job.jobId);
    expect(await (await ask(`/api/jobs/${job.jobId}`)).json()).toMatchObject({
      status: 'failed',
      outcome: 'refused',
      money: 'none',
      reason: { name: 'Cancelled' },
      retryCanHelp: true,
    });
    expect([booth.signatures, booth.seller.headers]).toEqual([[], []]);
    expect(await booth.ledger.readAuthorization(reserved)).toMatchObject({ state: 'dead' });
    expect(booth.events).toMatchObject([{ jobId: job.jobId, status: 'refused', money: 'none' }]);
  });

  test('is cancelled again without a change, before and after its end', async () => {
    const { booth, remove } = openCounter();
    const job = await booth.accept();
    await remove(job.jobId);
    const { version } = await booth.read(job.jobId);
    expect((await remove(job.jobId)).status).toBe(202);
    expect([(await booth.read(job.jobId)).version, booth.queued.length]).toEqual([version, 1]);
    await booth.pay(job.jobId);
    const response = await remove(job.jobId);
    expect(response.status).toBe(202);
    expect(await response.json()).toMatchObject({ status: 'failed', reason: { name: 'Cancelled' } });
  });

  test('that waits for its seller is ended at once', async () => {
    const { booth, remove } = openCounter();
    const job = await booth.accept();
    await booth.ledger.write(jobAfter(job, { type: 'postponed', untilAt: at(600), at: at(0) }));
    await remove(job.jobId);
    expect((await booth.pay(job.jobId)).end?.reason?.name).toBe('Cancelled');
  });

  test('is cancelled while the queue is down: the sweeper will bring it', async () => {
    const { booth, warnings, remove } = openCounter();
    const job = await booth.accept();
    booth.ports.queue.send = async () => {
      throw new Error('the queue is down');
    };
    expect((await remove(job.jobId)).status).toBe(202);
    expect(warnings).toHaveLength(1);
    expect(await booth.ledger.overdue(at(60), 10)).toContain(job.jobId);
  });

  test('is cancelled over a write that came between', async () => {
    const { booth, remove } = openCounter();
    const job = await booth.accept();
    for (let n = 0; n < 3; n += 1) booth.ledger.failNext('write', 'conflict');
    expect((await remove(job.jobId)).status).toBe(202);
    expect((await booth.read(job.jobId)).cancelledAt).toBe(at(0));
  });

  test('whose uploads cost nothing is cancelled as well', async () => {
    const { booth, remove } = openCounter();
    const job = bearing(newJob(), 'none');
    booth.ledger.put(job);
    expect((await remove(job.jobId)).status).toBe(202);
  });
});

describe('it is too late', () => {
  const all = stages();
  test.each([
    ['signed', all.authorized, /signed/],
    ['signed, its answer lost', all.unsettled, /signed/],
    ['at the seller', all.submitted, /signed/],
    ['rendered', all.rendered, /signed/],
    ['delivered', all.delivered, /ended already: delivered/],
    ['refused for another reason', all.refused, /ended already: refused/],
    ['undelivered', all.undelivered, /ended already: undelivered/],
    ['unresolved', all.unresolved, /ended already: unresolved/],
    ['buying places for its files', bearing(newJob(), 'open'), /files are being paid/],
    ['in possession of places for its files', bearing(newJob(), 'spent'), /files are being paid/],
  ])('for a job that is %s', async (_name, job, why) => {
    const { booth, remove } = openCounter();
    booth.ledger.put(job);
    const response = await remove(job.jobId);
    expect(response.status).toBe(409);
    const problem = await problemOf(response);
    expect(problem.type).toContain('TooLate');
    expect(problem.detail).toMatch(why);
    expect(await booth.read(job.jobId)).toEqual(job);
    expect(booth.queued).toEqual([]);
  });
});

test('the job itself takes a cancellation only while nothing is signed, for it or its files', () => {
  const { accepted, reserved, ...signed } = stages();
  const cancelled = { type: 'cancelled', at: at(5) } as const;
  for (const job of [accepted, reserved, bearing(newJob(), 'none')])
    expect(evolve(job, cancelled, timings)).toMatchObject({ cancelledAt: at(5), version: job.version + 1 });
  for (const job of [...Object.values(signed), bearing(newJob(), 'open'), bearing(newJob(), 'spent')])
    expect([job.status, evolve(job, cancelled, timings)]).toEqual([job.status, undefined]);
});

test('a job of somebody else, and one that nobody has, are not there', async () => {
  const { booth, remove } = openCounter();
  const job = await booth.accept();
  const [theirs, nobodys] = [await remove(job.jobId, stranger), await remove(newJob().jobId)];
  expect([theirs.status, nobodys.status]).toEqual([404, 404]);
  expect(await theirs.json()).toEqual(await nobodys.json());
  expect(await booth.read(job.jobId)).toEqual(job);
});

describe('a cancellation that races with the payer, at every call of a port that paying makes', () => {
  /** Pays, and cancels before the n-th call, or at the end; tells how many calls there were. */
  async function race(n: number) {
    const { booth, intake } = openCounter();
    const job = await booth.accept();
    const strike = async () => cancel(intake, await booth.read(job.jobId));
    let calls = 0;
    let cancelled: Awaited<ReturnType<typeof cancel>> | undefined;
    const watch: Watch = async () => {
      calls += 1;
      if (calls === n) cancelled = await strike();
      return undefined;
    };
    await booth.pay(job.jobId, watch);
    cancelled ??= await strike();
    const ended = await booth.finish(job.jobId);
    const stored = ended.purchase && (await booth.ledger.readAuthorization(ended));
    const header = ended.purchase && (await booth.ledger.headers.read(ended));
    return { calls, cancelled, ended, stored, header, booth };
  }

  test('either comes too late, or nothing that was signed is ever stored or sent', async () => {
    const { calls } = await race(0);
    expect(calls).toBeGreaterThan(8);
    const outcomes = new Set<string>();
    for (let n = 1; n <= calls; n += 1) {
      const { cancelled, ended, stored, header, booth } = await race(n);
      const isLate = 'tooLate' in cancelled;
      outcomes.add(isLate ? 'late' : 'cancelled');
      expect([n, ended.status]).toEqual([n, isLate ? 'delivered' : 'refused']);
      expect([n, booth.seller.headers.length]).toEqual([n, isLate ? 1 : 0]);
      expect([n, booth.seller.settlements.size]).toEqual([n, isLate ? 1 : 0]);
      if (!isLate) {
        expect(ended.end?.reason?.name).toBe('Cancelled');
        expect(header).toBeUndefined();
        expect(stored?.state ?? 'dead').toBe('dead');
      }
      expect(booth.events.map(({ status }) => status)).toEqual([ended.status]);
    }
    expect(outcomes).toEqual(new Set(['late', 'cancelled']));
  });

  test('also when both run at once, in whichever order their turns come', async () => {
    for (let turns = 0; turns < 60; turns += 1) {
      const { booth, intake } = openCounter();
      const job = await booth.accept();
      const paying = booth.pay(job.jobId);
      for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
      const cancelled = await cancel(intake, job);
      await paying;
      const ended = await booth.finish(job.jobId);
      expect([turns, ended.status]).toEqual([turns, 'tooLate' in cancelled ? 'delivered' : 'refused']);
      expect([turns, booth.seller.headers.length]).toEqual([turns, 'tooLate' in cancelled ? 1 : 0]);
    }
  });
});
