import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
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

test('a presigned URL shows the picture, with its type, to whoever has it', async () => {
  const Bucket = account.world.resource('Pictures').ref;
  const put = { Bucket, Key: 'pictures/a.webp', Body: bytes, ContentType: 'image/webp' };
  await client.send(new PutObjectCommand(put));
  const url = await pictures.presign('pictures/a.webp', 300);
  const answer = await fetch(url);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/webp']);
  expect(Buffer.from(await answer.arrayBuffer())).toEqual(bytes);
  expect(new URL(url).searchParams.get('X-Amz-Expires')).toBe('300');
  expect((await fetch(url.replace(/.$/, (digit) => (digit === '0' ? '1' : '0')))).status).toBe(403);
  expect((await fetch(url.split('?')[0] ?? '')).status).toBe(403);
});
