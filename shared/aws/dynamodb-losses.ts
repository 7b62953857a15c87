import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { type Loss, lossSchema } from '../core/loss.ts';
import { dueIndex } from './dynamodb-indexes.ts';

/** Rows of what was paid, or may be, and brought nothing: `LOSS#`, never deleted; a delivery marks its own. */
export const lossKey = (jobId: string) => ({ pk: `LOSS#${jobId}`, sk: 'LOSS' });

export const lossRowSchema = lossSchema
  .extend({ dueAt: z.int().optional() })
  .transform(({ dueAt: _dueAt, ...loss }) => loss);

/** Written in the transaction that tells of it; one that is taken back leaves the index of losses. */
export const lossIn = (tableName: string, loss: Loss): TransactWriteItem => ({
  Put: {
    TableName: tableName,
    Item: marshall(
      {
        ...lossKey(loss.jobId),
        ...loss,
        ...(loss.takenBackAt === undefined && { due: dueIndex.losses, dueAt: loss.at }),
      },
      { removeUndefinedValues: true },
    ),
  },
});
