import { createHash, randomUUID } from 'node:crypto';
import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Inbox, inboxIn, type ManifestFiles, manifestFilesIn } from '../../shared/aws/s3-manifests.ts';
import type { Plan } from '../../shared/contracts/manifest.ts';
import { type Account, startAccount } from '../infra/conformance/local-account.ts';

let account: Account;
let client: S3Client;
let inbox: Inbox;
let files: ManifestFiles;

beforeAll(async () => {
  account = await startAccount({ Pictures: { Type: 'AWS::S3::Bucket' }, Inbox: { Type: 'AWS::S3::Bucket' } });
  client = new S3Client(account.world.sdk('s3'));
  inbox = inboxIn(account.world.resource('Inbox').ref, account.world.sdk('s3'));
  files = manifestFilesIn(account.world.resource('Pictures').ref, client);
});
afterAll(async () => {
  client.destroy();
  await account.close();
});

const plan = (key = 'requests/a.jsonl'): Plan => ({
  manifestId: randomUUID(),
  caller: 'AIDAEXAMPLE',
  bucket: 'inbox',
  key,
  good: [
    { line: 1, jobId: randomUUID(), model: 'flux-2-pro/generate', body: '{"prompt":"ü"}', requestHash: 'x' },
  ],
  bad: [{ line: 2, errors: [{ field: 'seed', message: 'is wrong' }] }],
});
const json = (key: string): unknown =>
  JSON.parse(account.world.object('Pictures', key)?.body.toString() ?? 'null');

test('what was dropped is read whole, with its ETag, under whatever name', async () => {
  const bytes = Buffer.from('{"model":"ü"}');
  for (const key of ['requests/two words + plus.jsonl', 'requests/grüße/🪁 "x".csv']) {
    await inbox.drop(key, bytes);
    expect(await inbox.read(key, 1000)).toEqual({
      bytes: new Uint8Array(bytes),
      etag: createHash('md5').update(bytes).digest('hex'),
    });
  }
});

test('of what is too long nothing is read but its length; an empty object is no error, a missing one is named', async () => {
  await inbox.drop('requests/long', Buffer.alloc(101));
  expect(await inbox.read('requests/long', 100)).toEqual({ tooLong: 101, etag: expect.any(String) });
  expect(await inbox.read('requests/long', 101)).toHaveProperty('bytes');
  await inbox.drop('requests/empty', new Uint8Array());
  expect(await inbox.read('requests/empty', 100)).toMatchObject({ bytes: new Uint8Array() });
  expect(await inbox.read('requests/gone', 100)).toEqual({ missing: true });
});

test('of two plans for one manifest the first is kept, whoever asks', async () => {
  const first = plan();
  const second: Plan = { ...first, good: [] };
  expect(await files.keepPlan(first)).toEqual(first);
  expect(await files.keepPlan(second)).toEqual(first);
  expect(await files.readPlan(first.manifestId)).toEqual(first);
  const another = manifestFilesIn(account.world.resource('Pictures').ref, client);
  expect(await another.readPlan(first.manifestId)).toEqual(first);
  expect(await another.readPlan(randomUUID())).toBeUndefined();
});

test('results lie under the id of their manifest, and nothing a caller wrote is in a key', async () => {
  const { manifestId } = plan('requests/../x');
  await files.putLine(manifestId, { line: 17, status: 'invalid', money: 'none', errors: [] });
  await files.putResults(manifestId, '{"line":17}\n', '"line"\r\n"17"\r\n');
  await files.putRefusal(manifestId, { name: 'ManifestEmpty', message: 'x', lines: [] });
  expect(json(`results/${manifestId}/lines/000017.json`)).toMatchObject({ line: 17 });
  expect(json(`results/${manifestId}/results.jsonl`)).toEqual({ line: 17 });
  expect(json(`results/${manifestId}/refused.json`)).toMatchObject({ name: 'ManifestEmpty' });
  expect(account.world.object('Pictures', `results/${manifestId}/results.csv`)?.contentType).toContain(
    'text/csv',
  );
});
