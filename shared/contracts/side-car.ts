import * as z from 'zod';
import { assetSchema } from '../core/job-record.ts';
import { paidUploadSchema, signedPaymentSchema } from './http.ts';

/**
 * What lies beside every delivered asset, as JSON under the same name: enough to trust the file years later, without
 * the ledger. It holds the prompt, and stays in the account's own bucket. `version` changes when a field's meaning does.
 */

export const sideCarVersion = 1;

const time = z.iso.datetime();

export const sideCarSchema = z.strictObject({
  version: z.literal(sideCarVersion),
  jobId: z.uuid(),
  caller: z.string(),
  /** Catalogue entry, `model/operation`. */
  model: z.string(),
  /** As it was asked, in the seller's field names, the prompt included. */
  request: z.record(z.string(), z.unknown()),
  seed: z.number().optional(),
  asset: assetSchema,
  /** With the decimals of the token whose smallest units the amount is in. */
  payment: signedPaymentSchema.extend({ decimals: z.int() }),
  /** Places for the request's files at the seller. */
  uploads: z.array(paidUploadSchema).optional(),
  sellerJobId: z.string(),
  times: z.strictObject({
    accepted: time,
    /** When the signed payment first left. */
    paid: time.optional(),
    /** When the seller's job id was known. */
    submitted: time.optional(),
    rendered: time.optional(),
    delivered: time,
  }),
  /** The line of a manifest that asked for it. */
  manifest: z.strictObject({ id: z.string(), line: z.int().positive() }).optional(),
});

export type SideCar = z.infer<typeof sideCarSchema>;
