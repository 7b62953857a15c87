import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { HeadObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AssetStore, assetsIn } from '../../shared/aws/s3-assets.ts';
import { type Account, startAccount } from '../infra/conformance/local-account.ts';

let account: Account;
let client: S3Client;
let assets: AssetStore;
let Bucket: string;
const path = join(tmpdir(), `coinbooth-s3-assets-${process.pid}`);

beforeAll(async () => {
  account = await startAccount({ Pictures: { Type: 'AWS::S3::Bucket' } });
  client = new S3Client({ ...account.world.sdk('s3'), forcePathStyle: true, maxAttempts: 1 });
  Bucket = account.world.resource('Pictures').ref;
  assets = assetsIn(Bucket, client);
});
afterAll(async () => {
  client.destroy();
  await account.close();
  await rm(path, { force: true });
});

const fileOf = (bytes: Buffer, sha256 = createHash('sha256').update(bytes).digest('hex')) => {
  writeFileSync(path, bytes);
  return { bytes: bytes.length, sha256, stream: () => createReadStream(path) };
};
const stored = (key: string) => account.world.object('Pictures', key);

test.each([
  ['nothing much', 1],
  ['less than a chunk', 40_000],
  ['many chunks', 9_000_001],
])('a file is kept as it is: %s', async (_name, length) => {
  const bytes = Buffer.alloc(length, 'a video, or so ');
  await assets.putFile('pictures/a.mp4', fileOf(bytes), 'video/mp4', { 'job-id': '1', seed: '7' });
  expect(stored('pictures/a.mp4')?.body.equals(bytes)).toBe(true);
  const head = await client.send(new HeadObjectCommand({ Bucket, Key: 'pictures/a.mp4' }));
  expect(head).toMatchObject({
    ContentLength: length,
    ContentType: 'video/mp4',
    ContentDisposition: 'inline',
    Metadata: { 'job-id': '1', seed: '7' },
  });
});

test('the same file again changes nothing', async () => {
  const bytes = Buffer.from('the same');
  for (let time = 0; time < 2; time += 1)
    await assets.putFile('pictures/b.mp4', fileOf(bytes), 'video/mp4', {});
  expect(stored('pictures/b.mp4')?.body).toEqual(bytes);
});

test('a file that is another than it was is not kept', async () => {
  const sha256 = createHash('sha256').update('what was inspected').digest('hex');
  const put = assets.putFile(
    'pictures/c.mp4',
    fileOf(Buffer.from('what is here now'), sha256),
    'video/mp4',
    {},
  );
  await expect(put).rejects.toThrow();
  expect(stored('pictures/c.mp4')).toBeUndefined();
});

test('a file that breaks off is not kept, and its stream is closed', async () => {
  const broken = Readable.from(
    (async function* () {
      yield Buffer.alloc(10);
      throw new Error('the disk is gone');
    })(),
  );
  const file = { ...fileOf(Buffer.alloc(100)), stream: () => broken };
  const put = assets.putFile('pictures/d.mp4', file, 'video/mp4', {});
  await expect(put).rejects.toThrow('the disk is gone');
  expect(stored('pictures/d.mp4')).toBeUndefined();
  expect(broken.destroyed).toBe(true);
});

test('a side-car is text of its type', async () => {
  await assets.putJson('pictures/a.json', '{"prompt":"Köln"}\n');
  expect(String(stored('pictures/a.json')?.body)).toBe('{"prompt":"Köln"}\n');
  const head = await client.send(new HeadObjectCommand({ Bucket, Key: 'pictures/a.json' }));
  expect(head.ContentType).toBe('application/json');
});

describe('a server that is busy', () => {
  /** Answers with these statuses in turn, and then with 200. */
  async function puttingTo(statuses: number[]) {
    const bodies: number[] = [];
    const server = createServer(async (request, response) => {
      bodies.push((await buffer(request)).length);
      response.writeHead(statuses.shift() ?? 200).end();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const busy = new S3Client({
      endpoint,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      // The SDK warns of the stream that it does not send again.
      logger: { debug() {}, info() {}, warn() {}, error() {} },
    });
    const outcome = await assetsIn('bucket', busy)
      .putFile('pictures/e.mp4', fileOf(Buffer.alloc(70_000)), 'video/mp4', {})
      .then(
        () => 'kept',
        () => 'not kept',
      );
    busy.destroy();
    server.close();
    return { outcome, bodies };
  }

  test('is sent the whole file again', async () => {
    expect(await puttingTo([503, 500])).toEqual({ outcome: 'kept', bodies: [70_000, 70_000, 70_000] });
  });

  test('for good is left alone after three times', async () => {
    expect(await puttingTo([503, 503, 503, 503])).toMatchObject({
      outcome: 'not kept',
      bodies: { length: 3 },
    });
  });

  test('is not asked again for what it refuses', async () => {
    expect(await puttingTo([403])).toMatchObject({ outcome: 'not kept', bodies: { length: 1 } });
  });
});
