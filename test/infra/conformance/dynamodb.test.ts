import {
  CreateBackupCommand,
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { key, type Ledger, startLedger } from './ledger-account.ts';

let ledger: Ledger;
let db: DynamoDBClient;
let TableName: string;

beforeAll(async () => {
  ledger = await startLedger();
  ({ db, TableName } = ledger);
});

afterAll(() => ledger.close());

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
  expect((await ledger.get('counter'))?.n).toEqual({ N: '100' });
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

test('the table has the time to live of its template, and what is faked is refused by name', async () => {
  const { TimeToLiveDescription } = await db.send(new DescribeTimeToLiveCommand({ TableName }));
  expect(TimeToLiveDescription).toEqual({ TimeToLiveStatus: 'ENABLED', AttributeName: 'expiresAt' });
  await expect(db.send(new CreateBackupCommand({ TableName, BackupName: 'b' }))).rejects.toThrow(
    /CreateBackup/,
  );
});
