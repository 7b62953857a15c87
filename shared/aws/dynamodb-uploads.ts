import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { readRow } from './dynamodb-table.ts';

/** A file that a caller said they would put into our bucket; rows of the ledger's table under `UPLOAD#`. */
const callerUploadSchema = z.strictObject({
  uploadId: z.uuid(),
  caller: z.string(),
  /** In the bucket of the pictures. */
  key: z.string(),
  contentType: z.string(),
  bytes: z.int().positive(),
  /** Unix seconds, when row and file may go. */
  expiresAt: z.int(),
});
export type CallerUpload = z.infer<typeof callerUploadSchema>;

export interface CallerUploads {
  put(upload: CallerUpload): Promise<void>;
  read(uploadId: string): Promise<CallerUpload | undefined>;
}

export const callerUploadsIn = (tableName: string, client = new DynamoDBClient({})): CallerUploads => ({
  async put(upload) {
    const Item = marshall({ pk: `UPLOAD#${upload.uploadId}`, sk: 'UPLOAD', ...upload });
    await client.send(new PutItemCommand({ TableName: tableName, Item }));
  },
  read: (uploadId) =>
    readRow({ client, tableName }, callerUploadSchema, { pk: `UPLOAD#${uploadId}`, sk: 'UPLOAD' }),
});
