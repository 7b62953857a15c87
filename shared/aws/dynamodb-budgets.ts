import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
  type TransactWriteItem,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import type { HoldMove } from '../core/budget-moves.ts';
import type { Job } from '../core/job-record.ts';
import { scopesOf } from '../core/switches.ts';

/** Rows of the budgets, under `BUDGET#`, and of what an operator allows, under `CONTROL#`. */

type Table = { readonly client: DynamoDBClient; readonly tableName: string };

export const budgetRow = (key: string) => ({ pk: `BUDGET#${key}`, sk: 'BUDGET' });
/** Whether anything may be signed or sent at all; a deployment is born without it, and so stopped. */
export const signingRow = { pk: 'CONTROL#signing', sk: 'CONTROL' } as const;
export const limitsRow = { pk: 'CONTROL#limits', sk: 'CONTROL' } as const;

/** `remaining + held + committed` is always `limit`, of the wallet's row what it ever held. */
export const budgetSchema = z.object({
  /** Of the limits that this row was begun with or last followed; the wallet's row has none. */
  limitsVersion: z.int().optional(),
  limit: z.number(),
  remaining: z.number(),
  held: z.number(),
  committed: z.number(),
  /** Numbers of the callers of a day (`callers.ts`). */
  callers: z
    .union([z.set(z.number()), z.array(z.number())])
    .transform((numbers) => [...numbers].toSorted((a, b) => a - b))
    .optional(),
});
export type Budget = z.infer<typeof budgetSchema>;

/** The attribute of the signing row that is there while a caller, model or payee is stopped, or was resumed once. */
export const stoppedAttribute = (scope: string): string => `stopped ${scope}`;
export const resumedAttribute = (scope: string): string => `resumed ${scope}`;

/** A member of a transaction that fails it unless signing is allowed: at all, and for what the job depends on. */
export function whileRunning(tableName: string, job: Job): TransactWriteItem {
  const names = scopesOf(job).map((scope, n) => [`#s${n}`, stoppedAttribute(scope)] as const);
  return {
    ConditionCheck: {
      TableName: tableName,
      Key: marshall(signingRow),
      ConditionExpression: [
        'enabled = :true',
        ...names.map(([placeholder]) => `attribute_not_exists(${placeholder})`),
      ].join(' AND '),
      ExpressionAttributeNames: Object.fromEntries(names),
      ExpressionAttributeValues: marshall({ ':true': true }),
    },
  };
}

const changes = {
  take: 'SET remaining = remaining - :n, held = held + :n',
  release: 'SET remaining = remaining + :n, held = held - :n',
  commit: 'SET held = held - :n, committed = committed + :n',
} as const;

/** What a row is to be held to. The limits of the settings have one version, whichever deployment they came with. */
interface RowLimit {
  readonly limit: number;
  readonly version: number;
}

/**
 * A member of a transaction that moves money between the parts of one row; only a take can fail.
 * @param follows the limit that the row must have; absent for the wallet's own
 */
export const moveIn = (
  tableName: string,
  { key, kind, amount, caller }: HoldMove,
  follows: RowLimit | undefined,
): TransactWriteItem => ({
  Update: {
    TableName: tableName,
    Key: marshall(budgetRow(key)),
    UpdateExpression: `${changes[kind]}${caller === undefined ? '' : ' ADD callers :caller'}`,
    ConditionExpression:
      kind !== 'take'
        ? 'attribute_exists(pk)'
        : follows === undefined
          ? 'remaining >= :n'
          : 'remaining >= :n AND limitsVersion = :version AND #limit = :limit',
    ...(kind === 'take' && follows && { ExpressionAttributeNames: { '#limit': 'limit' } }),
    ExpressionAttributeValues: marshall({
      ':n': amount,
      ...(caller !== undefined && { ':caller': new Set([caller]) }),
      ...(kind === 'take' && follows && { ':version': follows.version, ':limit': follows.limit }),
    }),
    ...(kind === 'take' && { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }),
  },
});

/** Begins a row with its limit; one that is there already stays as it is. */
export async function beginRow(
  { client, tableName }: Table,
  key: string,
  limit: number,
  version: number,
): Promise<void> {
  const row = { limit, limitsVersion: version, remaining: limit, held: 0, committed: 0 };
  const put = {
    TableName: tableName,
    Item: marshall({ ...budgetRow(key), ...row }),
    ConditionExpression: 'attribute_not_exists(pk)',
  };
  await client.send(new PutItemCommand(put)).catch(unlessOvertaken);
}

/** Has a row follow limits that an operator changed since; what is held and spent stays, what remains moves. */
export async function followLimit(
  { client, tableName }: Table,
  key: string,
  { limit, limitsVersion = 0 }: Budget,
  next: RowLimit,
): Promise<void> {
  const update = {
    TableName: tableName,
    Key: marshall(budgetRow(key)),
    UpdateExpression: 'SET #limit = :limit, remaining = remaining + :by, limitsVersion = :version',
    ConditionExpression: 'limitsVersion = :before AND #limit = :was',
    ExpressionAttributeNames: { '#limit': 'limit' },
    ExpressionAttributeValues: marshall({
      ':limit': next.limit,
      ':by': next.limit - limit,
      ':version': next.version,
      ':before': limitsVersion,
      ':was': limit,
    }),
  };
  await client.send(new UpdateItemCommand(update)).catch(unlessOvertaken);
}

/** Somebody else did it in this moment: the transaction that follows will see. */
function unlessOvertaken(error: unknown): void {
  if (!(error instanceof ConditionalCheckFailedException)) throw error;
}
