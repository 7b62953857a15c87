import { AwsV4Signer } from 'aws4fetch';
import { afterEach, expect, test, vi } from 'vitest';
import { requestSigner } from '../../shared/aws/sign-request.ts';

/** Signatures, held against a signer that somebody else wrote. */

const credentials = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret', sessionToken: 'session' };
const origin = 'https://abc123.execute-api.eu-west-1.amazonaws.com';
afterEach(() => void vi.useRealTimers());

test.each([
  ['GET', '/api/jobs?status=complete&cursor=a%2Fb%3D&model=flux-2-pro%2Fgenerate', undefined],
  ['GET', '/api/jobs/9f5c0c58-2f0e-4c55-9b46-5a3f6d2f7a01', undefined],
  ['POST', '/api/generate/flux-2-pro/generate', '{"prompt":"a kite, é"}'],
])('%s %s', async (method, path, body) => {
  vi.useFakeTimers({ now: Date.parse('2026-11-25T03:04:05Z') });
  const url = new URL(path, origin);
  const headers = { ...(body && { 'content-type': 'application/json' }), prefer: 'wait=20' };
  const ours = await requestSigner(origin, { credentials })({ method, url, headers, ...(body && { body }) });
  const theirs = await new AwsV4Signer({
    ...credentials,
    method,
    url: url.href,
    ...(body && { body }),
    headers: { ...headers, 'x-amz-content-sha256': ours['x-amz-content-sha256'] ?? '' },
    allHeaders: true,
    service: 'execute-api',
    region: 'eu-west-1',
    datetime: '20261125T030405Z',
  }).sign();
  expect(ours.authorization).toContain('/20261125/eu-west-1/execute-api/aws4_request');
  expect(theirs.headers.get('authorization')).toBe(ours.authorization);
});

test('a region must be known, and somebody signed in', async () => {
  expect(() => requestSigner('https://api.example.com')).toThrow('set AWS_REGION');
  const nobody = requestSigner('https://api.example.com', {
    region: 'eu-west-1',
    credentials: () => Promise.reject(new Error('no profile')),
  });
  await expect(nobody({ method: 'GET', url: new URL(origin), headers: {} })).rejects.toThrow(
    'Nobody is signed in to AWS: no profile',
  );
});
