import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { discardResult, NotInQuarantine, releaseResult } from '../../infra/cli/release-result.ts';
import { quarantinePrefix } from '../../shared/core/refused-result.ts';
import type { Booth } from './booth.ts';
import { openDoor, stranger } from './door.ts';

const refusedBytes = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>');

/** What an operator does to a deployment in memory. */
function operator({ ledger, objects, ports, process }: Booth) {
  return {
    ledger,
    settings: { timings: process().ports.timings },
    assets: ports.assets,
    picturesBucket: 'pictures',
    payments: ports.queue,
    objects: {
      remove: async (_bucket: string, key: string) => void objects.delete(key),
      removeAll: async () => 0,
    },
    quarantine: {
      list: async () =>
        [...objects]
          .filter(([key]) => key.startsWith(quarantinePrefix))
          .map(([key, { bytes }]) => ({ key, bytes: bytes.length })),
      read: async (key: string) => {
        const there = objects.get(key);
        return there && Readable.from([there.bytes]);
      },
      copyOut: async (key: string, to: string) => {
        const there = objects.get(key);
        if (!there) throw new Error(`There is no ${key}.`);
        objects.set(to, { ...there, disposition: 'attachment' });
      },
    },
  };
}

/** A job that ended at its deadline with its result in quarantine, and the door that its caller asks. */
async function undelivered() {
  const { booth, ask } = openDoor();
  const { jobId } = await booth.accept();
  booth.ports.downloads.get = async () => ({ bytes: refusedBytes });
  const job = await booth.finish(jobId);
  const key = job.quarantine?.[0]?.key ?? '';
  const shown = async (who?: string) => {
    const response = await ask(`/api/jobs/${jobId}`, {}, who);
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  return { booth, job, jobId, key, shown, ports: operator(booth) };
}

test('a result released after the end is given to its caller alone, and the end stays as it was told', async () => {
  const { booth, job, jobId, key, shown, ports } = await undelivered();
  const before = await shown();
  expect(before.body).toMatchObject({ status: 'failed', outcome: 'undelivered' });
  expect(before.body).not.toHaveProperty('released');
  const [told, queued] = structuredClone([booth.events, booth.queued]);

  expect(await releaseResult(ports, key)).toEqual({ jobId, did: 'released' });

  const { quarantine: _gone, released, version: _v, updatedAt: _u, ...after } = await booth.read(jobId);
  const { quarantine: _was, version: _w, updatedAt: _x, ...ended } = job;
  expect(after).toEqual({ ...ended });
  expect([booth.events, booth.queued]).toEqual([told, queued]);
  expect(told).toMatchObject([{ status: 'undelivered', money: 'spent' }]);

  const { body } = await shown();
  const { released: file, ...rest } = body;
  expect(rest).toEqual(before.body);
  expect(file).toEqual({
    url: `https://bucket.test/${released?.key}?expires=300`,
    expiresInSeconds: 300,
    sha256: released?.sha256,
    bytes: refusedBytes.length,
  });
  expect(booth.objects.get(released?.key ?? '')).toMatchObject({
    bytes: refusedBytes,
    disposition: 'attachment',
  });
  expect(booth.objects.has(key)).toBe(false);

  const theirs = await shown(stranger);
  expect(theirs.status).toBe(404);
  expect(JSON.stringify(theirs.body)).not.toContain(released?.key);
});

test('a release that another write overtakes is recorded before anything leaves the quarantine', async () => {
  const { booth, key, jobId, shown, ports } = await undelivered();
  booth.ledger.failNext('write', 'conflict');
  expect(await releaseResult(ports, key)).toEqual({ jobId, did: 'released' });
  expect((await shown()).body).toHaveProperty('released');
  expect(await ports.quarantine.list()).toEqual([]);
});

test('a release that cannot be recorded leaves the bytes where they are, and the same command ends the work', async () => {
  const { booth, key, jobId, shown, ports } = await undelivered();
  for (let tries = 0; tries < 8; tries += 1) booth.ledger.failNext('write', 'conflict');
  await expect(releaseResult(ports, key)).rejects.toThrow(/again/);
  expect((await ports.quarantine.list()).map((one) => one.key)).toEqual([key]);
  expect((await shown()).body).not.toHaveProperty('released');
  expect(await releaseResult(ports, key)).toEqual({ jobId, did: 'released' });
  expect((await shown()).body).toHaveProperty('released');
});

test('what was discarded cannot be released', async () => {
  const { key, jobId, shown, ports } = await undelivered();
  expect(await discardResult(ports, key)).toBe(jobId);
  await expect(releaseResult(ports, key)).rejects.toBeInstanceOf(NotInQuarantine);
  expect((await shown()).body).not.toHaveProperty('released');
});

test('a result that is erased while it is released is given to nobody, and no copy stays', async () => {
  const { booth, job, jobId, key, shown, ports } = await undelivered();
  const { copyOut } = ports.quarantine;
  ports.quarantine.copyOut = async (...names) => {
    await copyOut(...names);
    const { quarantine: _erased, ...left } = job;
    booth.ledger.put({ ...left, version: job.version + 1 });
    booth.objects.delete(key);
  };
  await expect(releaseResult(ports, key)).rejects.toThrow(/again/);
  expect((await shown()).body).not.toHaveProperty('released');
  expect([...booth.objects.keys()].filter((name) => name.includes(jobId))).toEqual([]);
});
