import type { IncomingHttpHeaders } from 'node:http';
import { AwsError } from './aws-error.ts';

export type Signer = { readonly accessKeyId: string; readonly sessionToken: string | undefined };

function firstOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

/**
 * Reads who signed a request from its SigV4 `Authorization` header or, for a presigned URL, its `X-Amz-Credential`.
 *
 * The signature itself is not recomputed: on loopback the access key id names the caller, it does not prove it.
 * Throws `MissingAuthenticationToken` (403) for an unsigned request, as AWS does.
 */
export function signerOf(headers: IncomingHttpHeaders, query: URLSearchParams): Signer {
  const header = headers.authorization ?? '';
  const fromHeader = /^AWS4-HMAC-SHA256 .*Credential=([^/,\s]+)\//.exec(header)?.[1];
  if (fromHeader !== undefined) {
    return { accessKeyId: fromHeader, sessionToken: firstOf(headers['x-amz-security-token']) };
  }
  const credential = query.get('X-Amz-Credential');
  const fromQuery = credential?.split('/')[0];
  if (fromQuery !== undefined && fromQuery !== '') {
    return { accessKeyId: fromQuery, sessionToken: query.get('X-Amz-Security-Token') ?? undefined };
  }
  throw new AwsError('MissingAuthenticationToken', 'Missing Authentication Token', 403);
}
