import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { AwsError } from './aws-error.ts';

/** Every access key of the local world has this secret: it protects nothing but the integrity of a presigned URL. */
export const LOCAL_SECRET_ACCESS_KEY = 'local-world-secret-access-key';

const MAX_EXPIRES_SECONDS = 604_800;

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

/** `20261123T194001Z` as milliseconds since 1970; NaN when it is not that. */
function instantOf(amzDate: string): number {
  return Date.parse(amzDate.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}

function signatureOf(method: string, url: string, headers: IncomingHttpHeaders): string {
  const [path = '', rawQuery = ''] = url.split('?');
  const query = new URLSearchParams(rawQuery);
  const pairs = rawQuery.split('&').filter((pair) => pair !== '' && !pair.startsWith('X-Amz-Signature='));
  const canonicalQuery = pairs
    .map((pair) => (pair.includes('=') ? pair : `${pair}=`))
    .sort()
    .join('&');
  const signedHeaders = query.get('X-Amz-SignedHeaders') ?? '';
  const canonicalHeaders = signedHeaders
    .split(';')
    .map((name) => `${name}:${String(headers[name] ?? '').trim()}\n`)
    .join('');
  const canonical = [method, path, canonicalQuery, canonicalHeaders, signedHeaders, 'UNSIGNED-PAYLOAD'].join(
    '\n',
  );
  const [, day = '', region = '', service = ''] = (query.get('X-Amz-Credential') ?? '').split('/');
  const scope = `${day}/${region}/${service}/aws4_request`;
  const digest = createHash('sha256').update(canonical).digest('hex');
  const toSign = ['AWS4-HMAC-SHA256', query.get('X-Amz-Date'), scope, digest].join('\n');
  const dayKey = hmac(`AWS4${LOCAL_SECRET_ACCESS_KEY}`, day);
  return hmac(hmac(hmac(hmac(dayKey, region), service), 'aws4_request'), toSign).toString('hex');
}

/** What S3 acts upon must be signed: with `x-amz-copy-source` beside it, a signed put would become a copy. */
function checkUnsigned(query: URLSearchParams, headers: IncomingHttpHeaders): void {
  const signed = (query.get('X-Amz-SignedHeaders') ?? '').split(';');
  const unsigned = Object.keys(headers).filter((name) => name.startsWith('x-amz-') && !signed.includes(name));
  if (unsigned.length === 0) return;
  throw new AwsError(
    'AccessDenied',
    `There were headers present in the request which were not signed: ${unsigned.join(', ')}`,
    403,
  );
}

/**
 * Checks a presigned URL as S3 does: its age against `X-Amz-Expires`, then its signature over method, path, query and
 * signed headers, and that no header that S3 acts upon came beside those. Throws `AccessDenied` (403) when it has expired
 * or says more than was signed, `SignatureDoesNotMatch` (403) when it was changed. A URL without `X-Amz-Signature` is
 * none of its business.
 */
export function checkPresignedUrl(method: string, url: string, headers: IncomingHttpHeaders): void {
  const query = new URLSearchParams(url.split('?')[1] ?? '');
  const given = query.get('X-Amz-Signature');
  if (given === null) return;
  const signedAt = instantOf(query.get('X-Amz-Date') ?? '');
  const expiresSeconds = Number(query.get('X-Amz-Expires'));
  if (Number.isNaN(signedAt) || !(expiresSeconds >= 1 && expiresSeconds <= MAX_EXPIRES_SECONDS)) {
    throw new AwsError(
      'AuthorizationQueryParametersError',
      'X-Amz-Expires must be between 1 and 604800 seconds',
    );
  }
  if (Date.now() > signedAt + expiresSeconds * 1000) {
    throw new AwsError('AccessDenied', 'Request has expired', 403);
  }
  checkUnsigned(query, headers);
  const expected = signatureOf(method, url, headers);
  if (given.length !== expected.length || !timingSafeEqual(Buffer.from(given), Buffer.from(expected))) {
    throw new AwsError(
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided.',
      403,
    );
  }
}
