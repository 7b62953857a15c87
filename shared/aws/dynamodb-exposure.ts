import { type DynamoDBClient, type TransactWriteItem, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import type { ExposureMove } from '../core/budget-moves.ts';
import type { Deliveries, ExposureBound } from '../core/exposure.ts';
import { budgetRow } from './dynamodb-budgets.ts';

/** Rows of the exposure to each payee, among the budgets: one update for a reservation, one for its end. */

/** Rows of the first release have a limit and what remains of it, which nobody reads any more. */
export const exposureSchema = z
  .object({
    held: z.number().default(0),
    heldAtomic: z.number().default(0),
    delivered: z.number().default(0),
    deliveredLastHour: z.number().optional(),
    countedAt: z.number().optional(),
    samples: z.array(z.tuple([z.number(), z.number()])).default([]),
  })
  .transform(({ held, heldAtomic, ...deliveries }) => ({
    payments: held,
    atomic: heldAtomic,
    ...(deliveries satisfies Deliveries),
  }));
/** What is exposed to a payee, and what it delivered. */
export type Exposure = z.infer<typeof exposureSchema>;

/** Asked of a row that may not be there yet: it holds nothing then. */
const isWithin = (attribute: string, comparison: string): string =>
  `(attribute_not_exists(${attribute}) OR ${attribute} ${comparison})`;

const conditions = {
  payments: `(${isWithin('held', '< :payments')} OR (countedAt >= :since AND held < deliveredLastHour))`,
  dollars: isWithin('heldAtomic', '<= :room'),
} as const;

/**
 * A member of a transaction that moves a payee's exposure; only `expose` can fail.
 * @param bound what an exposure must keep to, whatever the row was begun with: a change of it holds at once
 */
export function exposureIn(
  tableName: string,
  { key, kind, payments, amount, delivered }: ExposureMove,
  bound: ExposureBound | undefined,
): TransactWriteItem {
  const sign = kind === 'expose' ? 1 : -1;
  const asks = kind === 'expose' ? bound : undefined;
  return {
    Update: {
      TableName: tableName,
      Key: marshall(budgetRow(key)),
      UpdateExpression: `ADD held :n, heldAtomic :amount${delivered ? ', delivered :one' : ''}`,
      ...(kind === 'close' && { ConditionExpression: 'attribute_exists(pk)' }),
      ...(asks && {
        ConditionExpression: payments
          ? `${conditions.payments} AND ${conditions.dollars}`
          : conditions.dollars,
      }),
      ExpressionAttributeValues: marshall({
        ':n': sign * payments,
        ':amount': sign * amount,
        ...(delivered && { ':one': 1 }),
        ...(asks && { ':room': asks.atomic - amount }),
        ...(asks && payments && { ':payments': asks.payments, ':since': asks.countedSince }),
      }),
    },
  };
}

/** Writes what was counted of a payee's deliveries; exposure is left alone. */
export async function putDeliveries(
  { client, tableName }: { client: DynamoDBClient; tableName: string },
  key: string,
  { deliveredLastHour, countedAt, samples }: Required<Deliveries>,
): Promise<void> {
  await client.send(
    new UpdateItemCommand({
      TableName: tableName,
      Key: marshall(budgetRow(key)),
      UpdateExpression: 'SET deliveredLastHour = :hour, countedAt = :at, samples = :samples',
      ConditionExpression: 'attribute_exists(pk)',
      ExpressionAttributeValues: marshall({
        ':hour': deliveredLastHour,
        ':at': countedAt,
        ':samples': samples,
      }),
    }),
  );
}
