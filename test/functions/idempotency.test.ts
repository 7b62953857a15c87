import { describe, expect, test } from 'vitest';
import { acceptedSchema } from '../../shared/contracts/http.ts';
import type { Timings } from '../../shared/core/timings.ts';
import { json, openDoor, path, problemOf, stranger } from './door.ts';
import { happened, jobAfter, timings } from './jobs.ts';

/** A caller's own name for a request, and what may stand in the place of a new job. */

const kite = { prompt: 'a kite' };
const key = { 'idempotency-key': 'order 7' };
const jobIdOf = async (response: Response): Promise<string> => {
  expect(response.status).toBe(202);
  return acceptedSchema.parse(await response.json()).jobId;
};

describe('the same key', () => {
  test('with the same request is the same job, queued once', async () => {
    const { booth, send } = openDoor();
    const first = await jobIdOf(await send(path, kite, key));
    const response = await send(path, kite, key);
    expect(response.headers.get('location')).toBe(`/api/jobs/${first}`);
    expect(await jobIdOf(response)).toBe(first);
    expect([booth.ledger.jobs().length, booth.queued.length]).toEqual([1, 1]);
  });

  test('with the same fields in another order is the same request', async () => {
    const { send } = openDoor();
    const first = await jobIdOf(await send(path, { prompt: 'a', seed: 1 }, key));
    expect(await jobIdOf(await send(path, { seed: 1, prompt: 'a' }, key))).toBe(first);
  });

  test.each([
    ['another prompt', { prompt: 'a boat' }],
    ['another limit', { ...kite, maxPrice: '0.05' }],
    ['another wish to reuse', { ...kite, reuse: true }],
    ['another seed', { ...kite, seed: 1 }],
  ])('with %s is a conflict that names the job, and nothing is queued', async (_name, other) => {
    const { booth, send } = openDoor();
    const first = await jobIdOf(await send(path, kite, key));
    const response = await send(path, other, key);
    expect(response.status).toBe(409);
    const problem = await problemOf(response);
    expect(problem.type).toContain('IdempotencyConflict');
    expect(problem.detail).toContain(first);
    expect([booth.ledger.jobs().length, booth.queued.length]).toEqual([1, 1]);
  });

  test('for another model is a conflict', async () => {
    const { send } = openDoor();
    await send(path, kite, key);
    const edit = { ...kite, images: ['https://pictures.example.com/kite.webp'] };
    expect((await send('/api/generate/flux-2-pro/edit', edit, key)).status).toBe(409);
  });

  test('of another caller is another one', async () => {
    const { booth, send } = openDoor();
    const mine = await jobIdOf(await send(path, kite, key));
    const theirs = await jobIdOf(await send(path, { prompt: 'a boat' }, key, stranger));
    expect(theirs).not.toBe(mine);
    expect((await booth.read(theirs)).caller).toBe(stranger);
  });

  test('ten times at once is one job', async () => {
    const { booth, send } = openDoor();
    const answers = await Promise.all(Array.from({ length: 10 }, () => send(path, kite, key)));
    const ids = new Set(await Promise.all(answers.map(jobIdOf)));
    expect([ids.size, booth.ledger.jobs().length]).toEqual([1, 1]);
  });

  test('after an answer that was lost is the job that was written', async () => {
    const { booth, send } = openDoor();
    booth.ledger.failNext('accept', 'throw-after');
    expect((await send(path, kite, key)).status).toBe(500);
    const [written] = booth.ledger.jobs();
    expect(await jobIdOf(await send(path, kite, key))).toBe(written?.jobId);
  });

  test('that came with a wrong request is not used up', async () => {
    const { send } = openDoor();
    expect((await send(path, { prompt: '' }, key)).status).toBe(400);
    await jobIdOf(await send(path, kite, key));
  });
});

describe('a key', () => {
  test.each([
    ['one character', 'a', 202],
    ['255 characters', 'x'.repeat(255), 202],
    ['spaces and signs', 'order "7" / ~', 202],
    ['nothing', '', 400],
    ['256 characters', 'x'.repeat(256), 400],
    ['a letter beyond ASCII', 'ö', 400],
    ['a tab', 'a\tb', 400],
  ])('of %s', async (_name, value, status) => {
    const { booth, send } = openDoor();
    const response = await send(path, kite, { 'idempotency-key': value });
    expect(response.status).toBe(status);
    if (status === 400) expect((await problemOf(response)).fields).toEqual(['Idempotency-Key']);
    expect(booth.ledger.jobs()).toHaveLength(status === 202 ? 1 : 0);
  });

  test('is none of the ledger’s business in the clear', async () => {
    const { booth, send } = openDoor();
    const keys: unknown[] = [];
    const { accept } = booth.ledger;
    booth.ledger.accept = (job, named) => {
      keys.push(named);
      return accept(job, named);
    };
    await send(path, kite, { 'idempotency-key': 'my secret name' });
    expect(JSON.stringify(keys)).toMatch(/[0-9a-f]{64}/);
    expect(JSON.stringify(keys)).not.toContain('secret');
  });
});

describe('a job of before', () => {
  async function delivered(who?: string, kept: Partial<Timings> = {}) {
    const door = openDoor({ timings: { ...timings, ...kept } });
    const jobId = await jobIdOf(await door.send(path, kite, {}, who));
    const job = await door.booth.read(jobId);
    const steps = [happened.reserved(job), happened.authorized(), happened.submitted(), happened.delivered()];
    door.booth.ledger.put(jobAfter(job, ...steps));
    return { ...door, jobId };
  }
  const again = { ...kite, reuse: true };

  test('is given again to whoever asks for it so, complete and for nothing', async () => {
    const { booth, send, ask, jobId } = await delivered();
    expect(await jobIdOf(await send(path, again))).toBe(jobId);
    expect(await (await ask(`/api/jobs/${jobId}`)).json()).toMatchObject({ status: 'complete' });
    expect([booth.ledger.jobs().length, booth.queued.length]).toEqual([1, 1]);
  });

  test.each([
    ['it is not asked for', kite],
    ['it is asked not to be', { ...kite, reuse: false }],
    ['the request is another one', { ...again, seed: 1 }],
  ])('is not when %s', async (_name, request) => {
    const { send, jobId } = await delivered();
    expect(await jobIdOf(await send(path, request))).not.toBe(jobId);
  });

  test('is not when its picture is gone, or its row goes in a moment', async () => {
    const { booth, send, jobId } = await delivered(undefined, { keepPictureSeconds: 86_400 });
    expect(await jobIdOf(await send(path, again))).toBe(jobId);
    booth.clock.now += 86_400_000;
    expect(await jobIdOf(await send(path, again))).not.toBe(jobId);

    const other = await delivered();
    const expiresAt = Math.floor(other.booth.clock.now / 1000) + 60;
    other.booth.ledger.put({ ...(await other.booth.read(other.jobId)), expiresAt });
    expect(await jobIdOf(await other.send(path, again))).not.toBe(other.jobId);
  });

  test('of somebody else never is', async () => {
    const { send, jobId } = await delivered(stranger);
    expect(await jobIdOf(await send(path, again))).not.toBe(jobId);
  });

  test('that is not delivered is not given', async () => {
    const { send } = openDoor();
    const pending = await jobIdOf(await send(path, kite));
    expect(await jobIdOf(await send(path, again))).not.toBe(pending);
  });

  test('does not stand in the place of the job that a key has made', async () => {
    const { booth, send } = openDoor();
    const keyed = await jobIdOf(await send(path, again, key));
    const other = await jobIdOf(await send(path, kite));
    const job = await booth.read(other);
    const steps = [happened.reserved(job), happened.authorized(), happened.submitted(), happened.delivered()];
    booth.ledger.put(jobAfter(job, ...steps));
    expect(await jobIdOf(await send(path, again))).toBe(other);
    expect(await jobIdOf(await send(path, again, key))).toBe(keyed);
    expect((await send(path, { ...again, seed: 1 }, key)).status).toBe(409);
  });
});

test('a limit is kept in atomic units, and a wrong one is refused by name', async () => {
  const { booth, ask, send } = openDoor();
  const jobId = await jobIdOf(await send(path, { ...kite, maxPrice: '$0.0251' }));
  expect(await booth.read(jobId)).toMatchObject({ maxPriceAtomic: '25100', body: '{"prompt":"a kite"}' });
  for (const maxPrice of ['free', '-1', '0.0000001', '1e3', '10000', null, {}]) {
    const init = { method: 'POST', headers: json, body: JSON.stringify({ ...kite, maxPrice }) };
    const response = await ask(path, init);
    expect(response.status).toBe(400);
    expect((await problemOf(response)).fields).toEqual(['maxPrice']);
  }
});
