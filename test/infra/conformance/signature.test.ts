import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { KMSClient, SignCommand } from '@aws-sdk/client-kms';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { AwsClient } from 'aws4fetch';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createVerifier } from '../../../infra/local/aws/verify-signature.ts';
import { type Account, startAccount } from './local-account.ts';

/** Signatures are made by the SDK and by aws4fetch, and by AWS in its documentation; what is changed after it is refused. */

let account: Account;
const sources = {
  One: 'export const handler = async () => ({ ...process.env });',
  Two: 'export const handler = async () => ({ ...process.env });',
};
beforeAll(async () => {
  account = await startAccount(
    {
      Wallet: {
        Type: 'AWS::KMS::Key',
        Properties: { KeySpec: 'ECC_SECG_P256K1', KeyPolicy: { Statement: [] } },
      },
      Pictures: { Type: 'AWS::S3::Bucket', Properties: {} },
    },
    sources,
  );
});
afterAll(() => account?.close());

type Environment = Record<string, string>;
const environmentOf = async (name: string): Promise<Environment> => {
  const outcome = await account.world.invoke(name, {});
  return (outcome.ok ? outcome.payload : {}) as Environment;
};
const signInput = () => ({
  KeyId: account.world.key('Wallet').keyId,
  Message: new Uint8Array(32),
  MessageType: 'DIGEST' as const,
  SigningAlgorithm: 'ECDSA_SHA_256' as const,
});
const signAs = async (credentials: {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}) => {
  const kms = new KMSClient({ ...account.world.sdk('kms'), credentials, maxAttempts: 1 });
  const outcome = await kms.send(new SignCommand(signInput())).then(
    () => 'signed',
    ({ name }: Error) => name,
  );
  kms.destroy();
  return outcome;
};

describe('an identity', () => {
  test('signs with its own secret, which is of this run', async () => {
    const { credentials } = account.world.sdk('kms');
    expect(await signAs(credentials)).toBe('signed');
    expect(credentials.secretAccessKey.length).toBeGreaterThan(32);
    const other = await startAccount({});
    expect(other.world.sdk('kms').credentials.secretAccessKey).not.toBe(credentials.secretAccessKey);
    await other.close();
  });

  test('has a secret that is nobody else’s', async () => {
    const [one, two] = await Promise.all([environmentOf('One'), environmentOf('Two')]);
    const secrets = [one, two].map((environment) => environment?.AWS_SECRET_ACCESS_KEY ?? '');
    secrets.push(account.world.sdk('kms').credentials.secretAccessKey);
    expect(new Set(secrets).size).toBe(3);
    const [ofOne = '', ofTwo = ''] = secrets;
    const sessionToken = one?.AWS_SESSION_TOKEN ?? '';
    expect(await signAs({ accessKeyId: 'One', secretAccessKey: ofOne, sessionToken })).toBe('signed');
    expect(await signAs({ accessKeyId: 'One', secretAccessKey: ofTwo, sessionToken })).toBe(
      'InvalidSignatureException',
    );
    expect(await signAs({ accessKeyId: 'operator', secretAccessKey: ofOne })).toBe(
      'InvalidSignatureException',
    );
  });

  test('signs with the token of a sandbox of its own, a person with none', async () => {
    const [one, two] = await Promise.all([environmentOf('One'), environmentOf('Two')]);
    const own = { accessKeyId: 'One', secretAccessKey: one?.AWS_SECRET_ACCESS_KEY ?? '' };
    expect(await signAs(own)).toBe('InvalidClientTokenId');
    expect(await signAs({ ...own, sessionToken: two?.AWS_SESSION_TOKEN ?? '' })).toBe('InvalidClientTokenId');
    const { credentials } = account.world.sdk('kms');
    expect(await signAs({ ...credentials, sessionToken: 'any' })).toBe('InvalidClientTokenId');
  });

  test('that nobody is signs nothing', async () => {
    expect(await signAs({ accessKeyId: 'payer', secretAccessKey: 'x' })).toBe('UnrecognizedClientException');
  });
});

describe('KMS, asked without the SDK', () => {
  const ask = async (headers: Record<string, string>, body = JSON.stringify(signInput())) => {
    const { endpoint } = account.world.sdk('kms');
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: {
        'x-amz-target': 'TrentService.Sign',
        'content-type': 'application/x-amz-json-1.1',
        ...headers,
      },
      body,
    });
    return [response.status, ((await response.json()) as { __type?: string }).__type];
  };
  const signed = async (change: { datetime?: string; service?: string; region?: string } = {}) => {
    const { endpoint, credentials, region } = account.world.sdk('kms');
    const client = new AwsClient({ ...credentials, service: 'kms', region, ...change });
    const body = Buffer.from(
      JSON.stringify({ ...signInput(), Message: Buffer.alloc(32).toString('base64') }),
    );
    const request = await client.sign(endpoint, {
      method: 'POST',
      headers: { 'x-amz-target': 'TrentService.Sign', 'content-type': 'application/x-amz-json-1.1' },
      body,
      ...(change.datetime && { aws: { datetime: change.datetime } }),
    });
    return { headers: Object.fromEntries(request.headers), body: body.toString() };
  };

  test('signs for the signature of aws4fetch', async () => {
    const { headers, body } = await signed();
    expect(await ask(headers, body)).toEqual([200, undefined]);
  });

  test.each([
    ['no signature', {}, 403, 'MissingAuthenticationToken'],
    ['a word', { authorization: 'x' }, 403, 'MissingAuthenticationToken'],
    ['a bearer token', { authorization: 'Bearer x' }, 403, 'MissingAuthenticationToken'],
    [
      'a name and a made-up signature',
      {
        authorization:
          'AWS4-HMAC-SHA256 Credential=operator/20261123/us-east-1/kms/aws4_request, SignedHeaders=host, Signature=00',
      },
      403,
      'InvalidSignatureException',
    ],
  ])('refuses %s', async (_, headers, status, code) => {
    expect(await ask(headers as Record<string, string>)).toEqual([status, code]);
  });

  test.each([
    ['another digest', (body: string) => body.replace(/"Message":"A/, '"Message":"B'), {}],
    ['another operation', (body: string) => body, { 'x-amz-target': 'TrentService.GetPublicKey' }],
    ['an unsigned payload', (body: string) => body, { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }],
    ['one more header of AWS', (body: string) => body, { 'x-amz-security-token': 'x' }],
  ])('refuses %s under a good signature', async (_, change, more) => {
    const { headers, body } = await signed();
    const [status] = await ask({ ...headers, ...more }, change(body));
    expect([400, 403]).toContain(status);
  });

  test('refuses a signature of an hour ago, of another service, of another region', async () => {
    const longAgo = new Date(Date.now() - 3_600_000).toISOString().replace(/[:-]|\.\d{3}/g, '');
    for (const change of [{ datetime: longAgo }, { service: 'sqs' }, { region: 'eu-west-1' }]) {
      const { headers, body } = await signed(change);
      expect(await ask(headers, body)).toEqual([403, 'InvalidSignatureException']);
    }
  });
});

describe('S3', () => {
  const put = () => new PutObjectCommand({ Bucket: bucket(), Key: 'a b/ü+1.txt', Body: 'a picture' });
  const bucket = () => account.world.resource('Pictures', 'AWS::S3::Bucket').ref;

  test('takes what the SDK puts, under a key that must be escaped, and its presigned address', async () => {
    const s3 = new S3Client({ ...account.world.sdk('s3'), forcePathStyle: true });
    await s3.send(put());
    const url = await getSignedUrl(s3, new GetObjectCommand({ Bucket: bucket(), Key: 'a b/ü+1.txt' }));
    expect(await (await fetch(url)).text()).toBe('a picture');
    for (const changed of [
      url.replace('txt?', 'txT?'),
      `${url}&response-content-type=text/html`,
      url.replace(/X-Amz-Expires=\d+/, 'X-Amz-Expires=901'),
      url.replace(/X-Amz-Signature=../, 'X-Amz-Signature=zz'),
      `${url}&X-Amz-Signature=00`,
    ])
      expect((await fetch(changed)).status).toBe(403);
    s3.destroy();
  });

  test('refuses another secret', async () => {
    const { credentials, ...sdk } = account.world.sdk('s3');
    const wrong = { ...credentials, secretAccessKey: 'wrong' };
    const s3 = new S3Client({ ...sdk, credentials: wrong, forcePathStyle: true, maxAttempts: 1 });
    await expect(s3.send(put())).rejects.toMatchObject({ name: 'SignatureDoesNotMatch' });
    s3.destroy();
  });
});

test('an operation that every object has is none', async () => {
  const { endpoint, credentials, region } = account.world.sdk('dynamodb');
  const client = new AwsClient({ ...credentials, service: 'dynamodb', region, retries: 0 });
  const headers = {
    'x-amz-target': 'DynamoDB_20120810.constructor',
    'content-type': 'application/x-amz-json-1.0',
  };
  expect((await client.fetch(endpoint, { method: 'POST', headers, body: '{}' })).status).toBe(501);
  const dynamoDb = new DynamoDBClient(account.world.sdk('dynamodb'));
  expect((await dynamoDb.send(new ListTablesCommand())).TableNames).toEqual([]);
  dynamoDb.destroy();
});

/** The example of the S3 API reference, "Signature calculations: transferring payload in multiple chunks". */
describe('the chunks of AWS’s own example', () => {
  const secretAccessKey = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
  const verify = createVerifier({
    region: 'us-east-1',
    secretOf: (key) => (key === 'AKIAIOSFODNN7EXAMPLE' ? secretAccessKey : undefined),
    now: () => Date.UTC(2013, 4, 24, 0, 1),
  });
  const headers = {
    host: 's3.amazonaws.com',
    'x-amz-date': '20130524T000000Z',
    'x-amz-storage-class': 'REDUCED_REDUNDANCY',
    authorization:
      'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class,Signature=4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9',
    'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
    'content-encoding': 'aws-chunked',
    'x-amz-decoded-content-length': '66560',
    'content-length': '66824',
  };
  const chunks = [
    ['10000', 'ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648', 65_536],
    ['400', '0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497', 1024],
    ['0', 'b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9', 0],
  ] as const;
  const framed = (list: readonly (readonly [string, string, number])[], letter = 'a') =>
    list
      .map(
        ([size, signature, count]) => `${size};chunk-signature=${signature}\r\n${letter.repeat(count)}\r\n`,
      )
      .join('');
  const sent = (text: string, more = {}) =>
    verify('s3', {
      method: 'PUT',
      url: '/examplebucket/chunkObject.txt',
      headers: { ...headers, ...more },
      body: Buffer.from(text),
    });

  test('are taken as they are', async () => {
    expect(await sent(framed(chunks))).toMatchObject({ accessKeyId: 'AKIAIOSFODNN7EXAMPLE' });
  });

  test.each([
    ['another byte', framed(chunks, 'b')],
    ['the last chunk left out', framed(chunks.slice(0, 2))],
    ['one left out between', framed([chunks[0], chunks[2]])],
    ['a trailer that nobody announced', `${framed(chunks)}x-amz-checksum-crc32:AAAAAA==\r\n`],
    ['a body without chunks', 'a'.repeat(66_560)],
    ['nothing', ''],
  ])('are refused with %s', async (_, text) => {
    await expect(sent(text)).rejects.toMatchObject({ code: 'SignatureDoesNotMatch' });
  });

  test('are refused when the headers say that nothing was signed', async () => {
    const said = { 'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER' };
    await expect(sent(framed(chunks), said)).rejects.toMatchObject({ code: 'SignatureDoesNotMatch' });
  });
});
