import { describe, expect, test } from 'vitest';
import { eraseHeaders } from '../../functions/payer/erase-headers.ts';
import { askErasure } from '../../functions/reconciler/ask-erasure.ts';
import { mostErased, paymentMessageSchema } from '../../shared/contracts/message.ts';
import { houseCaller, type Job } from '../../shared/core/job-record.ts';
import { openBank } from './bank.ts';
import { Crash, openBooth, type Watch } from './booth.ts';
import { happened, jobAfter, newJob } from './jobs.ts';

/** Where the signed header lies, who erases it and when, and that nothing is sent or signed once it is gone. */

/** Moves a job's header into its authorization's row, as versions of before stored it. */
async function asBefore(booth: ReturnType<typeof openBooth>, job: Job): Promise<string> {
  const header = await booth.ledger.headers.read(job);
  if (header === undefined) throw new Error('There is no header to move.');
  await booth.ledger.headers.erase(job);
  booth.ledger.edit(`PURCHASE#${job.jobId}`, { signedHeader: header });
  return header;
}

/** A job whose payer crashed when its header was stored and not a byte had left. */
async function authorized(booth: ReturnType<typeof openBooth>): Promise<Job> {
  const { jobId } = await booth.accept();
  const crash: Watch = async (name) => {
    if (name === 'seller.pay') throw new Crash('crashed before the first byte');
    return undefined;
  };
  await expect(booth.pay(jobId, crash)).rejects.toThrow(Crash);
  booth.clock.now += 61_000;
  return booth.read(jobId);
}

describe('a signed header', () => {
  test('is stored by the write that grants the first send, and by no other', async () => {
    const booth = openBooth();
    const { jobId } = await booth.accept();
    const seen: [name: string, status: string, header: boolean][] = [];
    const watch: Watch = async (name) => {
      const look = async (when: string) => {
        const job = await booth.read(jobId);
        const header = job.purchase && (await booth.ledger.headers.read(job));
        seen.push([`${when} ${name}`, job.status, header !== undefined]);
      };
      await look('before');
      return undefined;
    };
    await booth.pay(jobId, watch);
    for (const [name, status, header] of seen)
      expect([name, header]).toEqual([name, !['accepted', 'reserved'].includes(status)]);
    expect(seen.map(([, , header]) => header)).toContain(true);
    expect(seen.at(-1)?.[2]).toBe(true);
  });

  test.each(['settled', 'dead'] as const)(
    'of a job that is %s is erased by the payer, at the asking of the look',
    async (state) => {
      const { booth, look, catchUp, settle } = await openBank(state === 'dead' ? 'does nothing' : 'honest');
      const job = await booth.pay((await booth.accept()).jobId);
      expect(await booth.ledger.headers.read(job)).toBeDefined();
      if (state === 'dead') booth.clock.now += 400_000;
      catchUp();
      if (state === 'settled') settle(job);
      expect(await look()).toMatchObject({ [state]: 1 });
      expect(await booth.ledger.headers.read(job)).toBeUndefined();
    },
  );

  test('that can still be settled is not erased, whoever asks', async () => {
    const booth = openBooth();
    const open = await authorized(booth);
    const reserved = await booth.accept();
    const { ports } = booth.process();
    expect(await eraseHeaders(ports, [open.jobId, reserved.jobId, newJob().jobId])).toBe(0);
    expect(await booth.ledger.headers.read(open)).toBeDefined();
  });

  test('that is erased is never sent again, and nothing is signed in its place', async () => {
    const { booth, look, catchUp, settle } = await openBank();
    const job = await authorized(booth);
    catchUp();
    settle(job);
    expect(await look()).toMatchObject({ settled: 1 });
    expect(await booth.ledger.headers.read(job)).toBeUndefined();
    expect(await booth.finish(job.jobId)).toMatchObject({ status: 'undelivered' });
    expect([booth.seller.headers, booth.signatures.length]).toEqual([[], 1]);
  });

  test('that is gone before its money is known is not signed anew: the list of the seller is asked', async () => {
    const booth = openBooth();
    const job = await authorized(booth);
    await booth.ledger.headers.erase(job);
    const ended = await booth.finish(job.jobId);
    expect([booth.seller.headers, booth.signatures.length]).toEqual([[], 1]);
    expect(ended).toMatchObject({
      status: 'unresolved',
      purchase: { evidence: 'the signed header is gone', final: true, holdState: 'held' },
    });
    expect(ended.purchase?.lookups).toBeGreaterThan(1);
  });

  test('of a payer that slept while it was erased does not leave', async () => {
    const { booth, look, catchUp, settle } = await openBank();
    const job = await authorized(booth);
    let looked = false;
    await booth.pay(job.jobId, async (name) => {
      if (name !== 'run.beforeSending') return undefined;
      catchUp();
      settle(job);
      looked = (await look()).settled === 1;
      return undefined;
    });
    expect([looked, booth.seller.headers]).toEqual([true, []]);
  });
});

describe('an authorization whose row holds its header, as before', () => {
  test('is sent again from there, to the byte, and nothing is signed anew', async () => {
    const booth = openBooth();
    const job = await authorized(booth);
    const header = await asBefore(booth, job);
    const ended = await booth.finish(job.jobId);
    expect(ended.status).toBe('delivered');
    expect(booth.signatures).toHaveLength(1);
    expect(booth.seller.headers).toEqual([header]);
    expect(booth.seller.settlements.size).toBe(1);
  });

  test('is closed, and keeps its header no longer', async () => {
    const { booth, look, catchUp, settle } = await openBank();
    const job = await booth.pay((await booth.accept()).jobId);
    await asBefore(booth, job);
    catchUp();
    settle(job);
    expect(await look()).toMatchObject({ settled: 1, unexplained: [] });
    expect(await booth.ledger.readAuthorization(job)).not.toHaveProperty('signedHeader');
  });
});

describe('the message that asks for it', () => {
  const jobs = Array.from({ length: 2 * mostErased + 1 }, () => newJob());

  test('names a hundred jobs at the most, each once, in the group that is nobody’s', async () => {
    const booth = openBooth();
    const sent: [unknown, string][] = [];
    await askErasure({ queue: { send: async (message, group) => void sent.push([message, group]) } }, jobs);
    const messages = sent.map(([message]) => paymentMessageSchema.parse(JSON.parse(JSON.stringify(message))));
    const named = messages.flatMap((message) => ('erase' in message ? message.erase : []));
    expect(messages).toHaveLength(3);
    expect(named).toEqual(jobs.map(({ jobId }) => jobId));
    expect(new Set(sent.map(([, group]) => group))).toEqual(new Set([houseCaller]));
    expect(booth.erasures).toEqual([]);
  });

  test('is not sent where nothing was proven', async () => {
    await askErasure({ queue: { send: () => Promise.reject(new Crash('nobody is to be asked')) } }, []);
  });

  test('is one of two kinds, and neither with anything beside it', () => {
    const [{ jobId }, other] = [newJob(), newJob()];
    for (const message of [{ jobId }, { erase: [jobId, other.jobId] }])
      expect(paymentMessageSchema.parse(message)).toEqual(message);
    for (const wrong of [{ jobId, erase: [jobId] }, { erase: [] }, { erase: ['../1'] }, { erase: jobId }])
      expect(paymentMessageSchema.safeParse(wrong).success).toBe(false);
    expect(
      paymentMessageSchema.safeParse({ erase: jobs.slice(0, mostErased + 1).map((job) => job.jobId) })
        .success,
    ).toBe(false);
  });

  test('that fails half way is done again, without harm', async () => {
    const { booth, catchUp } = await openBank();
    catchUp();
    const proven = [];
    for (let index = 0; index < 3; index += 1) {
      const job = await booth.pay((await booth.accept()).jobId);
      const closed = jobAfter(job, happened.proven('settled'));
      await booth.ledger.write(closed, { prove: 'settled' });
      proven.push(closed);
    }
    const jobIds = proven.map(({ jobId }) => jobId);
    const { ports } = booth.process(async (name, [job]) => {
      if (name === 'headers.erase' && (job as Job).jobId === jobIds[1]) throw new Crash('throttled');
      return undefined;
    });
    await expect(eraseHeaders(ports, jobIds)).rejects.toThrow('throttled');
    expect(await eraseHeaders(booth.process().ports, jobIds)).toBe(3);
    for (const job of proven) expect(await booth.ledger.headers.read(job)).toBeUndefined();
  });
});
