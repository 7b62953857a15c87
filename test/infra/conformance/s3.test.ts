import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  GetBucketNotificationConfigurationCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Account, eventually, startAccount } from './local-account.ts';

let account: Account;
let s3: S3Client;
let Bucket: string;

beforeAll(async () => {
  account = await startAccount({
    Pictures: { Type: 'AWS::S3::Bucket' },
    Arrivals: { Type: 'AWS::SQS::Queue' },
    May: {
      Type: 'AWS::SQS::QueuePolicy',
      Properties: {
        Queues: [{ Ref: 'Arrivals' }],
        PolicyDocument: {
          Statement: [
            {
              Effect: 'Allow',
              Principal: { Service: 's3.amazonaws.com' },
              Action: 'sqs:SendMessage',
              Resource: '*',
            },
            {
              Effect: 'Deny',
              Principal: '*',
              Action: 'sqs:SendMessage',
              Resource: { 'Fn::GetAtt': ['Arrivals', 'Arn'] },
              Condition: { Bool: { 'aws:PrincipalIsAWSService': 'false' } },
            },
          ],
        },
      },
    },
    Inbox: {
      Type: 'AWS::S3::Bucket',
      Properties: {
        NotificationConfiguration: {
          QueueConfigurations: [
            {
              Event: 's3:ObjectCreated:*',
              Queue: { 'Fn::GetAtt': ['Arrivals', 'Arn'] },
              Filter: { S3Key: { Rules: [{ Name: 'suffix', Value: '.jsonl' }] } },
            },
          ],
        },
      },
    },
  });
  // A plain client: an endpoint that is an IP address makes the SDK use path style by itself.
  s3 = new S3Client(account.world.sdk('s3'));
  Bucket = account.world.resource('Pictures').ref;
});

afterAll(async () => {
  s3.destroy();
  await account.close();
});

/** A put by hand, with these headers and no other; gives the status and the code of the error. */
async function send(url: string, body: string, headers: Record<string, string>): Promise<[number, string]> {
  const sent = request(url, { method: 'PUT', headers });
  sent.end(body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const answer = await text(response);
  return [response.statusCode ?? 0, /<Code>(\w+)</.exec(answer)?.[1] ?? ''];
}

const put = (Key: string, Body: string, more: object = {}) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));

test('a conditional put does not overwrite, and of many at once exactly one wins', async () => {
  const puts = Array.from({ length: 12 }, (_, index) =>
    put('a/b c.png', `body ${index}`, { IfNoneMatch: '*' }),
  );
  const outcomes = await Promise.allSettled(puts);
  const lost = outcomes.filter((outcome) => outcome.status === 'rejected');
  expect(lost).toHaveLength(11);
  expect(lost[0]?.reason).toMatchObject({ name: 'PreconditionFailed', $metadata: { httpStatusCode: 412 } });
  const winner = outcomes.findIndex((outcome) => outcome.status === 'fulfilled');
  expect(account.world.object('Pictures', 'a/b c.png')?.body.toString()).toBe(`body ${winner}`);
});

test('If-Match replaces only the version it names', async () => {
  const { ETag } = await put('match', 'one');
  await expect(put('match', 'two', { IfMatch: '"0"' })).rejects.toMatchObject({ name: 'PreconditionFailed' });
  await put('match', 'two', { IfMatch: ETag });
  await expect(put('absent', 'x', { IfMatch: ETag })).rejects.toMatchObject({ name: 'NoSuchKey' });
});

test('a wrong checksum is refused, a right one is stored', async () => {
  await expect(
    put('sum', 'bytes', { ChecksumSHA256: Buffer.alloc(32).toString('base64') }),
  ).rejects.toMatchObject({
    name: 'BadDigest',
  });
  await expect(
    put('sum', 'bytes', { ContentMD5: Buffer.alloc(16).toString('base64') }),
  ).rejects.toMatchObject({
    name: 'BadDigest',
  });
  expect(account.world.object('Pictures', 'sum')).toBeUndefined();
  await put('sum', 'bytes', {
    ChecksumAlgorithm: 'SHA256',
    Metadata: { job: 'j-1' },
    ContentType: 'image/png',
  });
  const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'sum', ChecksumMode: 'ENABLED' }));
  expect(head).toMatchObject({ ContentLength: 5, ContentType: 'image/png', Metadata: { job: 'j-1' } });
  await expect(s3.send(new GetObjectCommand({ Bucket, Key: 'none' }))).rejects.toMatchObject({
    name: 'NoSuchKey',
  });
});

test('a presigned URL works for anybody until it expires, and only as it was signed', async () => {
  await put('shown.png', 'picture');
  const command = new GetObjectCommand({
    Bucket,
    Key: 'shown.png',
    ResponseContentDisposition: 'attachment',
  });
  const url = await getSignedUrl(s3, command, { expiresIn: 2 });
  const shown = await fetch(url);
  expect([shown.status, await shown.text()]).toEqual([200, 'picture']);
  expect(shown.headers.get('content-disposition')).toBe('attachment');
  expect((await fetch(url.replace('shown.png', 'sum'))).status).toBe(403);
  expect((await fetch(url.replace('X-Amz-Expires=2', 'X-Amz-Expires=2000'))).status).toBe(403);
  expect((await fetch(url.split('?')[0] ?? '')).status).toBe(403);
  const past = await getSignedUrl(s3, command, { expiresIn: 60, signingDate: new Date(Date.now() - 61_000) });
  const late = await fetch(past);
  expect([late.status, await late.text()]).toEqual([403, expect.stringContaining('Request has expired')]);
});

test('a presigned put takes what was signed: this key, type and length, and nothing that is there already', async () => {
  await put('theirs.txt', 'of somebody else');
  const signed = { 'content-type': 'text/plain', 'content-length': '5', 'if-none-match': '*' };
  const command = new PutObjectCommand({
    Bucket,
    Key: 'given.txt',
    ContentType: 'text/plain',
    ContentLength: 5,
    IfNoneMatch: '*',
  });
  const plain = new S3Client({ ...account.world.sdk('s3'), requestChecksumCalculation: 'WHEN_REQUIRED' });
  const signableHeaders = new Set(['host', ...Object.keys(signed)]);
  const url = await getSignedUrl(plain, command, { expiresIn: 60, signableHeaders });
  plain.destroy();
  const given = (body: string, change: Record<string, string> = {}, at = url) =>
    send(at, body, { ...signed, 'content-length': String(body.length), ...change });

  expect(await given('other!')).toMatchObject([403, 'SignatureDoesNotMatch']);
  expect(await given('bytes', { 'content-type': 'text/html' })).toMatchObject([403, 'SignatureDoesNotMatch']);
  expect(await given('bytes', { 'if-none-match': '"x"' })).toMatchObject([403, 'SignatureDoesNotMatch']);
  expect(await given('bytes', {}, url.replace('given', 'theirs'))).toMatchObject([
    403,
    'SignatureDoesNotMatch',
  ]);
  expect(await given('bytes', {}, `${url}&prefix=a`)).toMatchObject([403, 'SignatureDoesNotMatch']);
  const copy = { 'x-amz-copy-source': `${Bucket}/theirs.txt` };
  expect(await given('bytes', copy)).toMatchObject([403, 'AccessDenied']);
  expect(await given('bytes', { 'x-amz-meta-note': 'x' })).toMatchObject([403, 'AccessDenied']);
  expect(account.world.object('Pictures', 'given.txt')).toBeUndefined();

  expect(await given('bytes')).toEqual([200, '']);
  expect(await given('again')).toMatchObject([412, 'PreconditionFailed']);
  expect(account.world.object('Pictures', 'given.txt')?.body.toString()).toBe('bytes');
  const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'given.txt' }));
  expect(head).toMatchObject({ ContentLength: 5, ContentType: 'text/plain' });
});

test('more than fauxqs’s own 11 MiB goes into one put, and multipart uploads add up', async () => {
  await s3.send(new PutObjectCommand({ Bucket, Key: 'video', Body: Buffer.alloc(12 * 1024 * 1024) }));
  expect(account.world.object('Pictures', 'video')?.body.length).toBe(12 * 1024 * 1024);
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'parts' }));
  const Parts = [];
  for (const [index, size] of [5 * 1024 * 1024, 3].entries()) {
    const PartNumber = index + 1;
    const part = { Bucket, Key: 'parts', UploadId, PartNumber, Body: Buffer.alloc(size, PartNumber) };
    const { ETag } = await s3.send(new UploadPartCommand(part));
    Parts.push({ PartNumber, ETag });
  }
  await s3.send(
    new CompleteMultipartUploadCommand({ Bucket, Key: 'parts', UploadId, MultipartUpload: { Parts } }),
  );
  expect(account.world.object('Pictures', 'parts')?.body.length).toBe(5 * 1024 * 1024 + 3);
  const listed = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'pa' }));
  expect(listed.Contents?.map((entry) => entry.Key)).toEqual(['parts']);
});

test('a bucket tells its queue what arrived and who sent it, after the test message of S3', async () => {
  const inbox = account.world.resource('Inbox').ref;
  await s3.send(new PutObjectCommand({ Bucket: inbox, Key: 'notes.txt', Body: 'no' }));
  await s3.send(new PutObjectCommand({ Bucket: inbox, Key: 'to do/a+b.jsonl', Body: 'yes' }));
  const bodies = await eventually(() => {
    const found = account.world.queue('Arrivals').bodies();
    return found.length >= 2 && found;
  });
  expect(bodies.map((body) => JSON.parse(body).Event)).toEqual(['s3:TestEvent', undefined]);
  expect(JSON.parse(bodies[1] ?? '{}').Records).toMatchObject([
    {
      eventName: 'ObjectCreated:Put',
      userIdentity: { principalId: 'AWS:AIDALOCALOPERATOR0001' },
      s3: { bucket: { name: inbox }, object: { key: 'to+do/a%2Bb.jsonl', size: 3 } },
    },
  ]);
});

test('a queue that services alone may write into takes nothing from an administrator', async () => {
  const sqs = new SQSClient(account.world.sdk('sqs'));
  const before = account.world.queue('Arrivals').bodies().length;
  const forged = new SendMessageCommand({ QueueUrl: account.world.queue('Arrivals').url, MessageBody: '{}' });
  await expect(sqs.send(forged)).rejects.toThrow(/sqs:SendMessage/);
  sqs.destroy();
  expect(account.world.queue('Arrivals').bodies()).toHaveLength(before);
});

test('calls that fauxqs answers with 200 and does not do are refused by name', async () => {
  const refused = [
    new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }),
    new GetBucketNotificationConfigurationCommand({ Bucket }),
    new PutObjectTaggingCommand({ Bucket, Key: 'sum', Tagging: { TagSet: [] } }),
    new PutObjectCommand({ Bucket, Key: 'k', Body: '', ServerSideEncryption: 'aws:kms' }),
    new GetObjectCommand({ Bucket, Key: 'sum', VersionId: 'v' }),
  ];
  for (const command of refused) {
    await expect(s3.send(command as PutObjectCommand)).rejects.toMatchObject({ name: 'NotEmulated' });
  }
  const copied = new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/sum` });
  await expect(s3.send(copied)).resolves.toBeDefined();
});
