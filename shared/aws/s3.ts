import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';

export interface PictureStore {
  /** Puts a picture under a key made of our own ids; the same bytes again change nothing. */
  put(key: string, bytes: Uint8Array, contentType: string, sha256Hex: string): Promise<void>;
  /** A URL that shows the picture to whoever has it, for so many seconds. */
  presign(key: string, seconds: number): Promise<string>;
}

export const picturesIn = (bucketName: string, client = new S3Client({})): PictureStore => ({
  async put(key, bytes, contentType, sha256Hex) {
    await client.send(
      new PutObjectCommand({
        Bucket: bucketName,
        Key: key,
        Body: bytes,
        ContentType: contentType,
        ContentDisposition: 'inline',
        CacheControl: 'private, max-age=31536000, immutable',
        ChecksumSHA256: Buffer.from(sha256Hex, 'hex').toString('base64'),
      }),
    );
  },
  presign: (key, seconds) =>
    getSignedUrl(client, new GetObjectCommand({ Bucket: bucketName, Key: key }), { expiresIn: seconds }),
});
