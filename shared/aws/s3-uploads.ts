import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';

export interface UploadAddresses {
  /**
   * An address under which exactly one file can be put, once, for so many seconds: its key, type and length are
   * signed, and what is there already is never written over.
   * @returns the address, and the headers that must come with the file
   */
  presignPut(
    key: string,
    file: { readonly contentType: string; readonly bytes: number },
    seconds: number,
  ): Promise<{ url: string; headers: Record<string, string> }>;
}

/** A checksum that the SDK adds by itself would be that of the empty body it signs, and no file would pass. */
const presigner = () => new S3Client({ requestChecksumCalculation: 'WHEN_REQUIRED' });

export const uploadAddressesIn = (bucketName: string, client = presigner()): UploadAddresses => ({
  async presignPut(key, { contentType, bytes }, seconds) {
    const headers = {
      'content-type': contentType,
      'content-length': String(bytes),
      'if-none-match': '*',
    };
    const url = await getSignedUrl(
      client,
      new PutObjectCommand({
        Bucket: bucketName,
        Key: key,
        ContentType: contentType,
        ContentLength: bytes,
        IfNoneMatch: '*',
      }),
      { expiresIn: seconds, signableHeaders: new Set(['host', ...Object.keys(headers)]) },
    );
    return { url, headers };
  },
});
