import type { Readable } from 'node:stream';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';

/** Where results are kept. The same bytes under the same key change nothing. */
export interface AssetStore {
  /** Puts a file as it is, streamed: its length and its SHA-256 are known, and S3 holds the bytes to both. */
  putFile(
    key: string,
    file: { readonly bytes: number; readonly sha256: string; stream(): Readable },
    contentType: string,
    metadata: Readonly<Record<string, string>>,
  ): Promise<void>;
  putJson(key: string, text: string): Promise<void>;
}

export const assetsIn = (bucketName: string, client = new S3Client({})): AssetStore => ({
  async putFile(key, { bytes, sha256, stream }, contentType, metadata) {
    const body = stream();
    try {
      await client.send(
        new PutObjectCommand({
          Bucket: bucketName,
          Key: key,
          Body: body,
          ContentLength: bytes,
          ContentType: contentType,
          ContentDisposition: 'inline',
          CacheControl: 'private, max-age=31536000, immutable',
          ChecksumSHA256: Buffer.from(sha256, 'hex').toString('base64'),
          Metadata: { ...metadata },
        }),
      );
    } finally {
      body.destroy();
    }
  },
  async putJson(key, text) {
    await client.send(
      new PutObjectCommand({ Bucket: bucketName, Key: key, Body: text, ContentType: 'application/json' }),
    );
  },
});
