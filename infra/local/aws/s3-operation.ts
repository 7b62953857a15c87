import type { IncomingHttpHeaders } from 'node:http';
import { notEmulated } from './aws-error.ts';

const QUERY_NAMES = [
  'attributes',
  'continuation-token',
  'delete',
  'delimiter',
  'encoding-type',
  'fetch-owner',
  'list-type',
  'marker',
  'max-keys',
  'partNumber',
  'prefix',
  'start-after',
  'uploadId',
  'uploads',
  'x-id',
];

/** Request headers that change what S3 does and that fauxqs would drop, with the one value that changes nothing. */
const HEADERS: Record<string, string | undefined> = {
  'x-amz-acl': 'private',
  'x-amz-grant-full-control': undefined,
  'x-amz-grant-read': undefined,
  'x-amz-object-lock-legal-hold': undefined,
  'x-amz-object-lock-mode': undefined,
  'x-amz-server-side-encryption': 'AES256',
  'x-amz-server-side-encryption-customer-algorithm': undefined,
  'x-amz-storage-class': 'STANDARD',
  'x-amz-tagging': undefined,
  'x-amz-website-redirect-location': undefined,
  'x-amz-write-offset-bytes': undefined,
  'x-amz-copy-source-if-match': undefined,
  'x-amz-copy-source-if-none-match': undefined,
};

export type S3Request = {
  readonly method: string;
  readonly bucket: string;
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
};

function bucketOperation(method: string, query: URLSearchParams): string | undefined {
  if (method === 'GET') return query.get('list-type') === '2' ? 'ListObjectsV2' : 'ListObjects';
  if (method === 'HEAD') return 'HeadBucket';
  if (method === 'POST' && query.has('delete')) return 'DeleteObjects';
  return undefined;
}

function objectOperation(request: S3Request): string | undefined {
  const { method, query, headers } = request;
  const upload = query.has('uploadId');
  switch (method) {
    case 'GET':
      return query.has('attributes') ? 'GetObjectAttributes' : upload ? undefined : 'GetObject';
    case 'HEAD':
      return 'HeadObject';
    case 'DELETE':
      return upload ? 'AbortMultipartUpload' : 'DeleteObject';
    case 'POST':
      return query.has('uploads') ? 'CreateMultipartUpload' : upload ? 'CompleteMultipartUpload' : undefined;
    case 'PUT':
      if (headers['x-amz-copy-source'] !== undefined) return upload ? undefined : 'CopyObject';
      return upload ? 'UploadPart' : 'PutObject';
  }
  return undefined;
}

/**
 * Names the S3 operation of a path-style request.
 *
 * Refuses what fauxqs would answer with 200 without doing it: sub-resources (notification, versioning, policy, tagging,
 * …), making and deleting buckets (the template does that), ACLs, tags, object locks, KMS encryption, versions.
 */
export function nameS3Operation(request: S3Request): string {
  const { method, key, query, headers } = request;
  for (const name of query.keys()) {
    const signing = /^x-amz-/i.test(name);
    const override = name.startsWith('response-') && key !== '';
    if (!signing && !override && !QUERY_NAMES.includes(name)) throw notEmulated(`S3 ${method} with ?${name}`);
  }
  for (const [name, harmless] of Object.entries(HEADERS)) {
    const value = headers[name];
    if (value !== undefined && value !== harmless)
      throw notEmulated(`S3 ${method} with ${name}: ${String(value)}`);
  }
  if (key.split('/').some((part) => part === '..' || part === '.'))
    throw notEmulated('an S3 key with dot segments');
  const operation = key === '' ? bucketOperation(method, query) : objectOperation(request);
  if (operation === undefined) throw notEmulated(`S3 ${method} on ${key === '' ? 'a bucket' : 'an object'}`);
  return operation;
}
