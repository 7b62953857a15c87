import { createHash } from 'node:crypto';
import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type PictureStore, picturesIn } from '../../shared/aws/s3.ts';
import { type Account, startAccount } from '../infra/conformance/local-account.ts';

let account: Account;
let client: S3Client;
let pictures: PictureStore;

beforeAll(async () => {
  account = await startAccount({ Pictures: { Type: 'AWS::S3::Bucket' } });
  client = new S3Client({ ...account.world.sdk('s3'), forcePathStyle: true, maxAttempts: 1 });
  pictures = picturesIn(account.world.resource('Pictures').ref, client);
});
afterAll(async () => {
  client.destroy();
  await account.close();
});

const bytes = Buffer.from('the bytes of a picture');
const sha256 = createHash('sha256').update(bytes).digest('hex');

test('a presigned URL shows the picture, with its type, to whoever has it', async () => {
  await pictures.put('pictures/a.webp', bytes, 'image/webp', sha256);
  const url = await pictures.presign('pictures/a.webp', 300);
  const answer = await fetch(url);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/webp']);
  expect(Buffer.from(await answer.arrayBuffer())).toEqual(bytes);
  expect(new URL(url).searchParams.get('X-Amz-Expires')).toBe('300');
  expect((await fetch(url.replace(/.$/, (digit) => (digit === '0' ? '1' : '0')))).status).toBe(403);
  expect((await fetch(url.split('?')[0] ?? '')).status).toBe(403);
});

test('the same bytes again change nothing', async () => {
  await pictures.put('pictures/b.webp', bytes, 'image/webp', sha256);
  await pictures.put('pictures/b.webp', bytes, 'image/webp', sha256);
  expect(account.world.object('Pictures', 'pictures/b.webp')?.body).toEqual(bytes);
});

test('bytes that are not those of the checksum are not taken', async () => {
  const put = pictures.put('pictures/c.webp', Buffer.from('other bytes'), 'image/webp', sha256);
  await expect(put).rejects.toThrow();
  expect(account.world.object('Pictures', 'pictures/c.webp')).toBeUndefined();
});
