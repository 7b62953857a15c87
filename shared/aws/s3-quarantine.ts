import { Readable } from 'node:stream';
import { CopyObjectCommand, GetObjectCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import { quarantinePrefix } from '../core/refused-result.ts';

/** What lies in quarantine, for an operator with credentials of their own: no function may read it. */
export interface QuarantineStore {
  list(): Promise<readonly { readonly key: string; readonly bytes: number }[]>;
  /** The bytes as a stream; undefined when nothing lies there. */
  read(key: string): Promise<Readable | undefined>;
  /** Puts a copy where callers can be given an address of it: a download, whatever its bytes are. */
  copyOut(key: string, to: string): Promise<void>;
}

export const quarantineIn = (bucket: string, client = new S3Client({})): QuarantineStore => ({
  async list() {
    const found: { key: string; bytes: number }[] = [];
    const pages = paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: quarantinePrefix });
    for await (const { Contents = [] } of pages)
      for (const { Key, Size = 0 } of Contents) if (Key !== undefined) found.push({ key: Key, bytes: Size });
    return found;
  },
  async read(key) {
    try {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      return Body instanceof Readable ? Body : undefined;
    } catch (error) {
      if ((error as Error).name === 'NoSuchKey') return undefined;
      throw error;
    }
  },
  async copyOut(key, to) {
    await client.send(
      new CopyObjectCommand({
        Bucket: bucket,
        Key: to,
        CopySource: `${bucket}/${key}`,
        MetadataDirective: 'REPLACE',
        ContentType: 'application/octet-stream',
        ContentDisposition: 'attachment',
        CacheControl: 'private, max-age=31536000, immutable',
      }),
    );
  },
});
