import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { type Loss, lossSchema } from '../core/loss.ts';
import { dueIndex } from './dynamodb-indexes.ts';

/** Rows of what was paid, or may be, and brought nothing: `LOSS#`, never changed and never deleted. */
export const lossKey = (jobId: string) => ({ pk: `LOSS#${jobId}`, sk: 'LOSS' });

export const lossRowSchema = lossSchema
  .extend({ dueAt: z.int() })
  .transform(({ dueAt: _dueAt, ...loss }) => loss);

/** Written in the transaction that ends the job. */
export const lossIn = (tableName: string, loss: Loss): TransactWriteItem => ({
  Put: {
    TableName: tableName,
    Item: marshall({ ...lossKey(loss.jobId), ...loss, due: dueIndex.losses, dueAt: loss.at }),
  },
});
