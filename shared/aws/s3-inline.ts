import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { inlineKey } from '../core/asset.ts';

/** Results that came inside a seller's answer, kept between the poll that read one and its delivery. */
export interface InlineResults {
  /** The latest one of a job is in the place of any before; the bucket forgets them after a day. */
  put(jobId: string, bytes: Uint8Array): Promise<void>;
}

export const inlineResultsIn = (bucketName: string, client = new S3Client({})): InlineResults => ({
  async put(jobId, bytes) {
    await client.send(
      new PutObjectCommand({
        Bucket: bucketName,
        Key: inlineKey(jobId),
        Body: bytes,
        ContentType: 'application/octet-stream',
        ContentDisposition: 'attachment',
      }),
    );
  },
});
