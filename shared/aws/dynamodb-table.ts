import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  type DynamoDBClientConfig,
  GetItemCommand,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type * as z from 'zod';
import { CoinboothError } from '../core/errors.ts';
import { plainWords, wrongLines } from '../core/plain-words.ts';

/** A client for somebody who is not a Lambda: an operator's command line, the local world. */
export const dynamoDbWith = (settings: DynamoDBClientConfig): DynamoDBClient => new DynamoDBClient(settings);

/** Key of one row of the table. */
export type RowKey = { readonly pk: string; readonly sk: string };

/** Whether a condition failed: somebody else wrote first. */
export const isLost = (error: unknown): boolean =>
  error instanceof ConditionalCheckFailedException || isCancelledFor(error, 'ConditionalCheckFailed');

/** Whether another transaction touched a row of this one at the same time. */
export const isContended = (error: unknown): boolean => isCancelledFor(error, 'TransactionConflict');

const isCancelledFor = (error: unknown, code: string): boolean =>
  error instanceof TransactionCanceledException &&
  (error.CancellationReasons ?? []).some(({ Code }) => Code === code);

/** Reads one row, consistently unless that is not asked for: every decision does. */
export async function readRow<Value>(
  { client, tableName }: { client: DynamoDBClient; tableName: string },
  schema: z.ZodType<Value>,
  key: RowKey,
  isConsistent = true,
): Promise<Value | undefined> {
  const { Item } = await client.send(
    new GetItemCommand({ TableName: tableName, Key: marshall(key), ConsistentRead: isConsistent }),
  );
  return Item && parseRow(schema, unmarshall(Item));
}

/** A row that somebody edited by hand is refused with its key and field, not repaired. */
export function parseRow<Value>(schema: z.ZodType<Value>, item: Record<string, unknown>): Value {
  const { pk, sk: _sk, due: _due, ...fields } = item;
  const parsed = schema.safeParse(fields, { error: plainWords });
  if (parsed.success) return parsed.data;
  const wrong = wrongLines(parsed.error).join('; ');
  throw new CoinboothError('Defect', `The ledger's row ${pk} does not fit its schema (${wrong}).`);
}
