import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { resultsSchema } from '../../../infra/console/answers.ts';
import type { AllowedHost } from '../../../shared/aws/dynamodb-hosts.ts';
import { problemSchema } from '../../../shared/contracts/http.ts';
import { openBooth } from '../../functions/booth.ts';
import { timings } from '../../functions/jobs.ts';
import { openConsole } from './console-deployment.ts';

/** What an operator sees and does of held results and of quarantine. */

const drawing = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script/></svg>';
const origin = 'https://blobs.test';
const pin = 'https://seller.test';

/** The console before a booth in memory, one of whose jobs was sent a drawing that runs a script. */
async function open({ isPinned = true } = {}) {
  const booth = openBooth();
  const { jobId } = await booth.accept();
  booth.ports.downloads.get = async () => ({ bytes: Buffer.from(drawing) });
  const job = await booth.finish(jobId);
  const key = job.quarantine?.[0]?.key ?? '';
  const allowed = new Map<string, AllowedHost>();
  booth.objects.set('quarantine/x', { bytes: Buffer.from('of no job'), contentType: 'image/webp' });
  const { say } = openConsole(undefined, {
    ports: {
      settings: { timings, seller: { ...(isPinned && { pictureOrigins: [pin] }) } },
      ledger: booth.ledger,
      hosts: {
        allowed: async () => [...allowed.values()],
        held: async () => [
          { origin, jobId, at: 7 },
          { origin: pin, jobId, at: 6 },
        ],
        allow: async (host: AllowedHost) => void allowed.set(host.origin, host),
        forbid: async (host: string) => void allowed.delete(host),
      },
      quarantine: {
        list: async () =>
          [...booth.objects].flatMap(([name, { bytes }]) =>
            name.startsWith('quarantine/') ? [{ key: name, bytes: bytes.length }] : [],
          ),
        read: async (name: string) => {
          const there = booth.objects.get(name);
          return there && Readable.from([there.bytes]);
        },
        copyOut: async (from: string, to: string) => {
          const there = booth.objects.get(from);
          if (there) booth.objects.set(to, there);
        },
      },
      objects: { remove: async (_bucket: string, name: string) => void booth.objects.delete(name) },
      assets: booth.ports.assets,
      payments: booth.ports.queue,
    },
  });
  const post = (path: string, body: object = {}) =>
    say(`/operator/${path}`, { method: 'POST', body: JSON.stringify(body) });
  return {
    booth,
    jobId,
    key,
    name: key.slice('quarantine/'.length),
    allowed,
    say,
    post,
    results: async () => resultsSchema.parse(await (await say('/operator/results')).json()),
  };
}

describe('hosts of results', () => {
  test('those that hold results are listed, and one is allowed and forbidden again', async () => {
    const { results, post, allowed, jobId } = await open();
    expect(await results()).toMatchObject({ pin: [pin], allowed: [], held: [{ origin, jobId, at: 7 }] });
    const answer = await post('hosts', { host: origin, allowed: true });
    expect([answer.status, await answer.json()]).toEqual([200, { origin, allowed: true }]);
    expect(await results()).toMatchObject({ allowed: [{ origin, by: expect.any(String) }], held: [] });
    expect((await post('hosts', { host: origin, allowed: false })).status).toBe(200);
    expect([allowed.size, (await results()).held.length]).toEqual([0, 1]);
  });

  test('none holds results where nothing is pinned', async () => {
    const { results } = await open({ isPinned: false });
    const { pin: none, held } = await results();
    expect([none, held]).toEqual([undefined, []]);
  });

  test.each([
    ['no host', { host: 'no host at all', allowed: true }, 'is no host'],
    ['a path', { host: `${origin}/x`, allowed: true }, 'is no host'],
    ['http', { host: 'http://blobs.test', allowed: true }, 'over https only'],
    ['an unknown field', { host: origin, allowed: true, forever: true }, 'Name a host'],
    ['no answer', { host: origin, allowed: 'yes' }, 'Name a host'],
    ['an endless name', { host: `${'x'.repeat(301)}.test`, allowed: true }, 'Name a host'],
  ])('%s is refused, and allows nothing', async (_, body, words) => {
    const { post, allowed } = await open();
    const answer = await post('hosts', body);
    expect([answer.status, allowed.size]).toEqual([400, 0]);
    expect(problemSchema.parse(await answer.json()).detail).toContain(words);
  });
});

describe('quarantine', () => {
  test('is listed with the job and the reason of each file', async () => {
    const { results, name, jobId } = await open();
    const { quarantine, isPartial } = await results();
    expect(isPartial).toBe(false);
    expect(quarantine).toMatchObject([
      { name, jobId, bytes: drawing.length, status: 'undelivered', reason: expect.any(String) },
    ]);
  });

  test('gives its bytes as a download that no browser shows', async () => {
    const { say, name } = await open();
    const answer = await say(`/operator/quarantine/${name}`);
    const header = (one: string) => answer.headers.get(one);
    expect([
      answer.status,
      header('content-type'),
      header('content-disposition'),
      header('x-content-type-options'),
      header('content-security-policy'),
      header('cache-control'),
    ]).toEqual([
      200,
      'application/octet-stream',
      `attachment; filename="${name}.bin"`,
      'nosniff',
      "default-src 'none'; sandbox",
      'no-store',
    ]);
    expect(await answer.text()).toBe(drawing);
  });

  test.each(['x', '..%2Fx', `${crypto.randomUUID()}-0123456789abcdef`])(
    'has nothing under %s',
    async (other) => {
      const { say, post, booth } = await open();
      const before = booth.objects.size;
      expect((await say(`/operator/quarantine/${other}`)).status).toBe(404);
      expect((await post(`quarantine/${other}/release`)).status).toBe(404);
      expect((await post(`quarantine/${other}/discard`)).status).toBe(404);
      expect(booth.objects.size).toBe(before);
    },
  );

  test('gives a file to its caller when an operator releases it', async () => {
    const { post, name, key, jobId, booth, results } = await open();
    const answer = await post(`quarantine/${name}/release`);
    expect([answer.status, await answer.json()]).toEqual([200, { jobId, did: 'released' }]);
    const { released, status } = await booth.read(jobId);
    expect(status).toBe('undelivered');
    expect(booth.objects.get(released?.key ?? '')?.bytes.toString()).toBe(drawing);
    expect([booth.objects.has(key), (await results()).quarantine]).toEqual([false, []]);
  });

  test('loses a file for good when an operator discards it, and only once', async () => {
    const { post, name, key, jobId, booth } = await open();
    const answer = await post(`quarantine/${name}/discard`);
    expect([answer.status, await answer.json()]).toEqual([200, { jobId }]);
    expect([booth.objects.has(key), (await booth.read(jobId)).released]).toEqual([false, undefined]);
    const twice = await post(`quarantine/${name}/discard`);
    expect([twice.status, problemSchema.parse(await twice.json()).detail]).toEqual([
      404,
      expect.stringContaining('nothing in quarantine'),
    ]);
  });
});
