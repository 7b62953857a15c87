import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { deliver } from '../../functions/poller/deliver.ts';
import { assetsIn } from '../../shared/aws/s3-assets.ts';
import { download } from '../../shared/seller/download.ts';
import { ftyp, moovOf, uint32 } from '../core/make-mp4.ts';
import { openBooth } from './booth.ts';
import { at, stages } from './jobs.ts';

const mebibyte = 1024 * 1024;
const chunk = Buffer.alloc(mebibyte, 'a video ');

/** A video of so many MiB, its moov box at the end, piece by piece. */
function* videoOf(mebibytes: number): Generator<Buffer> {
  yield Buffer.concat([ftyp(), uint32(mebibytes * mebibyte + 8), Buffer.from('mdat')]);
  for (let piece = 0; piece < mebibytes; piece += 1) yield chunk;
  yield moovOf({ chunks: [ftyp().length + 8], sampleBytes: mebibytes * mebibyte });
}

async function pour(response: ServerResponse, pieces: Iterable<Buffer>): Promise<void> {
  for (const piece of pieces) if (!response.write(piece)) await once(response, 'drain');
  response.end();
}

/** What the bucket was given: lengths and hashes, of which the bytes are not kept. */
const kept: { key: string; bytes: number; sha256: string }[] = [];
const host = createServer((request, response) => pour(response, videoOf(Number(request.url?.slice(1)))));
const bucket = createServer(async (request, response) => {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    hash.update(piece);
    bytes += piece.length;
  }
  kept.push({ key: request.url?.split('?')[0] ?? '', bytes, sha256: hash.digest('hex') });
  response.end();
});
const originOf = (server: typeof host) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

beforeAll(async () => {
  for (const server of [host, bucket]) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  }
});
afterAll(() => {
  for (const server of [host, bucket]) server.closeAllConnections();
  for (const server of [host, bucket]) server.close();
});

/** Delivers a video of that length through the real download and the real bucket's client. */
async function deliverVideo(mebibytes: number) {
  const booth = openBooth();
  const job = stages().watched;
  const origin = originOf(host);
  booth.ledger.put({ ...job, rendered: { url: `${origin}/${mebibytes}`, at: at(8) } });
  booth.clock.now = at(20);
  const client = new S3Client({
    endpoint: originOf(bucket),
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
  await deliver(
    {
      ...booth.process().ports,
      assets: assetsIn('bucket', client),
      download: (url, bounds) => download(url, { ...bounds, pin: [origin] }),
    },
    job.jobId,
  );
  client.destroy();
  return booth.read(job.jobId);
}

test('a video of 128 MiB passes through the disk, and not through the memory', async () => {
  await deliverVideo(20);
  const before = process.memoryUsage().rss;
  let most = before;
  const watching = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss);
  }, 20);
  const { status, asset } = await deliverVideo(128);
  clearInterval(watching);

  expect(status).toBe('delivered');
  const hash = createHash('sha256');
  let bytes = 0;
  for (const piece of videoOf(128)) {
    hash.update(piece);
    bytes += piece.length;
  }
  expect(asset).toMatchObject({ format: 'mp4', durationSeconds: 4, bytes, sha256: hash.digest('hex') });
  expect(kept).toContainEqual({ key: `/bucket/${asset?.key}`, bytes, sha256: asset?.sha256 });
  // Pieces wait for the collector, other tests of this process among them; a file that is held whole is 128 and more.
  expect((most - before) / mebibyte).toBeLessThan(96);
});

test('a video of more than 512 MiB is given up at the limit', async () => {
  const before = kept.length;
  await expect(deliverVideo(513)).rejects.toMatchObject({
    name: 'AssetUnavailable',
    message: expect.stringContaining('larger than 536870912 bytes'),
  });
  expect(kept.length).toBe(before);
});
