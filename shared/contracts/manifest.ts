import * as z from 'zod';
import { endStatuses, reasonSchema } from '../core/job-record.ts';
import { costSchema, deliveredAssetSchema, moneySchema, paidUploadSchema } from './http.ts';
import { wrongFieldSchema } from './wrong-field.ts';

/** What lies in our own bucket of a manifest: its plan, and what came of its lines. */

/** Why nothing of a manifest is bought. */
export const manifestRefusals = [
  'ManifestUnreadable',
  'ManifestTooLarge',
  'ManifestNotText',
  'ManifestEmpty',
  'ManifestTooLong',
  'ManifestFormatUnknown',
  'CsvInvalid',
  'LineTooLong',
  'LineTooDeep',
  'ManifestTooDear',
  'ManifestOverBudget',
] as const;

export const refusalSchema = z.strictObject({
  name: z.enum(manifestRefusals),
  message: z.string(),
  /** What was found and what is allowed, in the units of the message. */
  found: z.string().optional(),
  allowed: z.string().optional(),
  line: z.int().positive().optional(),
});
export type Refusal = z.infer<typeof refusalSchema>;

const place = {
  /** As an editor counts; of a CSV the row, with the header as row 1. */
  line: z.int().positive(),
  /** The caller's own label. */
  id: z.string().optional(),
};

/** A line that will be bought, as it was checked; its job's id follows from what it says. */
const goodLineSchema = z.strictObject({
  ...place,
  jobId: z.uuid(),
  /** `model/operation`. */
  model: z.string(),
  /** JSON, in the seller's field names. */
  body: z.string(),
  requestHash: z.string(),
  maxPriceAtomic: z.string().optional(),
  references: z.array(z.string()).optional(),
  /** The job was delivered before, and will do: nothing is bought. */
  reused: z.literal(true).optional(),
});
export type GoodLine = z.infer<typeof goodLineSchema>;

const badLineSchema = z.strictObject({ ...place, errors: z.array(wrongFieldSchema).min(1) });
export type BadLine = z.infer<typeof badLineSchema>;

/** Written once, before the first line is bought; whatever becomes of the file in the inbox, this is what runs. */
export const planSchema = z.strictObject({
  manifestId: z.uuid(),
  caller: z.string(),
  bucket: z.string(),
  key: z.string(),
  good: z.array(goodLineSchema),
  bad: z.array(badLineSchema),
});
export type Plan = z.infer<typeof planSchema>;

/** One line of `results.jsonl`. */
export const lineResultSchema = z.strictObject({
  ...place,
  jobId: z.uuid().optional(),
  status: z.enum([...endStatuses, 'invalid']),
  money: moneySchema,
  cost: costSchema.optional(),
  uploads: z.array(paidUploadSchema).optional(),
  asset: deliveredAssetSchema.optional(),
  reason: reasonSchema.optional(),
  retryCanHelp: z.boolean().optional(),
  errors: z.array(wrongFieldSchema).optional(),
});
export type LineResult = z.infer<typeof lineResultSchema>;

/** Keys in the bucket of the pictures, made of our own ids alone. */
export const manifestKeys = {
  plan: (manifestId: string) => `manifests/${manifestId}/plan.json`,
  line: (manifestId: string, line: number) =>
    `results/${manifestId}/lines/${String(line).padStart(6, '0')}.json`,
  results: (manifestId: string) => `results/${manifestId}/results.jsonl`,
  table: (manifestId: string) => `results/${manifestId}/results.csv`,
  refusal: (manifestId: string) => `results/${manifestId}/refused.json`,
} as const;

/** What S3 says of an object that was put into the inbox (event message 2.1): keys are URL-encoded, `+` for a space. */
export const arrivalsSchema = z.union([
  z.object({
    Records: z.array(
      z.object({
        userIdentity: z.object({ principalId: z.string() }),
        s3: z.object({
          bucket: z.object({ name: z.string() }),
          object: z.object({ key: z.string(), eTag: z.string() }),
        }),
      }),
    ),
  }),
  z.object({ Event: z.literal('s3:TestEvent') }),
]);

/** A message of the manifests' own queue: a job's end as the bus brings it, or the sweeper's wish for a look. */
export const manifestMessageSchema = z.union([
  z.strictObject({ manifestId: z.uuid() }),
  z.object({
    detail: z.object({
      jobId: z.uuid(),
      manifest: z.object({ id: z.uuid(), line: z.int().positive() }),
    }),
  }),
]);
export type ManifestMessage = z.infer<typeof manifestMessageSchema>;
