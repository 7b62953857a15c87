import * as z from 'zod';
import { assetSchema } from '../core/job-record.ts';
import { moneySchema, paidUploadSchema } from './http.ts';

/** What EventBridge carries, once per job, whatever its end. No prompt, no URL, no signature. */

export const eventSource = 'coinbooth';

/** Detail type by the job's end. */
export const detailTypes = {
  delivered: 'JobDelivered',
  refused: 'JobRefused',
  undelivered: 'JobUndelivered',
  unresolved: 'JobUnresolved',
} as const;

export const jobEndedSchema = z.strictObject({
  /** Derived from the job id: EventBridge delivers at least once, and this is how to tell. */
  id: z.string().length(64),
  jobId: z.uuid(),
  caller: z.string(),
  type: z.string(),
  status: z.enum(['delivered', 'refused', 'undelivered', 'unresolved']),
  money: moneySchema,
  retryCanHelp: z.boolean(),
  endedAt: z.iso.datetime(),
  reason: z.strictObject({ name: z.string(), message: z.string() }).optional(),
  payment: z
    .strictObject({
      amountAtomic: z.string(),
      network: z.string(),
      asset: z.string(),
      payTo: z.string(),
      payer: z.string(),
      nonce: z.string(),
      transaction: z.string().optional(),
    })
    .optional(),
  /** Places for files at the seller that were bought for this job. */
  uploads: z.array(paidUploadSchema).optional(),
  /** The picture, video or drawing, and the side-car beside it in the same bucket. */
  asset: assetSchema.extend({ bucket: z.string(), sideCar: z.string() }).optional(),
  /** The line of a manifest that asked for it. */
  manifest: z.strictObject({ id: z.string(), line: z.int().positive() }).optional(),
});

export type JobEnded = z.infer<typeof jobEndedSchema>;
