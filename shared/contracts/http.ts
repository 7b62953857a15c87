import * as z from 'zod';
import { assetSchema } from '../core/job-record.ts';
import { longestUploadBytes, uploadTypes } from '../core/upload.ts';

/**
 * What callers of the HTTP API send and get. What is asked of a model is the catalogue's; those schemas live in
 * `core/catalogue.ts`. The OpenAPI document is made from both.
 */

/** 202: the job is taken. The same shape as the seller's own answer, with our job id. */
export const acceptedSchema = z.strictObject({
  type: z.string(),
  jobId: z.uuid(),
  status: z.literal('pending'),
  success: z.literal(true),
});

export const moneySchema = z.enum(['none', 'open', 'spent']);

/** The same amount twice: in the smallest units of a six-decimal dollar asset, and in dollars. */
export const amountSchema = z.strictObject({ amountAtomic: z.string(), usd: z.string() });

/** Whom a payment names, and how much. */
export const paymentSchema = amountSchema.extend({
  network: z.string(),
  asset: z.string(),
  payTo: z.string(),
});

export const costSchema = paymentSchema.extend({
  /** As the seller says; the chain has the last word. */
  transaction: z.string().optional(),
});

/** What was signed: with it anybody can look a payment up on the chain. */
export const signedPaymentSchema = z.strictObject({
  amountAtomic: z.string(),
  network: z.string(),
  asset: z.string(),
  payTo: z.string(),
  payer: z.string(),
  nonce: z.string(),
  /** Of a final block, or else as the seller says. */
  transaction: z.string().optional(),
});
export type Payment = z.infer<typeof signedPaymentSchema>;

/** Where what was delivered lies, for those who may read the bucket. */
export const deliveredAssetSchema = assetSchema.extend({
  bucket: z.string(),
  /** Key of the JSON beside it that says what it is (`side-car.ts`). */
  sideCar: z.string(),
});

/** What a place at the seller for one of the request's files cost. */
export const paidUploadSchema = z.strictObject({
  jobId: z.uuid(),
  amountAtomic: z.string(),
  money: moneySchema,
});

export const publicStatuses = ['pending', 'processing', 'complete', 'failed'] as const;

export const reasonSchema = z.strictObject({ name: z.string(), message: z.string() });

const jobBase = {
  type: z.string(),
  /** `model/operation`, as it was asked for. */
  model: z.string(),
  acceptedAt: z.iso.datetime(),
  jobId: z.uuid(),
  success: z.boolean(),
  money: moneySchema,
  uploads: z.array(paidUploadSchema).optional(),
};

/** 200: where a job is. */
export const jobAnswerSchema = z.discriminatedUnion('status', [
  z.strictObject({
    ...jobBase,
    status: z.enum(['pending', 'processing']),
    /** It was cancelled in time: nothing will be signed, and it ends in a moment. */
    cancelledAt: z.iso.datetime().optional(),
    /** Why it does not go on, where somebody has stopped it. */
    waitsFor: z.string().optional(),
    cost: costSchema.optional(),
  }),
  z.strictObject({
    ...jobBase,
    status: z.literal('complete'),
    /** Presigned and short-lived: ask for the job again to get another. Of a picture or a drawing, or of a video. */
    imageUrl: z.url().optional(),
    videoUrl: z.url().optional(),
    /** Of a file of format `bin`, which is no known format; it is served as a download. */
    fileUrl: z.url().optional(),
    thumbnailUrl: z.url().optional(),
    expiresInSeconds: z.int(),
    ...assetSchema.omit({ key: true, thumbnail: true }).shape,
    cost: costSchema,
  }),
  z.strictObject({
    ...jobBase,
    status: z.literal('failed'),
    outcome: z.string(),
    reason: reasonSchema,
    /** The seller's own words, when its job failed. */
    sellerSays: z.string().optional(),
    /** A file that an operator released after the end, which stays as it was told; served as a download. */
    released: z
      .strictObject({
        url: z.url(),
        expiresInSeconds: z.int(),
        sha256: z.string(),
        bytes: z.int(),
      })
      .optional(),
    /** Whether asking for the same again can help; never while money is open. */
    retryCanHelp: z.boolean(),
    cost: costSchema.optional(),
  }),
]);

/** 200: a page of the caller's jobs, newest first; each as it is shown alone. */
export const jobListSchema = z.strictObject({
  jobs: z.array(jobAnswerSchema),
  /** There may be more: ask again with it, and the same filters. */
  nextCursor: z.string().optional(),
});

const instant = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

/** The query of the list, as text that came in an address. */
export const jobListQuerySchema = z.strictObject({
  status: z.enum(publicStatuses).optional(),
  /** A model with all that it does, or one operation of it. */
  model: z
    .string()
    .max(80)
    .regex(/^[a-z0-9][a-z0-9.-]*(\/[a-z0-9-]+)?$/, 'must be such as flux-2-pro or flux-2-pro/generate')
    .optional(),
  /** Accepted then or later; accepted before. */
  since: instant.optional(),
  until: instant.optional(),
  limit: z
    .string()
    .regex(/^([1-9]\d?|100)$/, 'must be a whole number from 1 to 100')
    .transform(Number)
    .default(20),
  cursor: z.string().max(200).optional(),
});
export type JobListQuery = z.infer<typeof jobListQuerySchema>;

/** A file that the caller wants to name in a request: to be put under an address that is good for this file alone. */
export const uploadRequestSchema = z.strictObject({
  contentType: z.enum(uploadTypes),
  /** In bytes, exactly. */
  size: z.int().min(1).max(longestUploadBytes),
});

/** 201: where and how to put the file, once. */
export const uploadGrantSchema = z.strictObject({
  uploadId: z.uuid(),
  /** What a request names the file by. */
  reference: z.string(),
  url: z.url(),
  method: z.literal('PUT'),
  /** Signed with the address: they are to be sent exactly so. */
  headers: z.record(z.string(), z.string()),
  /** Of the address. */
  expiresAt: z.iso.datetime(),
  /** Of the file. */
  keptUntil: z.iso.datetime(),
});

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
export type JobList = z.infer<typeof jobListSchema>;
export type UploadGrant = z.infer<typeof uploadGrantSchema>;
export type Problem = z.infer<typeof problemSchema>;
