import { afterEach, describe, expect, test } from 'vitest';
import { createVerifier } from '../../../infra/local/aws/verify-signature.ts';
import { type HttpApi, listenHttp } from '../../../infra/local/world/listen-http.ts';
import { requestSigner } from '../../../shared/aws/sign-request.ts';

/** Who is taken for whom at the HTTP API of this machine, where it needs no key and where it needs one. */

const place = { region: 'us-east-1', accountId: '000000000000' };
const secrets: Readonly<Record<string, string>> = { operator: 'one', someone: 'two', Payer: 'three' };
let api: HttpApi;
afterEach(() => api.close());

async function open(key?: string): Promise<HttpApi> {
  api = await listenHttp(0);
  api.serve({
    routes: [{ routeKey: 'ANY /api/{proxy+}', functionArn: 'arn', requiresIam: true, apiId: 'api' }],
    place,
    verify: createVerifier({ region: place.region, secretOf: (name) => secrets[name] }),
    callerOf: (accessKeyId) =>
      ['operator', 'someone'].includes(accessKeyId)
        ? { accessKeyId, userId: accessKeyId, userArn: accessKeyId }
        : undefined,
    key,
    invoke: async (_arn, event) => ({
      ok: true,
      payload: (event as { requestContext: { authorizer: { iam: { userId: string } } } }).requestContext
        .authorizer.iam.userId,
    }),
  });
  return api;
}

/** The caller's name, or the status of a refusal. */
const asked = async (headers: Record<string, string> = {}): Promise<string | number> => {
  const response = await fetch(`${api.origin}/api/jobs`, { headers });
  return response.ok ? response.text() : response.status;
};
const signedBy = (accessKeyId: string, secretAccessKey: string) =>
  requestSigner(api.origin, { region: place.region, credentials: { accessKeyId, secretAccessKey } })({
    method: 'GET',
    url: new URL('/api/jobs', api.origin),
    headers: {},
  });

describe('without a key', () => {
  test('an unsigned request is the operator’s, one with a word that proves nothing is nobody’s', async () => {
    await open();
    expect(await asked()).toBe('operator');
    for (const authorization of ['x', 'Bearer x', 'AWS4-HMAC-SHA256 Credential=operator/x, Signature=00'])
      expect(await asked({ authorization })).toBe(403);
  });
});

describe.each([
  ['without a key', undefined],
  ['with a key', 'the-key'],
])('%s', (_, key) => {
  test('a signed request is its signer’s', async () => {
    await open(key);
    expect(await asked(await signedBy('someone', 'two'))).toBe('someone');
    expect(await asked(await signedBy('someone', 'one'))).toBe(403);
    // A function is no caller of the API, and its credentials are not the operator's.
    expect(await asked(await signedBy('Payer', 'three'))).toBe(403);
  });
});

test('with a key, an unsigned request is the operator’s with it alone', async () => {
  await open('the-key');
  expect(await asked({ authorization: 'Bearer the-key' })).toBe('operator');
  expect(await asked({ 'x-coinbooth-console': 'the-key' })).toBe('operator');
  for (const headers of [
    {},
    { authorization: 'x' },
    { authorization: 'Bearer the-ke' },
    { authorization: 'the-key' },
    { 'x-coinbooth-console': 'page' },
    { cookie: 'key=the-key' },
  ])
    expect(await asked(headers as Record<string, string>)).toBe(403);
});

test('a broken escape in the path is no defect', async () => {
  await open();
  expect((await fetch(`${api.origin}/api/%zz`)).status).toBe(200);
});
