import * as z from 'zod';
import { assetSchema } from '../core/job-record.ts';

/** What callers of the HTTP API get. Requests are the catalogue's; their schemas live in `core/catalogue.ts`. */

/** 202: the job is taken. The same shape as the seller's own answer, with our job id. */
export const acceptedSchema = z.strictObject({
  type: z.string(),
  jobId: z.uuid(),
  status: z.literal('pending'),
  success: z.literal(true),
});

export const moneySchema = z.enum(['none', 'open', 'spent']);

const costSchema = z.strictObject({
  amountAtomic: z.string(),
  usd: z.string(),
  network: z.string(),
  asset: z.string(),
  payTo: z.string(),
  /** As the seller says; the chain has the last word. */
  transaction: z.string().optional(),
});

/** What a place at the seller for one of the request's files cost. */
export const paidUploadSchema = z.strictObject({
  jobId: z.uuid(),
  amountAtomic: z.string(),
  money: moneySchema,
});

const jobBase = {
  type: z.string(),
  jobId: z.uuid(),
  success: z.boolean(),
  money: moneySchema,
  uploads: z.array(paidUploadSchema).optional(),
};

/** 200: where a job is. */
export const jobAnswerSchema = z.discriminatedUnion('status', [
  z.strictObject({ ...jobBase, status: z.enum(['pending', 'processing']), cost: costSchema.optional() }),
  z.strictObject({
    ...jobBase,
    status: z.literal('complete'),
    /** Presigned and short-lived: ask for the job again to get another. Of a picture or a drawing, or of a video. */
    imageUrl: z.url().optional(),
    videoUrl: z.url().optional(),
    thumbnailUrl: z.url().optional(),
    expiresInSeconds: z.int(),
    ...assetSchema.omit({ key: true, thumbnail: true }).shape,
    cost: costSchema,
  }),
  z.strictObject({
    ...jobBase,
    status: z.literal('failed'),
    outcome: z.string(),
    reason: z.strictObject({ name: z.string(), message: z.string() }),
    /** The seller's own words, when its job failed. */
    sellerSays: z.string().optional(),
    /** Whether asking for the same again can help; never while money is open. */
    retryCanHelp: z.boolean(),
    cost: costSchema.optional(),
  }),
]);

/** RFC 9457. `errors` names every wrong field of the request. */
export const problemSchema = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  errors: z.array(z.strictObject({ field: z.string(), message: z.string() })).optional(),
});

export type Accepted = z.infer<typeof acceptedSchema>;
export type JobAnswer = z.infer<typeof jobAnswerSchema>;
export type Problem = z.infer<typeof problemSchema>;
