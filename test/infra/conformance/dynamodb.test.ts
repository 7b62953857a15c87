import {
  type AttributeValue,
  CreateBackupCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactGetItemsCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Account, startAccount } from './local-account.ts';

let account: Account;
let db: DynamoDBClient;
let TableName: string;

beforeAll(async () => {
  account = await startAccount({
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
  db = new DynamoDBClient(account.world.sdk('dynamodb'));
  TableName = account.world.resource('Ledger').ref;
});

afterAll(async () => {
  db.destroy();
  await account.close();
});

const key = (pk: string) => ({ pk: { S: pk }, sk: { S: '-' } });

function put(pk: string, more: Record<string, AttributeValue> = {}): TransactWriteItem {
  return {
    Put: { TableName, Item: { ...key(pk), ...more }, ConditionExpression: 'attribute_not_exists(pk)' },
  };
}

async function get(pk: string) {
  const answer = await db.send(new GetItemCommand({ TableName, Key: key(pk), ConsistentRead: true }));
  return answer.Item;
}

function transact(TransactItems: TransactWriteItem[], ClientRequestToken?: string) {
  return db.send(new TransactWriteItemsCommand({ TransactItems, ClientRequestToken }));
}

test('a condition that fails refuses the write and hands back the item when asked', async () => {
  const Item = { ...key('once'), n: { N: '1' } };
  await db.send(new PutItemCommand({ TableName, Item }));
  const again = new PutItemCommand({
    TableName,
    Item,
    ConditionExpression: 'attribute_not_exists(pk)',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  await expect(db.send(again)).rejects.toMatchObject({ name: 'ConditionalCheckFailedException', Item });
});

test('a hundred parallel ADDs are a hundred', async () => {
  const add = () =>
    db.send(
      new UpdateItemCommand({
        TableName,
        Key: key('counter'),
        UpdateExpression: 'ADD n :one',
        ExpressionAttributeValues: { ':one': { N: '1' } },
      }),
    );
  await Promise.all(Array.from({ length: 100 }, add));
  expect((await get('counter'))?.n).toEqual({ N: '100' });
});

test('a sparse index holds only the items that have its key, in order', async () => {
  for (const [pk, dueAt] of [
    ['job-b', '20'],
    ['job-a', '10'],
    ['job-c', '30'],
  ] as const) {
    await db.send(
      new PutItemCommand({ TableName, Item: { ...key(pk), due: { S: 'job' }, dueAt: { N: dueAt } } }),
    );
  }
  await db.send(
    new UpdateItemCommand({ TableName, Key: key('job-a'), UpdateExpression: 'REMOVE due, dueAt' }),
  );
  const due = await db.send(
    new QueryCommand({
      TableName,
      IndexName: 'due',
      KeyConditionExpression: 'due = :due AND dueAt <= :now',
      ExpressionAttributeValues: { ':due': { S: 'job' }, ':now': { N: '25' } },
    }),
  );
  expect(due.Items?.map((item) => item.pk?.S)).toEqual(['job-b']);
});

test('a transaction writes all or nothing and says which condition failed, with the item', async () => {
  await transact([put('t-1', { state: { S: 'held' } })]);
  const failure = await transact([
    put('t-2'),
    {
      Update: {
        TableName,
        Key: key('t-1'),
        UpdateExpression: 'SET #s = :live',
        ConditionExpression: '#s = :dead',
        ExpressionAttributeNames: { '#s': 'state' },
        ExpressionAttributeValues: { ':live': { S: 'live' }, ':dead': { S: 'dead' } },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      },
    },
    { ConditionCheck: { TableName, Key: key('t-3'), ConditionExpression: 'attribute_not_exists(pk)' } },
  ]).catch((error: unknown) => error);
  expect(failure).toMatchObject({
    name: 'TransactionCanceledException',
    CancellationReasons: [
      { Code: 'None' },
      { Code: 'ConditionalCheckFailed', Item: { state: { S: 'held' } } },
      { Code: 'None' },
    ],
  });
  expect(await get('t-2')).toBeUndefined();
});

test('a write that is refused after the conditions undoes the ones before it', async () => {
  await db.send(new PutItemCommand({ TableName, Item: { ...key('u-old'), n: { S: 'text' } } }));
  const add = { UpdateExpression: 'ADD n :one', ExpressionAttributeValues: { ':one': { N: '1' } } };
  const failure = transact([
    put('u-new'),
    { Delete: { TableName, Key: key('u-old-2') } },
    { Update: { TableName, Key: key('u-old'), ...add } },
  ]);
  await expect(failure).rejects.toMatchObject({
    CancellationReasons: [{ Code: 'None' }, { Code: 'None' }, { Code: 'ValidationError' }],
  });
  expect(await get('u-new')).toBeUndefined();
  expect((await get('u-old'))?.n).toEqual({ S: 'text' });
});

test('concurrent transactions on one item: exactly one wins', async () => {
  const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => transact([put('race')])));
  expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
});

test('a client request token makes a transaction idempotent, for the same items only', async () => {
  const add = (by: string): TransactWriteItem => ({
    Update: {
      TableName,
      Key: key('token'),
      UpdateExpression: 'ADD n :by',
      ExpressionAttributeValues: { ':by': { N: by } },
    },
  });
  await transact([add('1')], 'token-1');
  await transact([add('1')], 'token-1');
  expect((await get('token'))?.n).toEqual({ N: '1' });
  await expect(transact([add('2')], 'token-1')).rejects.toMatchObject({
    name: 'IdempotentParameterMismatchException',
  });
});

test('a transaction refuses one item twice, more than 100 items, and unknown members', async () => {
  await expect(transact([put('x'), put('x')])).rejects.toMatchObject({ name: 'ValidationException' });
  const many = Array.from({ length: 101 }, (_, index) => put(`many-${index}`));
  await expect(transact(many)).rejects.toMatchObject({ name: 'ValidationException' });
});

test('TransactGetItems reads what is there and leaves a gap for what is not', async () => {
  await db.send(new PutItemCommand({ TableName, Item: { ...key('r-1'), n: { N: '7' } } }));
  const answer = await db.send(
    new TransactGetItemsCommand({
      TransactItems: [{ Get: { TableName, Key: key('r-1') } }, { Get: { TableName, Key: key('r-none') } }],
    }),
  );
  expect(answer.Responses?.map((response) => response.Item?.n?.N)).toEqual(['7', undefined]);
});

test('the table has the time to live of its template, and what is faked is refused by name', async () => {
  const { TimeToLiveDescription } = await db.send(new DescribeTimeToLiveCommand({ TableName }));
  expect(TimeToLiveDescription).toEqual({ TimeToLiveStatus: 'ENABLED', AttributeName: 'expiresAt' });
  await expect(db.send(new CreateBackupCommand({ TableName, BackupName: 'b' }))).rejects.toThrow(
    /CreateBackup/,
  );
});
