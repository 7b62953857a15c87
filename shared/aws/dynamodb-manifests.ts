import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { type Manifest, manifestSchema } from '../core/manifest.ts';
import { dueIndex } from './dynamodb-indexes.ts';
import { readRow } from './dynamodb-table.ts';

/**
 * Manifests in the ledger's table, under `MANIFEST#`. They are in the index of what is due under a partition of their
 * own, so that who looks for overdue jobs does not meet them.
 */
const partition = 'manifest';
const prefix = 'MANIFEST#';

export interface Manifests {
  read(manifestId: string): Promise<Manifest | undefined>;
  /**
   * Writes a manifest over the version before it; version 1 is the first.
   * @returns `conflict` when somebody else wrote first: nothing was written
   */
  write(after: Manifest): Promise<'written' | 'conflict'>;
  /** Ids of unfinished manifests that were due before `now`, oldest first. */
  overdue(now: number, most: number): Promise<readonly string[]>;
}

const keyOf = (manifestId: string) => ({ pk: `${prefix}${manifestId}`, sk: 'MANIFEST' });

export const manifestsIn = (tableName: string, client = new DynamoDBClient({})): Manifests => ({
  read: (manifestId) => readRow({ client, tableName }, manifestSchema, keyOf(manifestId)),

  async write(after) {
    const isFirst = after.version === 1;
    const item = {
      ...keyOf(after.manifestId),
      ...after,
      ...(after.dueAt !== undefined && { due: partition }),
    };
    try {
      await client.send(
        new PutItemCommand({
          TableName: tableName,
          Item: marshall(item, { removeUndefinedValues: true }),
          ...(isFirst
            ? { ConditionExpression: 'attribute_not_exists(pk)' }
            : {
                ConditionExpression: 'version = :before',
                ExpressionAttributeValues: marshall({ ':before': after.version - 1 }),
              }),
        }),
      );
      return 'written';
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return 'conflict';
      throw error;
    }
  },

  async overdue(now, most) {
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName: tableName,
        IndexName: dueIndex.name,
        KeyConditionExpression: 'due = :due AND dueAt <= :now',
        ExpressionAttributeValues: marshall({ ':due': partition, ':now': now }),
        Limit: most,
      }),
    );
    return Items.map((item) => String(unmarshall(item).pk).slice(prefix.length));
  },
});
