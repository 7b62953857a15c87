import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type UploadAddresses, uploadAddressesIn } from '../../shared/aws/s3-uploads.ts';
import { type Account, startAccount } from '../infra/conformance/local-account.ts';

let account: Account;
let client: S3Client;
let addresses: UploadAddresses;

beforeAll(async () => {
  account = await startAccount({ Pictures: { Type: 'AWS::S3::Bucket' } });
  client = new S3Client({
    ...account.world.sdk('s3'),
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
  addresses = uploadAddressesIn(account.world.resource('Pictures').ref, client);
});
afterAll(async () => {
  client.destroy();
  await account.close();
});

const bytes = Buffer.from('the bytes of a picture');
const file = { contentType: 'image/png', bytes: bytes.length };

test('an address takes the file that it was made for, from whoever has it, once', async () => {
  const { url, headers } = await addresses.presignPut('uploads/a', file, 900);
  const put = (body: Uint8Array<ArrayBuffer>, change: Record<string, string> = {}) => {
    const { 'content-length': _bodys, ...rest } = headers;
    return fetch(url, { method: 'PUT', headers: { ...rest, ...change }, body });
  };
  expect((await put(Buffer.concat([bytes, bytes]))).status).toBe(403);
  expect((await put(bytes.subarray(1))).status).toBe(403);
  expect((await put(bytes, { 'content-type': 'image/webp' })).status).toBe(403);
  expect((await put(bytes, { 'if-none-match': '' })).status).toBe(403);
  expect(account.world.object('Pictures', 'uploads/a')).toBeUndefined();
  expect((await put(bytes)).status).toBe(200);
  expect((await put(bytes)).status).toBe(412);
  expect((await put(Buffer.from('the bytes of another..'))).status).toBe(412);
  expect(account.world.object('Pictures', 'uploads/a')?.body).toEqual(bytes);
});

test('what must come with the file is said, and signed, and no checksum of a body that is not there yet', async () => {
  const { url, headers } = await addresses.presignPut('uploads/b', file, 900);
  const { searchParams } = new URL(url);
  expect(headers).toEqual({
    'content-type': 'image/png',
    'content-length': String(bytes.length),
    'if-none-match': '*',
  });
  expect(searchParams.get('X-Amz-Expires')).toBe('900');
  expect(searchParams.get('X-Amz-SignedHeaders')).toBe('content-length;content-type;host;if-none-match');
  expect([...searchParams.keys()].filter((name) => name.includes('checksum'))).toEqual([]);
});

test('the address of one file is not that of another', async () => {
  const { url, headers } = await addresses.presignPut('uploads/c', file, 900);
  const elsewhere = url.replace('uploads/c', 'uploads/d');
  const { 'content-length': _bodys, ...rest } = headers;
  expect((await fetch(elsewhere, { method: 'PUT', headers: rest, body: bytes })).status).toBe(403);
  expect((await fetch(url, { headers: rest })).status).toBe(403);
});
