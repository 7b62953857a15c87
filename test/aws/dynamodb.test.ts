import {
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Tap } from '../../infra/local/aws/call.ts';
import { type Ledger, ledgerIn } from '../../shared/aws/dynamodb.ts';
import { controlIn } from '../../shared/aws/dynamodb-control.ts';
import { type Headers, headersIn } from '../../shared/aws/dynamodb-headers.ts';
import { callerIndex, dueIndex, requestIndex } from '../../shared/aws/dynamodb-indexes.ts';
import { happened, heldFor, jobAfter, newJob } from '../functions/jobs.ts';
import { type Account, startAccount } from '../infra/conformance/local-account.ts';
import { describeLedger } from './ledger.ts';

/** The tables as infra/cloud/keep.ts declares them. */
const indexes = [dueIndex, callerIndex, requestIndex];
const texts = ['pk', 'sk', ...indexes.map(({ partitionKey }) => partitionKey)];
const numbers = new Set(indexes.map(({ sortKey }) => sortKey));
const attribute = (AttributeName: string, AttributeType: string) => ({ AttributeName, AttributeType });
const tables = {
  Ledger: {
    Type: 'AWS::DynamoDB::GlobalTable',
    Properties: {
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        ...texts.map((name) => attribute(name, 'S')),
        ...[...numbers].map((name) => attribute(name, 'N')),
      ],
      BillingMode: 'PAY_PER_REQUEST',
      GlobalSecondaryIndexes: indexes.map(({ name, partitionKey, sortKey }) => ({
        IndexName: name,
        KeySchema: [
          { AttributeName: partitionKey, KeyType: 'HASH' },
          { AttributeName: sortKey, KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'KEYS_ONLY' },
      })),
      Replicas: [{ Region: { Ref: 'AWS::Region' } }],
    },
  },
  Headers: {
    Type: 'AWS::DynamoDB::GlobalTable',
    Properties: {
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [attribute('pk', 'S'), attribute('sk', 'S')],
      BillingMode: 'PAY_PER_REQUEST',
      Replicas: [{ Region: { Ref: 'AWS::Region' } }],
    },
  },
};

const openIn = ({ world }: Account, client: DynamoDBClient) => {
  const [TableName, headersTable] = [world.resource('Ledger').ref, world.resource('Headers').ref];
  return {
    TableName,
    ledger: ledgerIn(TableName, client, headersTable),
    headers: headersIn(headersTable, client),
    control: controlIn(TableName, client),
  };
};

describeLedger('in DynamoDB', async () => {
  const account = await startAccount(tables);
  const client = new DynamoDBClient(account.world.sdk('dynamodb'));
  const { TableName, ledger, headers, control } = openIn(account, client);
  return {
    ledger,
    headers,
    control,
    async edit(pk, fields) {
      const sk = pk.startsWith('JOB#') ? 'JOB' : pk.startsWith('BUDGET#') ? 'BUDGET' : 'AUTHORIZATION#1';
      const Key = marshall({ pk, sk });
      const { Item = {} } = await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
      const Edited = marshall({ pk, sk, ...unmarshall(Item), ...fields }, { removeUndefinedValues: true });
      await client.send(new PutItemCommand({ TableName, Item: Edited }));
    },
    async close() {
      client.destroy();
      await account.close();
    },
  };
});

describe('when the answer of a write is lost after it took effect, and the SDK asks again', () => {
  let account: Account;
  let client: DynamoDBClient;
  let ledger: Ledger;
  let headers: Headers;
  let lose: string | undefined;
  const tap: Tap = ({ operation, phase }) => {
    if (phase !== 'after' || operation !== lose) return undefined;
    lose = undefined;
    return { fail: 'reset' };
  };
  beforeAll(async () => {
    account = await startAccount(tables, {}, { taps: [tap] });
    client = new DynamoDBClient(account.world.sdk('dynamodb'));
    ({ ledger, headers } = openIn(account, client));
  });
  afterAll(async () => {
    client.destroy();
    await account.close();
  });

  test('the job is accepted: nobody is told to ask for it again', async () => {
    const job = newJob();
    lose = 'PutItem';
    await ledger.accept(job);
    expect(await ledger.read(job.jobId)).toEqual(job);
  });

  test('the write says conflict, and what was written is read', async () => {
    const job = newJob();
    await ledger.accept(job);
    const refused = jobAfter(job, happened.refused());
    lose = 'PutItem';
    expect(await ledger.write(refused)).toBe('conflict');
    expect(await ledger.read(job.jobId)).toEqual(refused);
  });

  test('a transaction keeps all of its rows, and its header is the one that was stored', async () => {
    const job = newJob();
    await ledger.accept(job);
    const reserved = jobAfter(job, happened.reserved(job));
    await ledger.write(reserved, { reserve: heldFor(job) });
    const authorized = jobAfter(reserved, happened.authorized());
    lose = 'TransactWriteItems';
    await ledger.write(authorized, { authorize: 'stored' });
    expect(await ledger.read(job.jobId)).toEqual(authorized);
    expect(await headers.read(authorized)).toBe('stored');
  });
});

test('a row that is not there yet, however often it is begun, is not one that has nothing left', async () => {
  const job = newJob();
  const key = '2027-01-15#total';
  const reasons = [{ Code: 'None' }, { Code: 'None' }, { Code: 'ConditionalCheckFailed' }];
  const client = {
    async send(command: unknown) {
      if (!(command instanceof TransactWriteItemsCommand)) return {};
      throw new TransactionCanceledException({ message: '', $metadata: {}, CancellationReasons: reasons });
    },
  };
  const outcome = await ledgerIn('a table', client as unknown as DynamoDBClient).write(
    jobAfter(job, happened.reserved(job)),
    { reserve: heldFor(job) },
    { moves: [{ key, kind: 'take', amount: 30_000 }], limits: { version: 0, of: new Map([[key, 90_000]]) } },
  );
  expect(outcome).toBe('conflict');
});

test('where there is no table for signed headers yet, nothing is signed and the payer waits', async () => {
  const sent: unknown[] = [];
  const client = { send: async (command: unknown) => void sent.push(command) } as unknown as DynamoDBClient;
  const reserved = jobAfter(newJob(), happened.reserved(newJob()));
  const authorized = jobAfter(reserved, happened.authorized());
  const waits = { name: 'SignerUnavailable', message: expect.stringContaining('deploy Keep') };
  await expect(ledgerIn('a table', client).write(authorized, { authorize: 'x' })).rejects.toMatchObject(
    waits,
  );
  await expect(headersIn(undefined, client).read(authorized)).rejects.toMatchObject(waits);
  expect(sent).toEqual([]);
});
