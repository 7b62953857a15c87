import { CreateTableCommand, DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createDynamoDb } from '../../../../infra/local/aws/dynamodb.ts';
import { type Ledger, ledgerIn } from '../../../../shared/aws/dynamodb.ts';
import { type ChainLedger, chainLedgerIn } from '../../../../shared/aws/dynamodb-chain.ts';
import { type Control, controlIn } from '../../../../shared/aws/dynamodb-control.ts';
import { type Headers, headersIn } from '../../../../shared/aws/dynamodb-headers.ts';
import { callerIndex, dueIndex, requestIndex } from '../../../../shared/aws/dynamodb-indexes.ts';
import { memoryLedger } from '../../../functions/memory-ledger.ts';
import { inProcessClient } from './in-process.ts';

/** Whatever calls itself the ledger, with what lies beside it in the same table. */
export interface Store {
  readonly name: string;
  readonly ledger: Ledger;
  readonly control: Control;
  readonly chainLedger: ChainLedger;
  readonly headers: Headers;
  close(): Promise<void>;
}

const attribute = (AttributeName: string, AttributeType: 'S' | 'N') => ({ AttributeName, AttributeType });
const keys = (hash: string, range: string) => [
  { AttributeName: hash, KeyType: 'HASH' as const },
  { AttributeName: range, KeyType: 'RANGE' as const },
];
const indexes = [dueIndex, callerIndex, requestIndex];

/** The tables as infra/cloud/keep.ts declares them. */
const definition = (TableName: string) => ({
  TableName,
  KeySchema: keys('pk', 'sk'),
  AttributeDefinitions: [
    attribute('pk', 'S'),
    attribute('sk', 'S'),
    ...indexes.map(({ partitionKey }) => attribute(partitionKey, 'S')),
    ...[...new Set(indexes.map(({ sortKey }) => sortKey))].map((name) => attribute(name, 'N')),
  ],
  GlobalSecondaryIndexes: indexes.map(({ name, partitionKey, sortKey }) => ({
    IndexName: name,
    KeySchema: keys(partitionKey, sortKey),
    Projection: { ProjectionType: 'KEYS_ONLY' as const },
  })),
});

const headersDefinition = (TableName: string) => ({
  TableName,
  KeySchema: keys('pk', 'sk'),
  AttributeDefinitions: [attribute('pk', 'S'), attribute('sk', 'S')],
});
export const headersOf = (tableName: string): string => `${tableName}-headers`;

const storeIn = (
  name: string,
  tableName: string,
  client: DynamoDBClient,
  close: () => Promise<void>,
): Store => ({
  name,
  ledger: ledgerIn(tableName, client, headersOf(tableName)),
  headers: headersIn(headersOf(tableName), client),
  control: controlIn(tableName, client),
  chainLedger: chainLedgerIn(tableName, client),
  close,
});

/** Both tables of a ledger of that name. */
export const tablesOf = (tableName: string) => [
  definition(tableName),
  headersDefinition(headersOf(tableName)),
];

/** The fake that most of our tests and the simulator stand on. */
export function openFake(): Store {
  const ledger = memoryLedger();
  const { control, chainLedger, headers } = ledger;
  return { name: 'the fake', ledger, control, chainLedger, headers, close: async () => {} };
}

/** The local world's DynamoDB by itself: dynalite under our transactions. */
export async function openEmbedded(): Promise<Store> {
  const dynamoDb = createDynamoDb();
  for (const table of tablesOf('ledger')) await dynamoDb.createTable(table);
  const client = inProcessClient(dynamoDb.service);
  return storeIn('the embedded DynamoDB', 'ledger', client, async () => {
    client.destroy();
    await dynamoDb.close();
  });
}

/**
 * Amazon's own DynamoDB Local, where somebody runs one (it needs Java): never a dependency of ours.
 * @param endpoint such as `http://127.0.0.1:8000`
 */
export async function openDynamoDbLocal(endpoint: string): Promise<Store> {
  const db = new DynamoDBClient({
    endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'operator', secretAccessKey: 'local' },
  });
  const tableName = `proof-${process.pid}-${Date.now()}`;
  for (const table of tablesOf(tableName))
    await db.send(new CreateTableCommand({ ...table, BillingMode: 'PAY_PER_REQUEST' }));
  return storeIn('DynamoDB Local', tableName, db, async () => {
    for (const { TableName } of tablesOf(tableName)) await db.send(new DeleteTableCommand({ TableName }));
    db.destroy();
  });
}
