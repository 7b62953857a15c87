import { type AttributeValue, DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { startAccount } from './local-account.ts';

export type Ledger = {
  readonly db: DynamoDBClient;
  readonly TableName: string;
  get(pk: string): Promise<Record<string, AttributeValue> | undefined>;
  close(): Promise<void>;
};

/** The key of a row of the ledger. */
export const key = (pk: string) => ({ pk: { S: pk }, sk: { S: '-' } });

/** An account with one table as ours is: a partition and a sort key, a sparse index, a time to live. */
export async function startLedger(): Promise<Ledger> {
  const account = await startAccount({
    Ledger: {
      Type: 'AWS::DynamoDB::GlobalTable',
      Properties: {
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
        AttributeDefinitions: ['pk', 'sk', 'due', 'dueAt'].map((AttributeName) => ({
          AttributeName,
          AttributeType: AttributeName === 'dueAt' ? 'N' : 'S',
        })),
        BillingMode: 'PAY_PER_REQUEST',
        GlobalSecondaryIndexes: [
          {
            IndexName: 'due',
            KeySchema: [
              { AttributeName: 'due', KeyType: 'HASH' },
              { AttributeName: 'dueAt', KeyType: 'RANGE' },
            ],
            Projection: { ProjectionType: 'ALL' },
          },
        ],
        TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
        Replicas: [{ Region: { Ref: 'AWS::Region' } }],
      },
    },
  });
  const db = new DynamoDBClient(account.world.sdk('dynamodb'));
  const TableName = account.world.resource('Ledger').ref;
  return {
    db,
    TableName,
    async get(pk) {
      const answer = await db.send(new GetItemCommand({ TableName, Key: key(pk), ConsistentRead: true }));
      return answer.Item;
    },
    async close() {
      db.destroy();
      await account.close();
    },
  };
}
