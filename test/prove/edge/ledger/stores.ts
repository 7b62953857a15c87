import { CreateTableCommand, DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createDynamoDb } from '../../../../infra/local/aws/dynamodb.ts';
import { createGate } from '../../../../infra/local/aws/gate.ts';
import { listenJson } from '../../../../infra/local/aws/json-endpoint.ts';
import {
  callerIndex,
  dueIndex,
  type Ledger,
  ledgerIn,
  requestIndex,
} from '../../../../shared/aws/dynamodb.ts';
import { type ChainLedger, chainLedgerIn } from '../../../../shared/aws/dynamodb-chain.ts';
import { type Control, controlIn } from '../../../../shared/aws/dynamodb-control.ts';
import { memoryLedger } from '../../../functions/memory-ledger.ts';

/** Whatever calls itself the ledger, with what lies beside it in the same table. */
export interface Store {
  readonly name: string;
  readonly ledger: Ledger;
  readonly control: Control;
  readonly chainLedger: ChainLedger;
  close(): Promise<void>;
}

const attribute = (AttributeName: string, AttributeType: 'S' | 'N') => ({ AttributeName, AttributeType });
const keys = (hash: string, range: string) => [
  { AttributeName: hash, KeyType: 'HASH' as const },
  { AttributeName: range, KeyType: 'RANGE' as const },
];
const indexes = [dueIndex, callerIndex, requestIndex];

/** The table as infra/cloud/keep-stack.ts declares it. */
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

const storeIn = (
  name: string,
  tableName: string,
  client: DynamoDBClient,
  close: () => Promise<void>,
): Store => ({
  name,
  ledger: ledgerIn(tableName, client),
  control: controlIn(tableName, client),
  chainLedger: chainLedgerIn(tableName, client),
  close,
});

/** The fake that most of our tests and the simulator stand on. */
export function openFake(): Store {
  const ledger = memoryLedger();
  const { control, chainLedger } = ledger;
  return { name: 'the fake', ledger, control, chainLedger, close: async () => {} };
}

const client = (endpoint: string): DynamoDBClient =>
  new DynamoDBClient({
    endpoint,
    region: 'eu-central-1',
    // A race of a thousand waits for its sockets, and says nothing about it.
    requestHandler: { httpAgent: { maxSockets: 100 }, socketAcquisitionWarningTimeout: 600_000 },
    credentials: { accessKeyId: 'operator', secretAccessKey: 'local' },
  });

/** The local world's DynamoDB by itself, over HTTP: dynalite under our transactions. */
export async function openEmbedded(): Promise<Store> {
  const dynamoDb = createDynamoDb();
  const operator = {
    accessKeyId: 'operator',
    functionId: undefined,
    userId: 'AIDAOPERATOR',
    principalArn: 'arn:aws:iam::000000000000:user/operator',
    statements: 'all',
  } as const;
  const gate = createGate({
    identify: () => operator,
    requiredPermissions: () => [],
    denials: () => [],
    taps: [],
    isWorkerAlive: () => true,
  });
  const endpoint = await listenJson([dynamoDb.service], gate);
  await dynamoDb.createTable(definition('ledger'));
  const db = client(endpoint.origin);
  return storeIn('the embedded DynamoDB', 'ledger', db, async () => {
    db.destroy();
    await endpoint.close();
    await dynamoDb.close();
  });
}

/**
 * Amazon's own DynamoDB Local, where somebody runs one (it needs Java): never a dependency of ours.
 * @param endpoint such as `http://127.0.0.1:8000`
 */
export async function openDynamoDbLocal(endpoint: string): Promise<Store> {
  const db = client(endpoint);
  const tableName = `proof-${process.pid}-${Date.now()}`;
  await db.send(new CreateTableCommand({ ...definition(tableName), BillingMode: 'PAY_PER_REQUEST' }));
  return storeIn('DynamoDB Local', tableName, db, async () => {
    await db.send(new DeleteTableCommand({ TableName: tableName }));
    db.destroy();
  });
}
