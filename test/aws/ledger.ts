import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hashOf } from '../../functions/derived-id.ts';
import { signedHeaderOf } from '../../functions/signed-header.ts';
import type { JobPage, Ledger, ListCursor } from '../../shared/aws/dynamodb.ts';
import type { Control } from '../../shared/aws/dynamodb-control.ts';
import type { Headers } from '../../shared/aws/dynamodb-headers.ts';
import type { ExposureMove } from '../../shared/core/budget-moves.ts';
import { exposureKey } from '../../shared/core/exposure.ts';
import type { Job } from '../../shared/core/job-record.ts';
import { at, happened, heldFor, jobAfter, newJob, stages, start } from '../functions/jobs.ts';

/** A ledger with its signed headers, and a hand that edits rows behind its back. */
export interface OpenLedger {
  readonly ledger: Ledger;
  readonly control: Pick<Control, 'readExposure' | 'writeDeliveries'>;
  readonly headers: Headers;
  edit(
    key: `JOB#${string}` | `PURCHASE#${string}` | `BUDGET#${string}`,
    fields: Record<string, unknown>,
  ): Promise<void>;
  close(): Promise<void>;
}

/** The contract of the `Ledger` port; whatever calls itself a ledger passes it. */
export function describeLedger(name: string, open: () => Promise<OpenLedger>): void {
  describe(`the ledger ${name}`, () => {
    let opened: OpenLedger;
    let ledger: Ledger;
    let headers: Headers;
    beforeAll(async () => {
      opened = await open();
      ({ ledger, headers } = opened);
    });
    afterAll(() => opened.close());

    async function accepted(change?: Parameters<typeof newJob>[0]): Promise<Job> {
      const job = newJob(change);
      await ledger.accept(job);
      return job;
    }
    async function reserved(): Promise<Job> {
      const job = await accepted();
      const next = jobAfter(job, happened.reserved(job));
      expect(await ledger.write(next, { reserve: heldFor(job) })).toBe('written');
      return next;
    }
    test('follows other limits of the settings, which have the version of those before: no row keeps to an old one', async () => {
      const key = `2027-01-15#model#${newJob().jobId}`;
      const take = async (limit: number) => {
        const job = await accepted();
        const moves = [{ key, kind: 'take', amount: 30_000 }] as const;
        const limits = { version: 0, of: new Map([[key, limit]]) };
        return ledger.write(
          jobAfter(job, happened.reserved(job)),
          { reserve: heldFor(job) },
          { moves, limits },
        );
      };
      expect(await take(90_000)).toBe('written');
      expect(await take(40_000)).toEqual({ exhausted: key });
      expect(await take(60_000)).toBe('written');
      expect(await take(60_000)).toEqual({ exhausted: key });
    });

    test('a loss that is taken back is a loss no more', async () => {
      const job = await accepted();
      const loss = { jobId: job.jobId, payTo: '0x0', at: at(1), offering: job.offering, caller: job.caller };
      const ids = async () => (await ledger.losses(at(0), 100)).map(({ jobId }) => jobId);
      expect(await ledger.write({ ...job, version: 2 }, undefined, { loss })).toBe('written');
      expect(await ids()).toContain(job.jobId);
      const back = { ...loss, takenBackAt: at(2) };
      expect(await ledger.write({ ...job, version: 3 }, undefined, { loss: back })).toBe('written');
      expect(await ids()).not.toContain(job.jobId);
    });

    describe('exposure to a payee', () => {
      const bound = { payments: 2, atomic: 100, countedSince: 1_000 };
      const payee = () => `0x${newJob().jobId.replaceAll('-', '')}`;
      const move = async (payTo: string, change: Omit<ExposureMove, 'key'>, of = bound) => {
        const job = await accepted();
        const moves = [{ key: exposureKey(payTo), ...change }];
        return ledger.write({ ...job, version: 2 }, undefined, { moves, bound: of });
      };
      const expose = (payTo: string, amount: number, of = bound) =>
        move(payTo, { kind: 'expose', payments: 1, amount }, of);
      const close = (payTo: string, amount: number, delivered = false) =>
        move(payTo, { kind: 'close', payments: 1, amount, delivered });
      const read = (payTo: string) => opened.control.readExposure(payTo);

      test('is bounded in number by the bound of each write', async () => {
        const payTo = payee();
        expect(await read(payTo)).toBeUndefined();
        expect([await expose(payTo, 10), await expose(payTo, 10)]).toEqual(['written', 'written']);
        expect(await expose(payTo, 10)).toEqual({ exhausted: exposureKey(payTo) });
        expect(await expose(payTo, 10, { ...bound, payments: 3 })).toBe('written');
        expect(await close(payTo, 10)).toBe('written');
        expect(await expose(payTo, 10)).toEqual({ exhausted: exposureKey(payTo) });
        expect(await read(payTo)).toEqual({ payments: 2, atomic: 20, delivered: 0, samples: [] });
      });

      test('is bounded in dollars, to the last unit', async () => {
        const payTo = payee();
        const of = { ...bound, payments: 9 };
        expect(await expose(payTo, 60, of)).toBe('written');
        expect(await expose(payTo, 41, of)).toEqual({ exhausted: exposureKey(payTo) });
        expect(await expose(payTo, 40, of)).toBe('written');
        const more = { kind: 'expose', payments: 0, amount: 1 } as const;
        expect(await move(payTo, more, of)).toEqual({ exhausted: exposureKey(payTo) });
        expect(await close(payTo, 60, true)).toBe('written');
        expect(await move(payTo, more, of)).toBe('written');
        expect(await read(payTo)).toEqual({ payments: 1, atomic: 41, delivered: 1, samples: [] });
      });

      test('follows what the payee delivered in the last hour where that is more, while the count is fresh', async () => {
        const payTo = payee();
        await expose(payTo, 1);
        await expose(payTo, 1);
        const counted = { delivered: 0, deliveredLastHour: 3, samples: [[900, 4]] as const };
        await opened.control.writeDeliveries(payTo, { ...counted, countedAt: 999 });
        expect(await expose(payTo, 1)).toEqual({ exhausted: exposureKey(payTo) });
        await opened.control.writeDeliveries(payTo, { ...counted, countedAt: 1_000 });
        expect(await expose(payTo, 1)).toBe('written');
        expect(await expose(payTo, 1)).toEqual({ exhausted: exposureKey(payTo) });
        expect(await read(payTo)).toMatchObject({ payments: 3, deliveredLastHour: 3, samples: [[900, 4]] });
      });

      test('goes on with a row of the first release, which counts payments alone', async () => {
        const payTo = payee();
        const row = { limit: 50, limitsVersion: 0, remaining: 49, held: 1, committed: 0 };
        await opened.edit(`BUDGET#${exposureKey(payTo)}`, row);
        expect(await expose(payTo, 90)).toBe('written');
        expect(await expose(payTo, 1)).toEqual({ exhausted: exposureKey(payTo) });
        expect(await close(payTo, 0)).toBe('written');
        expect(await expose(payTo, 11)).toEqual({ exhausted: exposureKey(payTo) });
        expect(await read(payTo)).toMatchObject({ payments: 1, atomic: 90 });
      });

      test('of a row that somebody took away gets nothing back', async () => {
        const payTo = payee();
        expect(await close(payTo, 5, true)).toBe('written');
        expect(await read(payTo)).toBeUndefined();
      });
    });

    async function authorized(header = 'signed'): Promise<Job> {
      const next = jobAfter(await reserved(), happened.authorized());
      expect(await ledger.write(next, { authorize: header })).toBe('written');
      return next;
    }

    describe('a job', () => {
      test('is read as it was accepted', async () => {
        const job = await accepted({ body: '{"prompt":"çà — 🪁 \\u0000"}' });
        expect(await ledger.read(job.jobId)).toEqual(job);
      });

      test('is read as it was written, at every stage', async () => {
        for (const stage of Object.values(stages())) {
          const job = { ...stage, jobId: newJob().jobId, version: 2 };
          await ledger.accept({ ...job, version: 1 });
          expect(await ledger.write(job)).toBe('written');
          expect(await ledger.read(job.jobId)).toEqual(job);
        }
      });

      test('that nobody accepted is not there', async () => {
        expect(await ledger.read(newJob().jobId)).toBeUndefined();
        expect(await ledger.write(jobAfter(newJob(), happened.refused()))).toBe('conflict');
      });

      test('is not accepted over another of its id', async () => {
        const job = await accepted();
        await expect(ledger.accept({ ...job, body: '{"prompt":"another"}' })).rejects.toThrow();
        expect(await ledger.read(job.jobId)).toEqual(job);
      });

      test('that answers a key it was not accepted under answers it from then on', async () => {
        const job = await accepted();
        const key = { hash: `late-${job.jobId}`, requestHash: 'a', expiresAt: 2_000_000_000 };
        expect(await ledger.accept(job, key)).toEqual({ job });
        const other = newJob();
        expect(await ledger.accept(other, key)).toEqual({ job });
        expect(await ledger.read(other.jobId)).toBeUndefined();
        expect(await ledger.accept(other, { ...key, requestHash: 'b' })).toEqual({ conflict: job.jobId });
        // Erased since: the name stands for it all the same, and buys nothing.
        await opened.edit(`JOB#${job.jobId}`, { caller: 'erased', body: '{}' });
        expect(await ledger.accept(other, key)).toEqual({ conflict: job.jobId });
      });

      test('accepted twice is accepted once', async () => {
        const job = await accepted();
        await ledger.accept(job);
        expect(await ledger.read(job.jobId)).toEqual(job);
        const refused = jobAfter(job, happened.refused());
        await ledger.write(refused);
        expect(await ledger.accept(job)).toEqual({ job: refused });
        expect(await ledger.read(job.jobId)).toEqual(refused);
      });

      test('is written only over the version that was read', async () => {
        const job = await accepted();
        const second = jobAfter(job, happened.refused());
        const third = jobAfter(second, happened.announced());
        expect(await ledger.write(third)).toBe('conflict');
        expect(await ledger.write(second)).toBe('written');
        expect(await ledger.write(second)).toBe('conflict');
        expect(await ledger.write(third)).toBe('written');
        expect(await ledger.read(job.jobId)).toEqual(third);
      });

      test('that many write at once is written by exactly one', async () => {
        const job = await accepted();
        const writes = Array.from({ length: 16 }, (_, index) =>
          ledger.write(jobAfter(job, { type: 'postponed', untilAt: at(index), at: start })),
        );
        const outcomes = await Promise.all(writes);
        expect(outcomes.toSorted()).toEqual([...Array(15).fill('conflict'), 'written']);
        expect((await ledger.read(job.jobId))?.waitUntil).toBe(at(outcomes.indexOf('written')));
      });
    });

    describe('a job that begins with the write of another', () => {
      const begun = () => newJob();

      test('is put with it, or neither is', async () => {
        const [job, other] = [await accepted(), begun()];
        const late = jobAfter(jobAfter(job, happened.refused()), happened.announced());
        expect(await ledger.write(late, undefined, { begins: other })).toBe('conflict');
        expect(await ledger.read(other.jobId)).toBeUndefined();
        const refused = jobAfter(job, happened.refused());
        expect(await ledger.write(refused, undefined, { begins: other })).toBe('written');
        expect(await ledger.read(other.jobId)).toEqual(other);
        expect(await ledger.read(job.jobId)).toEqual(refused);
      });

      test('is never put over one that is there', async () => {
        const [job, there] = [await accepted(), await accepted()];
        const refused = jobAfter(there, happened.refused());
        expect(await ledger.write(refused)).toBe('written');
        const outcome = await ledger.write(jobAfter(job, happened.refused()), undefined, { begins: there });
        expect(outcome).toBe('conflict');
        expect(await ledger.read(job.jobId)).toEqual(job);
        expect(await ledger.read(there.jobId)).toEqual(refused);
      });

      test('that two jobs begin at once begins with exactly one of them', async () => {
        const other = begun();
        const jobs = await Promise.all(Array.from({ length: 8 }, accepted));
        const outcomes = await Promise.all(
          jobs.map((job) => ledger.write(jobAfter(job, happened.refused()), undefined, { begins: other })),
        );
        expect(outcomes.toSorted()).toEqual([...Array(7).fill('conflict'), 'written']);
        expect(await ledger.read(other.jobId)).toEqual(other);
      });
    });

    describe("a caller's key", () => {
      const expiresAt = start / 1000 + 1000;
      const keyOf = (who: string, name: string, asked: string) => ({
        hash: hashOf(who, name),
        requestHash: hashOf(asked),
        expiresAt,
      });

      test('makes the same job of the same request, however far that has come', async () => {
        const [first, second] = [newJob(), newJob()];
        const key = keyOf('a', first.jobId, 'kite');
        expect(await ledger.accept(first, key)).toEqual({ job: first });
        expect(await ledger.accept(second, key)).toEqual({ job: first });
        const refused = jobAfter(first, happened.refused());
        await ledger.write(refused);
        expect(await ledger.accept(newJob(), key)).toEqual({ job: refused });
        expect(await ledger.read(second.jobId)).toBeUndefined();
      });

      test('is refused for another request, which leaves nothing behind', async () => {
        const [first, second] = [newJob(), newJob({ body: '{"prompt":"another"}' })];
        await ledger.accept(first, keyOf('a', first.jobId, 'kite'));
        const refused = await ledger.accept(second, keyOf('a', first.jobId, 'another'));
        expect(refused).toEqual({ conflict: first.jobId });
        expect(await ledger.read(second.jobId)).toBeUndefined();
        expect(await ledger.read(first.jobId)).toEqual(first);
      });

      test('that many use at once makes one job', async () => {
        const racers = Array.from({ length: 10 }, () => newJob());
        const key = keyOf('a', racers[0]?.jobId ?? '', 'kite');
        const accepted = await Promise.all(racers.map((job) => ledger.accept(job, key)));
        const [won] = accepted;
        expect(accepted).toEqual(racers.map(() => won));
        const there = await Promise.all(racers.map(({ jobId }) => ledger.read(jobId)));
        expect(there.filter((job) => job !== undefined)).toEqual([won && 'job' in won && won.job]);
      });

      test('that many use at once for different requests belongs to one of them', async () => {
        const racers = Array.from({ length: 6 }, (_, n) => newJob({ body: `{"prompt":"${n}"}` }));
        const name = racers[0]?.jobId ?? '';
        const accepted = await Promise.all(
          racers.map((job) => ledger.accept(job, keyOf('a', name, job.body))),
        );
        const taken = accepted.flatMap((one) => ('job' in one ? [one.job.jobId] : []));
        expect(taken).toHaveLength(1);
        for (const one of accepted) if ('conflict' in one) expect(one.conflict).toBe(taken[0]);
      });

      test('of one caller is never that of another, whatever both are called', async () => {
        const names = fc.string({ unit: 'binary', maxLength: 4 });
        await fc.assert(
          fc.asyncProperty(fc.tuple(names, names), fc.tuple(names, names), async (callers, keys) => {
            fc.pre(callers[0] !== callers[1] || keys[0] !== keys[1]);
            const run = newJob().jobId;
            const [first, second] = [
              newJob({ caller: `a${callers[0]}` }),
              newJob({ caller: `a${callers[1]}` }),
            ];
            const keyed = (job: Job, name: string) => keyOf(job.caller, name + run, job.body);
            expect(await ledger.accept(first, keyed(first, keys[0]))).toEqual({ job: first });
            expect(await ledger.accept(second, keyed(second, keys[1]))).toEqual({ job: second });
          }),
          { numRuns: 60 },
        );
      });
    });

    describe('the list of a caller', () => {
      async function pagesOf(who: string, limit: number): Promise<string[][]> {
        const pages: string[][] = [];
        let before: ListCursor | undefined;
        do {
          const page: JobPage = await ledger.list(who, { limit, before });
          pages.push(page.jobs.map(({ jobId }) => jobId));
          before = page.next;
        } while (before && pages.length < 50);
        return pages;
      }

      test('is newest first, of this caller alone, and empty for whoever has none', async () => {
        const who = newJob().jobId;
        const jobs = [];
        for (const seconds of [2, 3, 1]) jobs.push(await accepted({ caller: who, now: at(seconds) }));
        await accepted({ caller: `${who}-another`, now: at(4) });
        const [second, third, first] = jobs;
        expect(await ledger.list(who, { limit: 10 })).toMatchObject({ jobs: [third, second, first] });
        expect(await ledger.list(newJob().jobId, { limit: 10 })).toEqual({ jobs: [] });
      });

      test('shows each job as it stands', async () => {
        const job = await accepted({ caller: newJob().jobId });
        const refused = jobAfter(job, happened.refused());
        await ledger.write(refused);
        expect((await ledger.list(job.caller, { limit: 1 })).jobs).toEqual([refused]);
      });

      test.each([1, 2, 3, 7, 20])(
        'comes whole in pages of %i, each job once, also where many are of one time',
        async (limit) => {
          const who = newJob().jobId;
          const times = [5, 1, 3, 3, 3, 3, 3, 3, 3, 3, 3, 4, 2];
          const jobs = await Promise.all(times.map((seconds) => accepted({ caller: who, now: at(seconds) })));
          const pages = await pagesOf(who, limit);
          expect(pages.every((page) => page.length <= limit)).toBe(true);
          const listed = pages.flat();
          expect(listed.toSorted()).toEqual(jobs.map(({ jobId }) => jobId).toSorted());
          const acceptedAt = new Map(jobs.map((job) => [job.jobId, job.acceptedAt]));
          const order = listed.map((jobId) => acceptedAt.get(jobId));
          expect(order).toEqual(order.toSorted((a, b) => Number(b) - Number(a)));
        },
      );

      test('begins anywhere, also where no job is', async () => {
        const who = newJob().jobId;
        const jobs = [];
        for (const seconds of [1, 2, 3]) jobs.push(await accepted({ caller: who, now: at(seconds) }));
        const place = { acceptedAt: at(2.5), jobId: 'ffffffff-ffff-ffff-ffff-ffffffffffff' };
        expect((await ledger.list(who, { limit: 10, before: place })).jobs).toEqual([jobs[1], jobs[0]]);
        // The place of a stranger's job leads to nothing but one's own.
        const theirs = await accepted({ caller: `${who}-another`, now: at(2.5) });
        expect((await ledger.list(who, { limit: 10, before: theirs })).jobs).toEqual([jobs[1], jobs[0]]);
      });
    });

    test('the newest jobs of one request are found, and no other', async () => {
      const requestHash = hashOf(newJob().jobId);
      const jobs = [];
      for (const seconds of [1, 3, 2]) jobs.push(await accepted({ requestHash, now: at(seconds) }));
      await accepted({ requestHash: hashOf('another'), now: at(4) });
      await accepted({ now: at(5) });
      const [first, third, second] = jobs;
      expect(await ledger.findSame(requestHash)).toEqual([third, second, first]);
      expect(await ledger.findSame(hashOf('nobody asked'))).toEqual([]);
    });

    describe('an authorization', () => {
      test('is held with its reservation', async () => {
        const job = await reserved();
        expect(await ledger.read(job.jobId)).toEqual(job);
        expect(await ledger.readAuthorization(job)).toEqual(heldFor(job));
      });

      test('is not there before, and not asked for without a purchase', async () => {
        const job = newJob();
        expect(await ledger.readAuthorization(jobAfter(job, happened.reserved(job)))).toBeUndefined();
        await expect(ledger.readAuthorization(job)).rejects.toMatchObject({ name: 'Defect' });
      });

      test('is frozen anew while it is held', async () => {
        const job = await reserved();
        const again = jobAfter(job, happened.reserved(job, 250));
        expect(await ledger.write(again, { reserve: heldFor(job, 250) })).toBe('written');
        expect(await ledger.readAuthorization(again)).toEqual(heldFor(job, 250));
      });

      test('keeps neither header nor challenge once signed: the exact header lies in a table of its own', async () => {
        const job = await authorized('the exact bytes');
        const { challenge: _challenge, ...rest } = heldFor(job);
        expect(await ledger.readAuthorization(job)).toEqual({ ...rest, state: 'live' });
        expect(await headers.read(job)).toBe('the exact bytes');
      });

      test('has no header before it is signed, nor by a write that comes too late', async () => {
        const job = await reserved();
        const elsewhere = jobAfter(job, { type: 'requeued', at: job.updatedAt });
        expect(await ledger.write(elsewhere)).toBe('written');
        expect(await ledger.write(jobAfter(job, happened.authorized()), { authorize: 'late' })).toBe(
          'conflict',
        );
        expect(await headers.read(job)).toBeUndefined();
      });

      test('is closed by a proof without its header, which is erased by itself, and twice does no harm', async () => {
        const job = await authorized('bearer money');
        const proven = jobAfter(job, happened.proven('settled'));
        expect(await ledger.write(proven, { prove: 'settled' })).toBe('written');
        expect(await headers.read(proven)).toBe('bearer money');
        await headers.erase(proven);
        expect(await headers.read(proven)).toBeUndefined();
        await headers.erase(proven);
        expect(await ledger.readAuthorization(proven)).toMatchObject({ state: 'settled' });
      });

      test('of before headers had a table is read with the header in its row, and closed without it', async () => {
        const job = await authorized('in the table');
        await headers.erase(job);
        await opened.edit(`PURCHASE#${job.jobId}`, { signedHeader: 'in its row' });
        expect(await signedHeaderOf({ ledger, headers }, job)).toBe('in its row');
        const proven = jobAfter(job, happened.proven('dead'));
        expect(await ledger.write(proven, { prove: 'dead' })).toBe('written');
        expect(await ledger.readAuthorization(proven)).not.toHaveProperty('signedHeader');
        expect(await signedHeaderOf({ ledger, headers }, proven)).toBeUndefined();
      });

      test('that is live is never frozen anew, signed again or released, and its job is not written either', async () => {
        const job = await authorized('first');
        const next = { ...job, version: job.version + 1 };
        for (const also of [{ reserve: heldFor(job) }, { authorize: 'second' }, { release: true }] as const)
          expect(await ledger.write(next, also)).toBe('conflict');
        expect(await ledger.read(job.jobId)).toEqual(job);
        expect(await ledger.readAuthorization(job)).toMatchObject({ state: 'live' });
        expect(await headers.read(job)).toBe('first');
      });

      test('that is released is dead for good', async () => {
        const job = await reserved();
        const ended = jobAfter(job, happened.refused());
        expect(await ledger.write(ended, { release: true })).toBe('written');
        const dead = await ledger.readAuthorization(job);
        expect(dead).toMatchObject({ state: 'dead' });
        expect(dead).not.toHaveProperty('challenge');
        const next = { ...ended, version: ended.version + 1 };
        expect(await ledger.write(next, { authorize: 'late' })).toBe('conflict');
        expect(await ledger.write(next, { reserve: heldFor(job) })).toBe('conflict');
      });

      test('is not touched by a write that comes too late', async () => {
        const job = await reserved();
        const elsewhere = jobAfter(job, { type: 'requeued', at: job.updatedAt });
        expect(await ledger.write(elsewhere)).toBe('written');
        expect(await ledger.write(jobAfter(job, happened.authorized()), { authorize: 'late' })).toBe(
          'conflict',
        );
        expect(await ledger.write(jobAfter(job, happened.refused()), { release: true })).toBe('conflict');
        expect(await ledger.readAuthorization(job)).toEqual(heldFor(job));
        expect(await ledger.read(job.jobId)).toEqual(elsewhere);
      });

      test('that was never held is neither signed nor released', async () => {
        const job = await accepted();
        const next = jobAfter(job, happened.reserved(job));
        expect(await ledger.write(next, { authorize: 'signed' })).toBe('conflict');
        expect(await ledger.write(next, { release: true })).toBe('conflict');
        expect(await ledger.read(job.jobId)).toEqual(job);
      });

      test('that many sign at once is signed by exactly one', async () => {
        const next = jobAfter(await reserved(), happened.authorized());
        const signed = Array.from({ length: 8 }, (_, index) => `header ${index}`);
        const outcomes = await Promise.all(signed.map((authorize) => ledger.write(next, { authorize })));
        expect(outcomes.toSorted()).toEqual([...Array(7).fill('conflict'), 'written']);
        expect(await headers.read(next)).toBe(signed[outcomes.indexOf('written')]);
      });
    });

    describe('a job of the seller', () => {
      const claimBy = (job: Job, claim: string) =>
        ledger.write(jobAfter(job, happened.submitted(claim)), { claim });

      test('belongs to the job that claims it first', async () => {
        const [first, second] = [await authorized(), await authorized()];
        const claim = `cmn-${first.jobId}`;
        expect(await claimBy(first, claim)).toBe('written');
        expect(await claimBy(second, claim)).toBe('claimed');
        expect(await ledger.read(second.jobId)).toEqual(second);
      });

      test('may be claimed again by its own', async () => {
        const job = await authorized();
        const claim = `cmn-${job.jobId}`;
        expect(await claimBy(job, claim)).toBe('written');
        const next = jobAfter(job, happened.submitted(claim), happened.workflowStarted());
        expect(await ledger.write(next, { claim })).toBe('written');
      });

      test('is not claimed by a write that comes too late', async () => {
        const [late, other] = [await authorized(), await authorized()];
        const claim = `cmn-${late.jobId}`;
        await ledger.write(jobAfter(late, happened.unsettled()));
        expect(await claimBy(late, claim)).toBe('conflict');
        expect(await claimBy(other, claim)).toBe('written');
      });

      test('that many claim at once belongs to exactly one', async () => {
        const jobs = await Promise.all(Array.from({ length: 8 }, () => authorized()));
        const claim = `cmn-${jobs[0]?.jobId}`;
        // A loser of the race may be told of the conflict only; asked again, it hears that the job is taken.
        const insisting = async (job: Job) => {
          const outcome = await claimBy(job, claim);
          return outcome === 'conflict' ? claimBy(job, claim) : outcome;
        };
        const outcomes = await Promise.all(jobs.map(insisting));
        expect(outcomes.toSorted()).toEqual([...Array(7).fill('claimed'), 'written']);
      });
    });

    test('what is overdue comes oldest first, so many at the most, and nothing that is finished', async () => {
      // Long before every other job here, so that these alone are due.
      const [third, first, second] = [
        await accepted({ now: 3_000 }),
        await accepted({ now: 1_000 }),
        await accepted({ now: 2_000 }),
      ];
      const due = (job: Job) => job.dueAt ?? Number.NaN;
      expect(await ledger.overdue(due(first) - 1, 10)).toEqual([]);
      expect(await ledger.overdue(due(second), 10)).toEqual([first.jobId, second.jobId]);
      expect(await ledger.overdue(due(third), 10)).toEqual([first.jobId, second.jobId, third.jobId]);
      expect(await ledger.overdue(due(third), 2)).toEqual([first.jobId, second.jobId]);

      const refused = { name: 'PaymentRefused', message: 'Too dear.' } as const;
      const ended = jobAfter(first, { type: 'refused', reason: refused, at: 1_000 });
      await ledger.write(ended);
      expect(await ledger.overdue(due(third), 10)).toContain(first.jobId);
      await ledger.write(jobAfter(ended, { type: 'announced', at: 1_000 }));
      expect(await ledger.overdue(due(third), 10)).toEqual([second.jobId, third.jobId]);
    });

    describe('a row that was edited by hand is refused by key and field', () => {
      test.each([
        ['an unknown status', { status: 'paid' }, 'status'],
        ['an unknown field', { note: 'refund this one' }, 'note'],
        ['a missing field', { body: undefined }, 'body'],
        ['a number as text', { version: '1' }, 'version'],
      ])('job: %s', async (_name, fields, field) => {
        const { jobId } = await accepted();
        await opened.edit(`JOB#${jobId}`, fields);
        const refusal = await ledger.read(jobId).catch((error: Error) => error);
        expect(refusal).toMatchObject({ name: 'Defect', message: expect.stringContaining(`JOB#${jobId}`) });
        expect(refusal).toMatchObject({ message: expect.stringContaining(field) });
      });

      test.each([
        ['an unknown state', { state: 'free' }, 'state'],
        ['a header that is no text', { signedHeader: 7 }, 'signedHeader'],
        ['nothing to sign', { authorization: undefined }, 'authorization'],
      ])('authorization: %s', async (_name, fields, field) => {
        const job = await reserved();
        const key = `PURCHASE#${job.jobId}` as const;
        await opened.edit(key, fields);
        const refusal = await ledger.readAuthorization(job).catch((error: Error) => error);
        expect(refusal).toMatchObject({ name: 'Defect', message: expect.stringContaining(key) });
        expect(refusal).toMatchObject({ message: expect.stringContaining(field) });
      });
    });
  });
}
