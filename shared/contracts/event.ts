import * as z from 'zod';
import { endStatuses } from '../core/job-record.ts';
import { deliveredAssetSchema, moneySchema, paidUploadSchema, signedPaymentSchema } from './http.ts';
import { refusalSchema } from './manifest.ts';
import { wrongFieldSchema } from './wrong-field.ts';

/** What EventBridge carries, once per job, whatever its end. No prompt, no URL, no signature. */

export const eventSource = 'coinbooth';

/** Detail type by the job's end. */
export const detailTypes = {
  delivered: 'JobDelivered',
  refused: 'JobRefused',
  unpaid: 'JobUnpaid',
  undelivered: 'JobUndelivered',
  unresolved: 'JobUnresolved',
} as const;

export const jobEndedSchema = z.strictObject({
  /** Derived from the job id: EventBridge delivers at least once, and this is how to tell. */
  id: z.string().length(64),
  jobId: z.uuid(),
  caller: z.string(),
  type: z.string(),
  status: z.enum(endStatuses),
  money: moneySchema,
  retryCanHelp: z.boolean(),
  endedAt: z.iso.datetime(),
  reason: z.strictObject({ name: z.string(), message: z.string() }).optional(),
  payment: signedPaymentSchema.optional(),
  /** Places for files at the seller that were bought for this job. */
  uploads: z.array(paidUploadSchema).optional(),
  /** The picture, video or drawing, and the side-car beside it in the same bucket. */
  asset: deliveredAssetSchema.optional(),
  /** The line of a manifest that asked for it. */
  manifest: z.strictObject({ id: z.string(), line: z.int().positive() }).optional(),
});

/**
 * What EventBridge carries, for each payment of which a job's end had not known what became of it, or what the seller had
 * said was not so: what a final block shows.
 */
export const paymentResolvedType = 'PaymentResolved';

export const paymentResolvedSchema = z.strictObject({
  /** Derived from what was paid for. */
  id: z.string().length(64),
  jobId: z.uuid(),
  caller: z.string(),
  /** How the job had ended. */
  status: z.enum(endStatuses),
  /** `settled`: paid, for naught where nothing was delivered; `dead`: never paid, and it never will be. */
  outcome: z.enum(['settled', 'dead']),
  at: z.iso.datetime(),
  amountAtomic: z.string(),
  /** Absent where nothing was signed in the end. */
  nonce: z.string().optional(),
  transaction: z.string().optional(),
  /** Where it was for a place for a file of the job's request: the upload's own id. */
  upload: z.uuid().optional(),
});
export type PaymentResolved = z.infer<typeof paymentResolvedSchema>;

export type JobEnded = z.infer<typeof jobEndedSchema>;

const notice = {
  /** Derived from what it is about: of two with one id, one is a repetition. */
  id: z.string().length(64),
  caller: z.string(),
};

/** What else is announced: of requests and manifests that came by queue or file, where nobody waits for an answer. */
export const noticeSchemas = {
  RequestRefused: z.strictObject({
    ...notice,
    /** Of the message in the request queue. */
    messageId: z.string(),
    reason: z.strictObject({ name: z.enum(['InputInvalid', 'IdempotencyConflict']), message: z.string() }),
    errors: z.array(wrongFieldSchema).optional(),
    /** The job that the caller's key was used for. */
    jobId: z.uuid().optional(),
  }),
  ManifestRefused: z.strictObject({
    ...notice,
    manifestId: z.uuid(),
    key: z.string(),
    reason: refusalSchema,
    /** Key of the same with every bad line, in the bucket of the pictures. */
    results: z.string(),
  }),
  ManifestFinished: z.strictObject({
    ...notice,
    manifestId: z.uuid(),
    key: z.string(),
    lines: z.int(),
    /** Lines that were refused before anything was bought for them. */
    bad: z.int(),
    /** Good lines by the end of their job. */
    ended: z.partialRecord(z.enum(endStatuses), z.int()),
    spentAtomic: z.string(),
    /** Money that is signed for and not known to be settled. */
    openAtomic: z.string(),
    results: z.string(),
  }),
} as const;

export type Notices = {
  [Name in keyof typeof noticeSchemas]: z.infer<(typeof noticeSchemas)[Name]>;
};
