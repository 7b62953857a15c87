import { GetObjectCommand, PutObjectCommand, S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { type LineResult, manifestKeys, type Plan, planSchema, type Refusal } from '../contracts/manifest.ts';
import { CoinboothError } from '../core/errors.ts';

export type Dropped =
  | { readonly bytes: Uint8Array; readonly etag: string }
  | { readonly tooLong: number; readonly etag: string }
  /** Not there, or not for us: without the right to list, S3 does not tell which. */
  | { readonly missing: true };

export interface Inbox {
  /** Reads a whole object, unless it is longer than `longestBytes`: then nothing of it. */
  read(key: string, longestBytes: number): Promise<Dropped>;
  /** Drops a manifest, as a caller would. */
  drop(key: string, bytes: Uint8Array): Promise<void>;
}

const unquoted = (etag = ''): string => etag.replaceAll('"', '');

/** The bucket that manifests are dropped into. */
export const inboxIn = (bucketName: string, settings: InboxSettings = {}): Inbox => {
  const client = new S3Client(settings);
  return {
    async read(key, longestBytes) {
      try {
        const {
          Body,
          ContentLength = 0,
          ETag,
        } = await client.send(new GetObjectCommand({ Bucket: bucketName, Key: key }));
        const etag = unquoted(ETag);
        if (ContentLength <= longestBytes)
          return { bytes: (await Body?.transformToByteArray()) ?? new Uint8Array(), etag };
        if (Body && 'destroy' in Body) Body.destroy();
        return { tooLong: ContentLength, etag };
      } catch (error) {
        if (isRefused(error, 403, 404)) return { missing: true };
        throw error;
      }
    },
    async drop(key, bytes) {
      await client.send(new PutObjectCommand({ Bucket: bucketName, Key: key, Body: bytes }));
    },
  };
};

/** Where the bucket is and who asks, when it is not the function itself. */
type InboxSettings = ConstructorParameters<typeof S3Client>[0];

export interface ManifestFiles {
  /** Puts a plan where there is none yet. @returns the plan that is there now: of two at once, the first */
  keepPlan(plan: Plan): Promise<Plan>;
  readPlan(manifestId: string): Promise<Plan | undefined>;
  putLine(manifestId: string, result: LineResult): Promise<void>;
  /** Both forms of the whole: one JSON value a line, and a table. */
  putResults(manifestId: string, lines: string, table: string): Promise<void>;
  putRefusal(manifestId: string, refusal: Refusal & { readonly lines: Plan['bad'] }): Promise<void>;
}

/** A manifest's events come in batches to the same few sandboxes; its plan may be megabytes, and never changes. */
const plansKept = 4;

/** Plans and results, in the bucket of the pictures. */
export const manifestFilesIn = (bucketName: string, client = new S3Client({})): ManifestFiles => {
  const kept = new Map<string, Plan>();
  const put = (Key: string, Body: string, ContentType: string, more: { IfNoneMatch?: '*' } = {}) =>
    client.send(new PutObjectCommand({ Bucket: bucketName, Key, Body, ContentType, ...more }));
  const putJson = (key: string, value: unknown) => put(key, JSON.stringify(value), 'application/json');

  const files: ManifestFiles = {
    async keepPlan(plan) {
      const { manifestId } = plan;
      try {
        const body = JSON.stringify(plan);
        await put(manifestKeys.plan(manifestId), body, 'application/json', { IfNoneMatch: '*' });
        return plan;
      } catch (error) {
        // 409: another put of the same key is under way.
        if (!isRefused(error, 412, 409)) throw error;
        const there = await files.readPlan(manifestId);
        if (!there)
          throw new CoinboothError('Defect', `The plan of manifest ${manifestId} is being written.`);
        return there;
      }
    },
    async readPlan(manifestId) {
      const known = kept.get(manifestId);
      if (known) return known;
      try {
        const { Body } = await client.send(
          new GetObjectCommand({ Bucket: bucketName, Key: manifestKeys.plan(manifestId) }),
        );
        const plan = planSchema.parse(JSON.parse((await Body?.transformToString()) ?? ''));
        kept.set(manifestId, plan);
        const [oldest] = kept.keys();
        if (kept.size > plansKept && oldest !== undefined) kept.delete(oldest);
        return plan;
      } catch (error) {
        if (isRefused(error, 403, 404)) return undefined;
        throw error;
      }
    },
    async putLine(manifestId, result) {
      await putJson(manifestKeys.line(manifestId, result.line), result);
    },
    async putResults(manifestId, lines, table) {
      await put(manifestKeys.table(manifestId), table, 'text/csv; charset=utf-8');
      await put(manifestKeys.results(manifestId), lines, 'application/x-ndjson');
    },
    async putRefusal(manifestId, refusal) {
      await putJson(manifestKeys.refusal(manifestId), refusal);
    },
  };
  return files;
};

const isRefused = (error: unknown, ...statuses: number[]): boolean =>
  error instanceof S3ServiceException &&
  statuses.includes(error.$metadata.httpStatusCode ?? 0) &&
  error.name !== 'ExpiredToken';
