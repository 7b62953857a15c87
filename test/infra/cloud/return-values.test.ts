import {
  type AttributeValue,
  BatchGetItemCommand,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactGetItemsCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startWorld } from '../../../infra/local/world/start-world.ts';
import type { World } from '../../../infra/local/world/world.ts';
import { dynamoDbWith } from '../../../shared/aws/dynamodb-table.ts';
import { environments } from '../../../shared/contracts/environment.ts';
import { permissionsIn } from './policies.ts';
import { type Assembly, nameOf, shipped, synthesiseAside } from './synthesised.ts';

/**
 * Functions ask the local stack under their own roles: for each kind of row that a role has any right on, by every call that
 * shows one, and for a signed header by every role. Shown are rows by reads, by writes and checks with `ReturnValues`, and
 * by those that fail with `ReturnValuesOnConditionCheckFailure`.
 */

type Key = Record<'pk' | 'sk', AttributeValue>;
type Ask = (db: DynamoDBClient, TableName: string, Key: Key) => Promise<unknown>;

const secret = 'bearer-money';
const full = (Key: Key) => ({ ...Key, secret: { S: secret } });
const failing = {
  ConditionExpression: 'attribute_not_exists(pk)',
  ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
} as const;
const update = {
  UpdateExpression: 'SET seen = :seen',
  ExpressionAttributeValues: { ':seen': { S: 'yes' } },
};
type Member = NonNullable<
  ConstructorParameters<typeof TransactWriteItemsCommand>[0]['TransactItems']
>[number];
const transact = (db: DynamoDBClient, member: Member) =>
  db.send(new TransactWriteItemsCommand({ TransactItems: [member] }));

/** Each call that could show a row, and the right that it needs; what changes the row leaves the secret, or comes last. */
const calls: readonly (readonly [name: string, action: string, ask: Ask])[] = [
  ['a read', 'GetItem', (db, TableName, Key) => db.send(new GetItemCommand({ TableName, Key }))],
  [
    'a read of many',
    'BatchGetItem',
    (db, TableName, Key) =>
      db.send(new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys: [Key] } } })),
  ],
  [
    'a read in a transaction',
    'GetItem',
    (db, TableName, Key) =>
      db.send(new TransactGetItemsCommand({ TransactItems: [{ Get: { TableName, Key } }] })),
  ],
  [
    'a query',
    'Query',
    (db, TableName, { pk }) =>
      db.send(
        new QueryCommand({
          TableName,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': pk },
        }),
      ),
  ],
  [
    'a put that fails',
    'PutItem',
    (db, TableName, Key) => db.send(new PutItemCommand({ TableName, Item: full(Key), ...failing })),
  ],
  [
    'an update that fails',
    'UpdateItem',
    (db, TableName, Key) => db.send(new UpdateItemCommand({ TableName, Key, ...update, ...failing })),
  ],
  [
    'a deletion that fails',
    'DeleteItem',
    (db, TableName, Key) => db.send(new DeleteItemCommand({ TableName, Key, ...failing })),
  ],
  [
    'a put in a transaction that fails',
    'PutItem',
    (db, TableName, Key) => transact(db, { Put: { TableName, Item: full(Key), ...failing } }),
  ],
  [
    'an update in a transaction that fails',
    'UpdateItem',
    (db, TableName, Key) => transact(db, { Update: { TableName, Key, ...update, ...failing } }),
  ],
  [
    'a deletion in a transaction that fails',
    'DeleteItem',
    (db, TableName, Key) => transact(db, { Delete: { TableName, Key, ...failing } }),
  ],
  [
    'a check in a transaction that fails',
    'ConditionCheckItem',
    (db, TableName, Key) => transact(db, { ConditionCheck: { TableName, Key, ...failing } }),
  ],
  [
    'an update that returns what was',
    'UpdateItem',
    (db, TableName, Key) =>
      db.send(new UpdateItemCommand({ TableName, Key, ...update, ReturnValues: 'ALL_OLD' })),
  ],
  [
    'an update that returns what is',
    'UpdateItem',
    (db, TableName, Key) =>
      db.send(new UpdateItemCommand({ TableName, Key, ...update, ReturnValues: 'ALL_NEW' })),
  ],
  [
    'a put that returns what was',
    'PutItem',
    (db, TableName, Key) =>
      db.send(new PutItemCommand({ TableName, Item: full(Key), ReturnValues: 'ALL_OLD' })),
  ],
  [
    'a deletion that returns what was',
    'DeleteItem',
    (db, TableName, Key) => db.send(new DeleteItemCommand({ TableName, Key, ReturnValues: 'ALL_OLD' })),
  ],
];

/** A kind of row, and a role that asks for it. */
interface Asked {
  readonly role: string;
  readonly table: 'Ledger' | 'Headers';
  readonly kind: string;
  /** What the template lets the role do with such a row. */
  readonly granted: readonly string[];
}

const assembly: Assembly = synthesiseAside(shipped);
const permissions = permissionsIn(assembly).filter(({ action }) => action.startsWith('dynamodb:'));
const granted = (role: string, table: string, kind: string): string[] =>
  permissions
    .filter((held) => held.role === role && held.resource === `${table}.Arn`)
    .filter(({ rows }) => rows.length === 0 || rows.includes(`${kind}#*`))
    .map(({ action }) => action.replace('dynamodb:', ''));
const roles = Object.keys(environments);
const kinds = [...new Set(permissions.flatMap(({ rows }) => rows.map((row) => row.replace('#*', ''))))];
const every: readonly Asked[] = [
  ...roles.map((role) => ({ role, table: 'Headers' as const, kind: 'PURCHASE' })),
  ...roles.flatMap((role) => kinds.map((kind) => ({ role, table: 'Ledger' as const, kind }))),
]
  .map((asked) => ({ ...asked, granted: granted(asked.role, asked.table, asked.kind) }))
  .filter(({ table, granted: rights }) => table === 'Headers' || rights.length > 0);

let world: World;
let operator: DynamoDBClient;

beforeAll(async () => {
  world = await startWorld({
    assemblyDir: assembly.directory,
    httpPort: 0,
    schedules: 'manual',
    parameters: { BootstrapVersion: '30' },
    log: () => {},
  });
  operator = dynamoDbWith(world.sdk('dynamodb'));
});

afterAll(async () => {
  operator?.destroy();
  await world?.close();
  assembly[Symbol.dispose]();
});

/** The calls by which a role was shown a row that is there. */
async function shownTo({ role, table, kind }: Asked): Promise<string[]> {
  const TableName = world.resource(table, 'AWS::DynamoDB::GlobalTable').ref;
  const id = world.functions.find((one) => nameOf(one.id) === `${role}Function`)?.id;
  const client = dynamoDbWith({ ...world.sdk('dynamodb', id), maxAttempts: 1 });
  const Key = { pk: { S: `${kind}#${role}` }, sk: { S: '-' } };
  await operator.send(new PutItemCommand({ TableName, Item: full(Key) }));
  const shown: string[] = [];
  for (const [name, , ask] of calls) {
    // What a failed condition shows comes with the error.
    const answer = await ask(client, TableName, Key).catch((error: Error) => ({ ...error }));
    if (JSON.stringify(answer).includes(secret)) shown.push(name);
  }
  client.destroy();
  return shown;
}

test.each(every)(
  '$role is shown a row of $table, $kind, by just what it is granted: $granted',
  async (asked) => {
    const expected = calls.filter(([, action]) => asked.granted.includes(action)).map(([name]) => name);
    expect(await shownTo(asked)).toEqual(expected);
    if (asked.table === 'Headers') expect(expected.length > 0).toBe(asked.role === 'payer');
  },
);
