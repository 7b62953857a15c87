import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { PutObjectCommand, type PutObjectCommandInput, S3Client } from '@aws-sdk/client-s3';

/** Where results are kept. The same bytes under the same key change nothing. */
export interface AssetStore {
  /** Puts a file as it is, streamed: its length and its SHA-256 are known, and S3 holds the bytes to both. */
  putFile(
    key: string,
    file: { readonly bytes: number; readonly sha256: string; stream(): Readable },
    contentType: string,
    metadata: Readonly<Record<string, string>>,
    disposition?: 'inline' | 'attachment',
  ): Promise<void>;
  putJson(key: string, text: string): Promise<void>;
}

/** The SDK sends a stream once only: it cannot know that ours begins anew. */
const mostTries = 3;
const pauseMilliseconds = 300;

export const assetsIn = (bucketName: string, client = new S3Client({})): AssetStore => ({
  async putFile(key, { bytes, sha256, stream }, contentType, metadata, disposition = 'inline') {
    const put = {
      Bucket: bucketName,
      Key: key,
      ContentLength: bytes,
      ContentType: contentType,
      ContentDisposition: disposition,
      CacheControl: 'private, max-age=31536000, immutable',
      ChecksumSHA256: Buffer.from(sha256, 'hex').toString('base64'),
      Metadata: { ...metadata },
    };
    for (let tries = 1; ; tries += 1) {
      try {
        return await putStream(client, put, stream());
      } catch (error) {
        if (tries === mostTries || !isPassing(error)) throw error;
        await sleep(pauseMilliseconds * tries);
      }
    }
  },
  async putJson(key, text) {
    await client.send(
      new PutObjectCommand({ Bucket: bucketName, Key: key, Body: text, ContentType: 'application/json' }),
    );
  },
});

/** A stream that breaks would leave the SDK waiting for the rest of it. */
async function putStream(client: S3Client, put: PutObjectCommandInput, body: Readable): Promise<void> {
  const abort = new AbortController();
  let broken: Error | undefined;
  body.on('error', (error) => {
    broken = error;
    abort.abort();
  });
  try {
    await client.send(new PutObjectCommand({ ...put, Body: body }), { abortSignal: abort.signal });
  } catch (error) {
    throw broken ?? error;
  } finally {
    body.destroy();
  }
}

/** A server that is busy or gone for a moment, as far as the answer tells. */
const isPassing = (error: unknown): boolean => {
  const { $metadata } = error as { $metadata?: { httpStatusCode?: number } };
  return $metadata !== undefined && ($metadata.httpStatusCode ?? 500) >= 500;
};
