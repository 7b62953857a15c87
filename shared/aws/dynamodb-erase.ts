import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBClient,
  paginateScan,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { RowKey } from './dynamodb-table.ts';

/** What the table holds of one caller, by kind. The books name callers too, and are not among it. */
export interface CallerRows {
  readonly jobIds: readonly string[];
  readonly uploadIds: readonly string[];
  readonly manifestIds: readonly string[];
}

/** Finding and erasing one caller's rows, for an operator: it reads the whole table. */
export interface Eraser {
  find(caller: string): Promise<CallerRows>;
  removeUpload(uploadId: string): Promise<void>;
  /** Has a finished manifest be of somebody else. @returns false while it is running */
  disownManifest(manifestId: string, caller: string): Promise<boolean>;
}

const kinds = { jobIds: 'JOB#', uploadIds: 'UPLOAD#', manifestIds: 'MANIFEST#' } as const;
const upload = (id: string): RowKey => ({ pk: `${kinds.uploadIds}${id}`, sk: 'UPLOAD' });
const manifest = (id: string): RowKey => ({ pk: `${kinds.manifestIds}${id}`, sk: 'MANIFEST' });

export const eraserIn = (tableName: string, client = new DynamoDBClient({})): Eraser => ({
  async find(caller) {
    const pages = paginateScan(
      { client },
      {
        TableName: tableName,
        ProjectionExpression: 'pk',
        // An upload names the caller whose job bought it.
        FilterExpression: 'caller = :caller OR forCaller = :caller',
        ExpressionAttributeValues: marshall({ ':caller': caller }),
      },
    );
    const keys: string[] = [];
    for await (const { Items = [] } of pages) keys.push(...Items.map((item) => String(unmarshall(item).pk)));
    const of = (prefix: string): string[] =>
      keys.filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
    return { jobIds: of(kinds.jobIds), uploadIds: of(kinds.uploadIds), manifestIds: of(kinds.manifestIds) };
  },
  async removeUpload(uploadId) {
    await client.send(new DeleteItemCommand({ TableName: tableName, Key: marshall(upload(uploadId)) }));
  },
  async disownManifest(manifestId, caller) {
    try {
      await client.send(
        new UpdateItemCommand({
          TableName: tableName,
          Key: marshall(manifest(manifestId)),
          UpdateExpression: 'SET caller = :caller',
          ConditionExpression: '#status = :finished',
          ExpressionAttributeNames: { '#status': 'status' },
          ExpressionAttributeValues: marshall({ ':caller': caller, ':finished': 'finished' }),
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  },
});
