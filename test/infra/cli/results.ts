import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type AnnouncedBooth, json } from './run-cli.ts';

/** Results that are paid for and not taken: held for their host, or refused by inspection. */
export function describeResults(open: AnnouncedBooth): void {
  const { booth, folder } = open;
  const small = { prompt: 'a lighthouse', resolution: '0.5 MP' };
  const patience = { timeout: 20_000, interval: 200 };
  const seller = () => {
    if (!booth.sandbox) throw new Error('These tests buy from the sandbox.');
    return booth.sandbox.seller;
  };
  const inQuarantine = async () =>
    json((await open.local('quarantine', '--json')).stdout).quarantine as unknown as {
      key: string;
      jobId: string;
      reason: string;
    }[];

  describe('a result on a host that the pin does not list', () => {
    test('is held, shown as such, and delivered once the host is allowed, at no second payment', async () => {
      const origin = seller().annexOrigin;
      seller().faults.set('result-elsewhere');
      const jobId = await booth.submit(small);
      await expect
        .poll(async () => (await open.local('hosts')).stdout, patience)
        .toContain(`held: ${origin}, job ${jobId}`);
      const shown = await open.local('show', jobId);
      expect(shown.stdout).toContain(`held: the result lies on ${origin}, which the pin`);
      expect((await booth.get(jobId)).status).toBe('processing');

      const allowed = await open.local('hosts', 'allow', origin);
      expect([allowed.code, allowed.stderr]).toEqual([0, '']);
      const ended = await booth.ended(jobId);
      expect(ended.detail.status).toBe('delivered');
      expect(await booth.settlements(ended)).toBe(1);
      const hosts = await open.local('hosts');
      expect(hosts.stdout).toContain(`allowed: ${origin}`);
      expect(hosts.stdout).not.toContain('held: ');
      expect((await open.local('hosts', 'forbid', origin)).code).toBe(0);
      expect((await open.local('hosts')).stdout).toContain(`held: ${origin}`);
      seller().faults.clear();
    });

    test.each([
      'no host at all',
      'https://host.example/path',
      'https://user@host.example',
      'file:///etc/passwd',
    ])('%s is not allowed by any command', async (text) => {
      const { code, stderr } = await open.local('hosts', 'allow', text);
      expect([code, stderr]).toEqual([2, expect.stringContaining('is no host')]);
    });
  });

  describe('a result that inspection refuses', () => {
    test("is in quarantine, out of its caller's reach, and given to them when an operator releases it", async () => {
      seller().faults.set('svg-picture');
      const jobId = await booth.submit(small);
      await expect
        .poll(async () => (await inQuarantine()).map((one) => one.jobId), patience)
        .toContain(jobId);
      const { key = '', reason = '' } = (await inQuarantine()).find((one) => one.jobId === jobId) ?? {};
      expect((await open.local('quarantine')).stdout).toContain(reason);
      expect(JSON.stringify(await booth.get(jobId))).not.toContain('quarantine');
      const reused = await open.local(
        'generate',
        '-m',
        'flux-2-pro/edit',
        'at night',
        '--image',
        jobId,
        '--no-wait',
      );
      expect(reused.code).not.toBe(0);

      const out = join(folder, 'refused.bin');
      expect((await open.local('quarantine', 'get', key, '--out', out)).code).toBe(0);
      expect(await readFile(out, 'utf8')).toContain('<script>');
      expect((await open.local('quarantine', 'get', key, '--out', out)).code).toBe(2);

      const released = await open.local('quarantine', 'release', key);
      expect([released.code, released.stderr, released.stdout]).toEqual([
        0,
        '',
        expect.stringContaining(`job ${jobId} is delivered with it`),
      ]);
      seller().faults.clear();
      const ended = await booth.ended(jobId);
      expect(ended.detail).toMatchObject({
        status: 'delivered',
        asset: { format: 'bin', mismatch: ['format'] },
      });
      expect(await booth.settlements(ended)).toBe(1);
      const answer = await booth.get(jobId);
      if (answer.status !== 'complete') throw new Error('It is not complete.');
      expect([answer.imageUrl, answer.videoUrl]).toEqual([undefined, undefined]);
      const file = await fetch(answer.fileUrl ?? '');
      expect([...['content-type', 'content-disposition'].map((name) => file.headers.get(name))]).toEqual([
        'application/octet-stream',
        'attachment',
      ]);
      expect(await file.text()).toContain('<script>');
      expect(await inQuarantine()).toEqual([]);
    });

    test('is fetched anew and delivered, and what was refused is removed when an operator says so', async () => {
      seller().faults.set('svg-picture', { times: 1 });
      const jobId = await booth.submit(small);
      expect((await booth.ended(jobId)).detail).toMatchObject({
        status: 'delivered',
        asset: { format: 'webp' },
      });
      const [{ key = '' } = {}] = await inQuarantine();
      expect(key).toContain(jobId);
      const twice = await open.local('quarantine', 'release', key);
      expect([twice.code, twice.stderr]).toEqual([2, expect.stringContaining('has a result already')]);
      expect((await open.local('quarantine', 'discard', key)).code).toBe(0);
      expect((await open.local('quarantine')).stdout).toBe('Nothing is in quarantine.\n');
      expect((await open.local('quarantine', 'discard', key)).code).toBe(2);
      // One is left for what erases everything of a caller.
      seller().faults.set('html-picture', { times: 1 });
      await booth.ended(await booth.submit(small));
      expect(await inQuarantine()).toHaveLength(1);
    });
  });
}
