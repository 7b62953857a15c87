import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AttributeValue, type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startWorld } from '../../../infra/local/world/start-world.ts';
import type { World } from '../../../infra/local/world/world.ts';
import { dynamoDbWith } from '../../../shared/aws/dynamodb-table.ts';
import { environments } from '../../../shared/contracts/environment.ts';
import { permissionsIn } from './policies.ts';
import { type Assembly, shipped, synthesiseAside } from './synthesised.ts';

/**
 * Functions ask the local stack under their own roles: for each kind of row that a role has any right on, by every call that
 * shows one, and for a signed header by every role. Shown are rows by reads, by writes and checks with `ReturnValues`, and
 * by those that fail with `ReturnValuesOnConditionCheckFailure`.
 */

type Key = Record<'pk' | 'sk', AttributeValue>;
type Input = Readonly<Record<string, unknown>>;

const secret = 'bearer-money';
const full = (Key: Key) => ({ ...Key, secret: { S: secret } });
const failing = {
  ConditionExpression: 'attribute_not_exists(pk)',
  ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
};
const update = {
  UpdateExpression: 'SET seen = :seen',
  ExpressionAttributeValues: { ':seen': { S: 'yes' } },
};
const transacted =
  (kind: string, member: (Key: Key) => Input) =>
  (TableName: string, Key: Key): Input => ({
    TransactItems: [{ [kind]: { TableName, ...member(Key), ...failing } }],
  });

type Ask = (TableName: string, Key: Key) => Input;

/**
 * Each call that could show a row, the right that it needs, and its command; what changes the row leaves the secret, or
 * comes last.
 */
const calls: readonly (readonly [name: string, action: string, command: string, input: Ask])[] = [
  ['a read', 'GetItem', 'GetItem', (TableName, Key) => ({ TableName, Key })],
  [
    'a read of many',
    'BatchGetItem',
    'BatchGetItem',
    (TableName, Key) => ({ RequestItems: { [TableName]: { Keys: [Key] } } }),
  ],
  [
    'a read in a transaction',
    'GetItem',
    'TransactGetItems',
    (TableName, Key) => ({ TransactItems: [{ Get: { TableName, Key } }] }),
  ],
  [
    'a query',
    'Query',
    'Query',
    (TableName, { pk }) => ({
      TableName,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': pk },
    }),
  ],
  [
    'a put that fails',
    'PutItem',
    'PutItem',
    (TableName, Key) => ({ TableName, Item: full(Key), ...failing }),
  ],
  [
    'an update that fails',
    'UpdateItem',
    'UpdateItem',
    (TableName, Key) => ({ TableName, Key, ...update, ...failing }),
  ],
  ['a deletion that fails', 'DeleteItem', 'DeleteItem', (TableName, Key) => ({ TableName, Key, ...failing })],
  [
    'a put in a transaction that fails',
    'PutItem',
    'TransactWriteItems',
    transacted('Put', (Key) => ({ Item: full(Key) })),
  ],
  [
    'an update in a transaction that fails',
    'UpdateItem',
    'TransactWriteItems',
    transacted('Update', (Key) => ({ Key, ...update })),
  ],
  [
    'a deletion in a transaction that fails',
    'DeleteItem',
    'TransactWriteItems',
    transacted('Delete', (Key) => ({ Key })),
  ],
  [
    'a check in a transaction that fails',
    'ConditionCheckItem',
    'TransactWriteItems',
    transacted('ConditionCheck', (Key) => ({ Key })),
  ],
  [
    'an update that returns what was',
    'UpdateItem',
    'UpdateItem',
    (TableName, Key) => ({ TableName, Key, ...update, ReturnValues: 'ALL_OLD' }),
  ],
  [
    'an update that returns what is',
    'UpdateItem',
    'UpdateItem',
    (TableName, Key) => ({ TableName, Key, ...update, ReturnValues: 'ALL_NEW' }),
  ],
  [
    'a put that returns what was',
    'PutItem',
    'PutItem',
    (TableName, Key) => ({ TableName, Item: full(Key), ReturnValues: 'ALL_OLD' }),
  ],
  [
    'a deletion that returns what was',
    'DeleteItem',
    'DeleteItem',
    (TableName, Key) => ({ TableName, Key, ReturnValues: 'ALL_OLD' }),
  ],
];

/** In the place of each function: makes the calls that it is told to make, under the function's own role. */
const asker = `
  import * as sdk from '@aws-sdk/client-dynamodb';
  const client = new sdk.DynamoDBClient({ maxAttempts: 1 });
  export const handler = async ({ calls }) => {
    const answers = [];
    for (const { command, input } of calls)
      answers.push(await client.send(new sdk[command + 'Command'](input)).catch((error) => ({ ...error })));
    return answers;
  };`;

/** A kind of row, and a role that asks for it. */
interface Asked {
  readonly role: string;
  readonly table: 'Ledger' | 'Headers';
  readonly kind: string;
  /** What the template lets the role do with such a row. */
  readonly granted: readonly string[];
}

const folder = mkdtempSync(join(tmpdir(), 'coinbooth-askers-'));
for (const name of Object.keys(environments)) {
  mkdirSync(join(folder, name));
  writeFileSync(join(folder, name, 'index.mjs'), asker);
}
const assembly: Assembly = synthesiseAside(shipped, { bundles: folder });
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
  rmSync(folder, { recursive: true, force: true });
});

/** The calls by which a role was shown a row that is there. */
async function shownTo({ role, table, kind }: Asked): Promise<string[]> {
  const TableName = world.resource(table, 'AWS::DynamoDB::GlobalTable').ref;
  const Key = { pk: { S: `${kind}#${role}` }, sk: { S: '-' } };
  await operator.send(new PutItemCommand({ TableName, Item: full(Key) }));
  const asked = calls.map(([, , command, input]) => ({ command, input: input(TableName, Key) }));
  const outcome = await world.invoke(`${role}Function`, { calls: asked });
  if (!outcome.ok) throw new Error(outcome.error.errorMessage);
  const answers = outcome.payload as readonly unknown[];
  expect(answers).toHaveLength(calls.length);
  return calls.flatMap(([name], index) => (JSON.stringify(answers[index]).includes(secret) ? [name] : []));
}

test.each(every)(
  '$role is shown a row of $table, $kind, by just what it is granted: $granted',
  async (asked) => {
    const expected = calls.filter(([, action]) => asked.granted.includes(action)).map(([name]) => name);
    expect(await shownTo(asked)).toEqual(expected);
    if (asked.table === 'Headers') expect(expected.length > 0).toBe(asked.role === 'payer');
  },
);
