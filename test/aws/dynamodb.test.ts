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
import { callerIndex, dueIndex, requestIndex } from '../../shared/aws/dynamodb-indexes.ts';
import { happened, heldFor, jobAfter, newJob } from '../functions/jobs.ts';
import { type Account, startAccount } from '../infra/conformance/local-account.ts';
import { describeLedger } from './ledger.ts';

/** The table as infra/cloud/keep-stack.ts declares it. */
const indexes = [dueIndex, callerIndex, requestIndex];
const texts = ['pk', 'sk', ...indexes.map(({ partitionKey }) => partitionKey)];
const numbers = new Set(indexes.map(({ sortKey }) => sortKey));
const attribute = (AttributeName: string, AttributeType: string) => ({ AttributeName, AttributeType });
const table = {
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
};

describeLedger('in DynamoDB', async () => {
  const account = await startAccount({ Ledger: table });
  const client = new DynamoDBClient(account.world.sdk('dynamodb'));
  const TableName = account.world.resource('Ledger').ref;
  return {
    ledger: ledgerIn(TableName, client),
    control: controlIn(TableName, client),
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
  let lose: string | undefined;
  const tap: Tap = ({ operation, phase }) => {
    if (phase !== 'after' || operation !== lose) return undefined;
    lose = undefined;
    return { fail: 'reset' };
  };
  beforeAll(async () => {
    account = await startAccount({ Ledger: table }, {}, { taps: [tap] });
    client = new DynamoDBClient(account.world.sdk('dynamodb'));
    ledger = ledgerIn(account.world.resource('Ledger').ref, client);
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

  test('a transaction keeps both rows, and its header is the one that was stored', async () => {
    const job = newJob();
    await ledger.accept(job);
    const reserved = jobAfter(job, happened.reserved(job));
    await ledger.write(reserved, { reserve: heldFor(job) });
    const authorized = jobAfter(reserved, happened.authorized());
    lose = 'TransactWriteItems';
    await ledger.write(authorized, { authorize: 'stored' });
    expect(await ledger.read(job.jobId)).toEqual(authorized);
    expect((await ledger.readAuthorization(authorized))?.signedHeader).toBe('stored');
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
