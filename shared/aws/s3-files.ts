import { GetObjectCommand, NoSuchKey, S3Client, S3ServiceException } from '@aws-sdk/client-s3';

export interface FileStore {
  /** Reads a whole object, unless it is longer than `longestBytes` or not there for us. */
  read(
    bucket: string,
    key: string,
    longestBytes: number,
  ): Promise<{ bytes: Uint8Array } | { missing: true } | { tooLong: number }>;
}

/** Objects that requests name as their media, of whatever bucket our role may read. */
export const filesIn = (client = new S3Client({})): FileStore => ({
  async read(bucket, key, longestBytes) {
    try {
      const { Body, ContentLength = 0 } = await client.send(
        // One byte more than is allowed tells that there are more.
        new GetObjectCommand({ Bucket: bucket, Key: key, Range: `bytes=0-${longestBytes}` }),
      );
      const bytes = await Body?.transformToByteArray();
      if (ContentLength > longestBytes) return { tooLong: longestBytes };
      return bytes === undefined ? { missing: true } : { bytes };
    } catch (error) {
      if (isMissing(error)) return { missing: true };
      throw error;
    }
  },
});

/** To a role that may not list a bucket, a missing object looks like a forbidden one; an empty one has no range. */
const isMissing = (error: unknown): boolean =>
  error instanceof NoSuchKey ||
  (error instanceof S3ServiceException &&
    [403, 404, 416].includes(error.$metadata.httpStatusCode ?? 0) &&
    error.name !== 'ExpiredToken');
