import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Tap } from '../../infra/local/aws/call.ts';
import {
  acceptedSchema,
  jobAnswerSchema,
  jobListSchema,
  uploadGrantSchema,
} from '../../shared/contracts/http.ts';
import { modelListSchema, quoteSchema } from '../../shared/contracts/http-offers.ts';
import { openTestBooth, type TestBooth } from './test-booth.ts';

/** What the HTTP door does beside taking one job, with the bundles and templates that would be deployed. */

let booth: TestBooth;
beforeAll(async () => {
  booth = await openTestBooth();
});
afterAll(() => booth?.close());

const json = { 'content-type': 'application/json' };
const path = '/api/generate/flux-2-pro/generate';
const request = { prompt: 'a lantern in fog', resolution: '0.5 MP', seed: 1 };
const ask = (at: string, init: RequestInit = {}) => fetch(booth.world.apiOrigin + at, init);
const send = (at: string, body: unknown, headers: Record<string, string> = {}) =>
  ask(at, { method: 'POST', headers: { ...json, ...headers }, body: JSON.stringify(body) });
const jobIdOf = async (response: Response) => acceptedSchema.parse(await response.json()).jobId;
/** Waits as a caller would, as often as it takes on a busy machine. */
async function finished(jobId: string) {
  for (;;) {
    const response = await ask(`/api/jobs/${jobId}`, { headers: { prefer: 'wait=20' } });
    expect(response.headers.get('preference-applied')).toBe('wait=20');
    const job = jobAnswerSchema.parse(await response.json());
    if (job.status !== 'pending' && job.status !== 'processing') return job;
  }
}
const settled = async () => (await booth.sandbox?.chain.settlements(booth.wallet))?.length;

test('a quote tells the price of a request, and spends nothing', async () => {
  const response = await send('/api/quote', { model: 'flux-2-pro/generate', ...request, maxPrice: '0.01' });
  expect(response.status).toBe(200);
  const quote = quoteSchema.parse(await response.json());
  expect(quote).toMatchObject({ payable: false, payment: { usd: '$0.02' }, maxPrice: { usd: '$0.01' } });
  expect(quote.payment.payTo).toBe(booth.sandbox?.seller.payTo);
  const payable = await send('/api/quote', { model: 'flux-2-pro/generate', ...request });
  expect(quoteSchema.parse(await payable.json()).payable).toBe(true);
  expect(jobListSchema.parse(await (await ask('/api/jobs')).json()).jobs).toEqual([]);
  expect(await settled()).toBe(0);
});

test('five posts under one key at once are one picture, waited for and paid once', async () => {
  const key = { 'idempotency-key': 'lantern 1' };
  const ids = await Promise.all(
    Array.from({ length: 5 }, async () => jobIdOf(await send(path, request, key))),
  );
  const [jobId = ''] = ids;
  expect(new Set(ids).size).toBe(1);
  expect((await send(path, { ...request, seed: 2 }, key)).status).toBe(409);

  expect(await finished(jobId)).toMatchObject({ status: 'complete', cost: { usd: '$0.02' } });
  expect(await settled()).toBe(1);
  expect(await jobIdOf(await send(path, request, key))).toBe(jobId);
  expect(await jobIdOf(await send(path, { ...request, reuse: true }))).toBe(jobId);

  const late = await ask(`/api/jobs/${jobId}`, { method: 'DELETE' });
  expect([late.status, await late.json()]).toMatchObject([409, { type: 'urn:coinbooth:problem:TooLate' }]);
});

describe('a job that is cancelled', () => {
  test('before the payer reads it is never signed, and its end is announced', async () => {
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const hold: Tap = async ({ functionId, operation, phase }) => {
      const isPayer = functionId?.startsWith('payer') ?? false;
      if (isPayer && operation === 'GetItem' && phase === 'before') await released;
    };
    booth.tap.current = hold;
    const signed = await settled();
    try {
      const jobId = await booth.submit({ prompt: 'a lantern put out' });
      const response = await ask(`/api/jobs/${jobId}`, { method: 'DELETE' });
      expect(response.status).toBe(202);
      expect(jobAnswerSchema.parse(await response.json())).toMatchObject({
        status: 'pending',
        money: 'none',
      });
      release();
      const { detailType, detail } = await booth.ended(jobId);
      expect([detailType, detail.money, detail.reason?.name]).toEqual(['JobRefused', 'none', 'Cancelled']);
      expect((await ask(`/api/jobs/${jobId}`, { method: 'DELETE' })).status).toBe(202);
      expect(await settled()).toBe(signed);
    } finally {
      release();
      booth.tap.current = undefined;
    }
  });

  test('after the payer has read it is not signed either', async () => {
    let jobId = '';
    let cancelled: Promise<Response> | undefined;
    booth.tap.current = async ({ functionId, operation, phase }) => {
      const signs = (functionId?.startsWith('payer') ?? false) && operation === 'Sign' && phase === 'before';
      if (!signs || cancelled) return;
      cancelled = ask(`/api/jobs/${jobId}`, { method: 'DELETE' });
      expect((await cancelled).status).toBe(202);
    };
    try {
      const signed = await settled();
      jobId = await booth.submit({ prompt: 'a lantern put out in time' });
      expect((await booth.ended(jobId)).detail).toMatchObject({
        money: 'none',
        reason: { name: 'Cancelled' },
      });
      expect(await settled()).toBe(signed);
    } finally {
      booth.tap.current = undefined;
    }
  });
});

test('the list comes in pages, newest first, and by status', async () => {
  const ids: string[] = [];
  for (let next: string | undefined = ''; next !== undefined; ) {
    const response = await ask(`/api/jobs?limit=1${next && `&cursor=${next}`}`);
    const page = jobListSchema.parse(await response.json());
    ids.push(...page.jobs.map(({ jobId }) => jobId));
    next = page.nextCursor;
  }
  const whole = jobListSchema.parse(await (await ask('/api/jobs?limit=100')).json()).jobs;
  expect(ids).toEqual(whole.map(({ jobId }) => jobId));
  expect(whole.map(({ acceptedAt }) => acceptedAt)).toEqual(
    whole
      .map(({ acceptedAt }) => acceptedAt)
      .toSorted()
      .toReversed(),
  );
  expect(whole.map(({ status }) => status)).toEqual(['failed', 'failed', 'complete']);
  const one = jobListSchema.parse(await (await ask('/api/jobs?status=complete&model=flux-2-pro')).json());
  expect(one.jobs.map(({ jobId }) => jobId)).toEqual(ids.slice(-1));
  const since = encodeURIComponent(whole[1]?.acceptedAt ?? '');
  expect(jobListSchema.parse(await (await ask(`/api/jobs?until=${since}`)).json()).jobs).toHaveLength(1);
  expect((await ask('/api/jobs?cursor=nonsense')).status).toBe(400);
});

test('a file is put under its address, once, only as it was announced, and then named in a request', async () => {
  const picture = await sharp({ create: { width: 64, height: 64, channels: 3, background: '#369' } })
    .png()
    .toBuffer();
  const announced = { contentType: 'image/png', size: picture.length };
  const response = await send('/api/upload', announced);
  expect(response.status).toBe(201);
  const { uploadId, reference, url, method, headers } = uploadGrantSchema.parse(await response.json());
  const put = (body: Buffer<ArrayBufferLike>, change: Record<string, string> = {}) =>
    fetch(url, {
      method,
      headers: { ...headers, 'content-length': String(body.length), ...change },
      body: new Uint8Array(body),
    });
  expect((await put(picture.subarray(1))).status).toBe(403);
  expect((await put(picture, { 'content-type': 'text/html' })).status).toBe(403);
  expect((await put(picture, { 'x-amz-copy-source': 'elsewhere/file' })).status).toBe(403);
  expect((await put(picture)).status).toBe(200);
  expect((await put(picture)).status).toBe(412);
  expect(booth.world.object('Pictures', `uploads/${uploadId}`)?.body).toEqual(picture);

  // A request names it, a quote counts its place, and both are paid for once.
  const edit = { prompt: 'a lantern at noon', resolution: '0.5 MP', images: [reference, reference] };
  const quoted = await send('/api/quote', { model: 'flux-2-pro/edit', ...edit });
  expect(quoteSchema.parse(await quoted.json())).toMatchObject({
    payable: true,
    uploads: { atMost: 1, usd: '$0.01' },
    total: { usd: '$0.04' },
  });
  const before = (await settled()) ?? 0;
  const jobId = await jobIdOf(await send('/api/generate/flux-2-pro/edit', { ...edit, maxPrice: '0.04' }));
  expect(await finished(jobId)).toMatchObject({
    status: 'complete',
    cost: { usd: '$0.03' },
    uploads: [{ amountAtomic: '10000', money: 'spent' }],
  });
  expect(await settled()).toBe(before + 2);
});

test('it describes itself, to whoever may ask', async () => {
  const { models } = modelListSchema.parse(await (await ask('/api/models')).json());
  expect(models.map(({ name }) => name)).toContain('flux-2-pro/generate');
  const document = (await (await ask('/openapi.json')).json()) as { openapi: string };
  expect(document.openapi).toBe('3.1.0');
  expect(await (await ask('/api/openapi.json')).json()).toEqual(document);
  const guide = await ask('/llms.txt');
  expect(guide.headers.get('content-type')).toBe('text/plain; charset=utf-8');
  expect(await guide.text()).toContain('/openapi.json');
  expect((await ask('/openapi.json', { method: 'HEAD' })).status).toBe(200);
  const wrong = await ask('/llms.txt', { method: 'DELETE' });
  expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
});

test('what functions print holds no prompt, key or address', () => {
  const lines = booth.world
    .logs()
    .map(({ text }) => text)
    .join('\n');
  expect(lines).toContain('put down');
  expect(lines).not.toMatch(/lantern|X-Amz-Signature|uploads\//);
});

test.each(['', '  ', 'k\u00e9'])(
  'a key that a header would lose is refused, and nothing is bought: %j',
  async (key) => {
    const before = await settled();
    for (const _twice of [1, 2]) {
      const response = await send(path, { ...request, prompt: `a key ${key}` }, { 'idempotency-key': key });
      expect([response.status, await response.text()]).toEqual([
        400,
        expect.stringContaining('Idempotency-Key'),
      ]);
    }
    expect(await settled()).toBe(before);
  },
);
