import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
  type TransactWriteItem,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import type { BudgetMove } from '../core/budget-moves.ts';

/** Rows of the budgets, under `BUDGET#`, and of what an operator allows, under `CONTROL#` (safety.md §2). */

type Table = { readonly client: DynamoDBClient; readonly tableName: string };

export const budgetRow = (key: string) => ({ pk: `BUDGET#${key}`, sk: 'BUDGET' });
/** Whether anything may be signed or sent at all; a deployment is born without it, and so stopped. */
export const signingRow = { pk: 'CONTROL#signing', sk: 'CONTROL' } as const;
export const limitsRow = { pk: 'CONTROL#limits', sk: 'CONTROL' } as const;

/** `remaining + held + committed` is always `limit`, of the wallet's row what it ever held. */
export const budgetSchema = z.object({
  limit: z.number(),
  remaining: z.number(),
  held: z.number(),
  committed: z.number(),
});
export type Budget = z.infer<typeof budgetSchema>;

/** A member of a transaction that fails it unless signing is allowed. */
export const whileRunning = (tableName: string): TransactWriteItem => ({
  ConditionCheck: {
    TableName: tableName,
    Key: marshall(signingRow),
    ConditionExpression: 'enabled = :true',
    ExpressionAttributeValues: marshall({ ':true': true }),
  },
});

const changes = {
  take: 'SET remaining = remaining - :n, held = held + :n',
  release: 'SET remaining = remaining + :n, held = held - :n',
  commit: 'SET held = held - :n, committed = committed + :n',
} as const;

/** A member of a transaction that moves money between the parts of one row; only a take can fail. */
export const moveIn = (tableName: string, { key, kind, amount }: BudgetMove): TransactWriteItem => ({
  Update: {
    TableName: tableName,
    Key: marshall(budgetRow(key)),
    UpdateExpression: changes[kind],
    ConditionExpression: kind === 'take' ? 'remaining >= :n' : 'attribute_exists(pk)',
    ExpressionAttributeValues: marshall({ ':n': amount }),
    ...(kind === 'take' && { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }),
  },
});

/** Begins a row with its limit; one that is there already stays as it is. */
export async function beginRow({ client, tableName }: Table, key: string, limit: number): Promise<void> {
  const Item = marshall({ ...budgetRow(key), limit, remaining: limit, held: 0, committed: 0 });
  await client
    .send(new PutItemCommand({ TableName: tableName, Item, ConditionExpression: 'attribute_not_exists(pk)' }))
    .catch((error: unknown) => {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    });
}
