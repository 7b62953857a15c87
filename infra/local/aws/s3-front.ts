import { AwsError } from './aws-error.ts';
import type { Place } from './call.ts';
import type { FauxqsEngine } from './fauxqs-engine.ts';
import { accessDenied, type Gate, type Pass } from './gate.ts';
import { isAllowed } from './iam-policy.ts';
import { verifyChecksums } from './s3-checksums.ts';
import { notify, type QueueNotification } from './s3-notifications.ts';
import { nameS3Operation } from './s3-operation.ts';
import { checkPreconditions, createKeyLocks } from './s3-preconditions.ts';
import type { WireRequest } from './signature.ts';

type S3Pass = Pass & { readonly bucket: string; readonly key: string; release(): void };

export type S3Front = {
  /** Everything that S3 checks before it acts. The pass holds the key's lock until it is released. */
  before(request: WireRequest): Promise<S3Pass>;
  /** Taps and notifications after a success. */
  after(pass: S3Pass): Promise<void>;
  /** Response headers that a GET's `response-*` parameters ask for. */
  overrides(url: string): Record<string, string>;
};

const WRITES = ['PutObject', 'CopyObject', 'CompleteMultipartUpload', 'DeleteObject'];
const CHECKED = ['PutObject', 'UploadPart'];

function inputOf(request: WireRequest, bucket: string, key: string): Record<string, unknown> {
  const named = {
    IfNoneMatch: 'if-none-match',
    IfMatch: 'if-match',
    CopySource: 'x-amz-copy-source',
    Range: 'range',
  };
  const present = Object.entries(named)
    .map(([name, header]) => [name, request.headers[header]])
    .filter(([, value]) => value !== undefined);
  return { Bucket: bucket, ...(key === '' ? {} : { Key: key }), ...Object.fromEntries(present) };
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new AwsError('InvalidURI', "Couldn't parse the specified URI.");
  }
}

/** What S3 does and fauxqs does not: preconditions, checksums, expiry, permissions, notifications. */
export function createS3Front(
  engine: FauxqsEngine,
  gate: Gate,
  place: Place,
  notifications: readonly QueueNotification[],
): S3Front {
  const lock = createKeyLocks();

  function etagOf(bucket: string, key: string): string | undefined {
    try {
      return engine.buckets.headObject(bucket, key).etag;
    } catch {
      return undefined;
    }
  }

  /** Without s3:ListBucket a missing object is a 403: the service does not tell who may not list. */
  function hideMissing(pass: Pass, bucket: string, key: string): void {
    const { statements } = pass.identity;
    if (!/^(Get|Head)Object/.test(pass.call.operation) || statements === 'all') return;
    if (etagOf(bucket, key) !== undefined) return;
    const permission = { action: 's3:ListBucket', resource: `arn:aws:s3:::${bucket}`, context: {} };
    if (!isAllowed(statements, permission)) throw accessDenied(pass.identity, permission);
  }

  function verifyBody(request: WireRequest): void {
    const { body } = request;
    const chunked = String(request.headers['content-encoding'] ?? '').includes('aws-chunked');
    const decoded = chunked ? engine.decodeAwsChunked(body) : { body, trailers: {} };
    verifyChecksums(decoded.body, request.headers, decoded.trailers);
  }

  return {
    async before(request) {
      const [path = '', rawQuery = ''] = request.url.split('?');
      const [bucket = '', ...rest] = path.slice(1).split('/').map(decoded);
      const key = rest.join('/');
      const query = new URLSearchParams(rawQuery);
      const operation = nameS3Operation({
        method: request.method,
        bucket,
        key,
        query,
        headers: request.headers,
      });
      const pass = await gate.admit(request, {
        service: 's3',
        operation,
        input: inputOf(request, bucket, key),
      });
      if (!engine.buckets.hasBucket(bucket)) {
        throw new AwsError('NoSuchBucket', 'The specified bucket does not exist', 404);
      }
      hideMissing(pass, bucket, key);
      if (CHECKED.includes(operation)) verifyBody(request);
      const release = WRITES.includes(operation) ? await lock(`${bucket}/${key}`) : () => {};
      try {
        if (WRITES.includes(operation)) checkPreconditions(request.headers, etagOf(bucket, key));
      } catch (error) {
        release();
        throw error;
      }
      return { ...pass, bucket, key, release };
    },
    async after(pass) {
      const { bucket, key, identity } = pass;
      const etag = etagOf(bucket, key) ?? '';
      const size = etag === '' ? 0 : engine.buckets.headObject(bucket, key).contentLength;
      notify(notifications, { operation: pass.call.operation, bucket, key, size, etag, identity }, place);
      await gate.settle(pass);
    },
    overrides(url) {
      const query = new URLSearchParams(url.split('?')[1] ?? '');
      const pairs = [...query].filter(([name]) => name.startsWith('response-'));
      return Object.fromEntries(pairs.map(([name, value]) => [name.replace('response-', ''), value]));
    },
  };
}
