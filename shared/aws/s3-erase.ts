import {
  DeleteObjectCommand,
  paginateListObjectsV2,
  S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';

/** A client for somebody who is not a Lambda. */
export const s3With = (settings: S3ClientConfig): S3Client => new S3Client(settings);

/** Removing objects of a bucket, for an operator. */
export interface Objects {
  /** @returns how many there were */
  removeAll(bucket: string, prefix: string): Promise<number>;
  remove(bucket: string, key: string): Promise<void>;
}

export const objectsBy = (client = new S3Client({})): Objects => {
  const remove = async (bucket: string, key: string): Promise<void> => {
    await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
  };
  return {
    remove,
    async removeAll(bucket, prefix) {
      let removed = 0;
      for await (const { Contents = [] } of paginateListObjectsV2(
        { client },
        { Bucket: bucket, Prefix: prefix },
      ))
        for (const { Key } of Contents) {
          if (Key === undefined) continue;
          await remove(bucket, Key);
          removed += 1;
        }
      return removed;
    },
  };
};
