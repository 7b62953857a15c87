import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';

export interface PictureStore {
  /** A URL that shows the picture to whoever has it, for so many seconds. */
  presign(key: string, seconds: number): Promise<string>;
}

export const picturesIn = (bucketName: string, client = new S3Client({})): PictureStore => ({
  presign: (key, seconds) =>
    getSignedUrl(client, new GetObjectCommand({ Bucket: bucketName, Key: key }), { expiresIn: seconds }),
});
