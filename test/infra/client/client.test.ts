import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createClient, isEnded, type Problem } from '../../../infra/client/create-client.ts';
import { describeRequests } from '../../../infra/client/describe-requests.ts';
import { openDoor } from '../../functions/door.ts';

/** The typed client, in front of the real HTTP door in memory. */

const root = join(import.meta.dirname, '../../..');

/** A door, a client before it, and every request that was made. */
function openClient({ loses = 0 } = {}) {
  const door = openDoor();
  const calls: Request[] = [];
  let lost = 0;
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    calls.push(request.clone());
    if (!request.url.startsWith('http://booth.test')) return new Response(null);
    const response = await door.ask(request.url, request);
    if (lost++ < loses) throw new TypeError('fetch failed');
    return response;
  };
  return { ...door, calls, client: createClient({ origin: 'http://booth.test', fetch }) };
}

const refusal = (promise: Promise<unknown>): Promise<Problem> =>
  promise.then(
    () => {
      throw new Error('It was taken.');
    },
    (problem: Problem) => problem,
  );

test('generate takes a job, and job and jobs tell of it', async () => {
  const { client } = openClient();
  const { jobId } = await client.generate('flux-2-pro/generate', {
    prompt: 'a kite',
    resolution: '0.5 MP',
    maxPrice: '0.03',
  });
  const job = await client.job(jobId);
  expect(job).toMatchObject({ jobId, status: 'pending', money: 'none' });
  expect(isEnded(job)).toBe(false);
  const since = new Date(Date.parse(job.acceptedAt) - 1);
  expect((await client.jobs({ since, limit: 5 })).jobs.map((one) => one.jobId)).toEqual([jobId]);
  expect((await client.jobs({ model: 'grok' })).jobs).toEqual([]);
});

/** A client before a booth that answers by how often it was asked, and hears one header of each request. */
function hearing(header: string, answer: (times: number) => Response) {
  const heard: (string | null)[] = [];
  const client = createClient({
    origin: 'http://booth.test',
    fetch: async (_url, init) => {
      heard.push(new Headers(init?.headers).get(header));
      return answer(heard.length);
    },
  });
  return { client, heard };
}

test('a request whose answer is lost is repeated under its key, and is one job', async () => {
  const { client, calls, booth } = openClient({ loses: 2 });
  const { jobId } = await client.edit('flux-2-pro/edit', {
    prompt: 'x',
    images: ['https://a.example/b.png'],
  });
  const keys = calls.map(({ headers }) => headers.get('idempotency-key'));
  expect(keys).toEqual([keys[0], keys[0], keys[0]]);
  expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
  expect(booth.queued.map((queued) => queued.jobId)).toEqual([jobId]);
});

test('an answer that breaks off is lost as well: the same key asks again', async () => {
  const { client, heard: keys } = hearing('idempotency-key', (times) => {
    if (times > 1) return Response.json({ jobId: 'some' });
    const broken = new ReadableStream({
      start: (body) => body.enqueue(new TextEncoder().encode('{"jobId":')),
      pull: (body) => body.error(new TypeError('terminated')),
    });
    return new Response(broken, { status: 202 });
  });
  expect(await client.submit('a/b', {})).toEqual({ jobId: 'some' });
  expect(keys).toEqual([keys[0], keys[0]]);
});

test('a key of the caller names one job, and a conflict says so', async () => {
  const { client } = openClient();
  const asking = { idempotencyKey: 'cover' };
  const first = await client.generate('flux-2-pro/generate', { prompt: 'a' }, asking);
  expect(await client.generate('flux-2-pro/generate', { prompt: 'a' }, asking)).toEqual(first);
  const conflict = await refusal(client.generate('flux-2-pro/generate', { prompt: 'b' }, asking));
  expect(conflict).toMatchObject({ name: 'IdempotencyConflict', status: 409 });
});

test('what is wrong is named by field, and is not asked again', async () => {
  const { client, calls } = openClient();
  const wrong = await refusal(client.submit('flux-2-pro/generate', { prompt: '', seed: 'x' }));
  expect(wrong).toMatchObject({ name: 'InputInvalid', status: 400 });
  expect(wrong.fields.map(({ field }) => field).toSorted()).toEqual(['prompt', 'seed']);
  expect(calls).toHaveLength(1);
  expect(await refusal(client.job('nothing'))).toMatchObject({ name: 'NotFound', status: 404 });
});

test.each([
  '../../api/jobs',
  '../jobs',
  'flux-2-pro/..',
  'flux-2-pro/generate?x=1#',
  'flux-2-pro/generate/..',
  'flux-2-pro%2Fgenerate',
  '%2e%2e/jobs',
  '..\\jobs/x',
  'flux-2-pro/generate\n',
  'flux-2-pro',
  '',
])('the model %j is refused, and nothing is sent', async (model) => {
  const { client, calls } = openClient();
  expect(await refusal(client.submit(model, { prompt: 'a' }))).toMatchObject({ name: 'InputInvalid' });
  expect(calls).toEqual([]);
});

test.each(['../openapi.json', '..', '.', '', 'a/b', '%2e%2e', 'a?wait=1', 'a#b', 'a\\b', 'a\n'])(
  'the job id %j is refused, and nothing is sent',
  async (jobId) => {
    const { client, calls } = openClient();
    for (const ask of [() => client.job(jobId), () => client.cancel(jobId)])
      expect(await refusal(ask())).toMatchObject({ name: 'NotFound' });
    expect(calls).toEqual([]);
  },
);

test.each(['', ' order 1 ', 'ключ', 'a\tb', 'x'.repeat(256)])(
  'the key %j would be lost as a header: it is refused, and nothing is sent',
  async (idempotencyKey) => {
    const { client, calls } = openClient();
    const refused = await refusal(client.submit('flux-2-pro/generate', { prompt: 'a' }, { idempotencyKey }));
    expect([refused.name, refused.fields[0]?.field]).toEqual(['InputInvalid', 'idempotencyKey']);
    expect(calls).toEqual([]);
  },
);

test('a price is asked without a job, and a job of which nothing is signed is cancelled', async () => {
  const { client, booth } = openClient();
  const quoted = await client.quote('flux-2-pro/generate', { prompt: 'a' });
  expect(quoted).toMatchObject({ model: 'flux-2-pro/generate', payable: true });
  expect(booth.queued).toEqual([]);
  const { jobId } = await client.generate('flux-2-pro/generate', { prompt: 'a' });
  expect(await client.cancel(jobId)).toMatchObject({ status: 'pending', cancelledAt: expect.any(String) });
});

test('an upload puts the file where the booth says, and names it', async () => {
  const { client, calls } = openClient();
  const grant = await client.upload(new Uint8Array([1, 2, 3]), 'image/png');
  expect(grant.reference).toBe(`upload:${grant.uploadId}`);
  const put = calls.at(-1);
  expect([put?.method, put?.url]).toEqual(['PUT', grant.url]);
  expect([...new Uint8Array((await put?.arrayBuffer()) ?? new ArrayBuffer())]).toEqual([1, 2, 3]);
});

test('waits for an end, call after call', async () => {
  const { client, heard: waits } = hearing('prefer', (times) =>
    Response.json({ status: times < 3 ? 'processing' : 'complete' }),
  );
  expect(await client.job('some', { wait: Number.POSITIVE_INFINITY })).toEqual({ status: 'complete' });
  expect(waits).toEqual(['wait=20', 'wait=20', 'wait=20']);
});

test.each([
  [Response.json({ message: 'Forbidden' }, { status: 403 }), 'Forbidden', 'The API answers 403: Forbidden'],
  [new Response('<html>'), 'Unreachable', 'is no Coinbooth'],
  [new Response('<html>', { status: 418 }), 'Unreachable', 'The API answers 418'],
])('what is no answer of a booth is a problem as well (%#)', async (response, name, message) => {
  const client = createClient({ origin: 'http://booth.test', fetch: async () => response.clone() });
  const problem = await refusal(client.submit('a/b', {}));
  expect(problem.name).toBe(name);
  expect(problem.message).toContain(message);
});

test('the types of the requests are those of the catalogue', () => {
  const place = join(root, 'infra/client/requests.ts');
  const formatted = spawnSync(
    join(root, 'node_modules/.bin/biome'),
    ['format', '--config-path=.biome.json', `--stdin-file-path=${place}`],
    { cwd: root, input: describeRequests(), encoding: 'utf8' },
  );
  expect(formatted.stdout).toBe(readFileSync(place, 'utf8'));
});
