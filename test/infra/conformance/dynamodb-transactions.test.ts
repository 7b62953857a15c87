import {
  type AttributeValue,
  type DynamoDBClient,
  PutItemCommand,
  TransactGetItemsCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
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

function put(pk: string, more: Record<string, AttributeValue> = {}): TransactWriteItem {
  return {
    Put: { TableName, Item: { ...key(pk), ...more }, ConditionExpression: 'attribute_not_exists(pk)' },
  };
}

function transact(TransactItems: TransactWriteItem[], ClientRequestToken?: string) {
  return db.send(new TransactWriteItemsCommand({ TransactItems, ClientRequestToken }));
}

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
  expect(await ledger.get('t-2')).toBeUndefined();
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
  expect(await ledger.get('u-new')).toBeUndefined();
  expect((await ledger.get('u-old'))?.n).toEqual({ S: 'text' });
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
  expect((await ledger.get('token'))?.n).toEqual({ N: '1' });
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
