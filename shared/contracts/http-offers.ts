import * as z from 'zod';
import { amountSchema, paymentSchema, reasonSchema } from './http.ts';

/** What callers of the HTTP API get to know before they ask for a job. */

/** 200: what a request would cost, and whether it would be paid. Asking spends nothing and promises nothing. */
export const quoteSchema = z.strictObject({
  type: z.string(),
  model: z.string(),
  /** The option of the seller's that would be paid. */
  payment: paymentSchema,
  /** Places at the seller for the request's files: at the most so many, since some may be there already. */
  uploads: amountSchema.extend({ atMost: z.int() }),
  /** Payment and uploads, at the most. */
  total: amountSchema,
  /** What we let such a request cost, its uploads apart. */
  ceiling: amountSchema,
  /** The caller's own limit on everything together. */
  maxPrice: amountSchema.optional(),
  /** What today's budgets leave for it, and which of them leaves the least; others may take from it meanwhile. */
  budget: amountSchema.extend({ scope: z.string() }),
  payable: z.boolean(),
  /** Why not, with both figures. */
  reason: reasonSchema.optional(),
  /** With `reuse`: a delivered job of the caller's that would be given in the place of a new one, for nothing. */
  reusable: z.uuid().optional(),
});

/** 200: everything that can be asked for. */
export const modelListSchema = z.strictObject({
  models: z.array(
    z.strictObject({
      name: z.string(),
      title: z.string(),
      path: z.string(),
      type: z.string(),
      returns: z.enum(['picture', 'video', 'svg']),
      /** The most that the cheapest and the dearest request may cost, in dollars. */
      ceiling: z.strictObject({ lowestUsd: z.string(), highestUsd: z.string() }),
      typicalSeconds: z.number(),
      /** Fields that hold media: a reference, or a list of them. */
      media: z.array(z.string()),
      /** Fields whose exact form the seller does not publish: passed on as they come. */
      loose: z.array(z.string()),
      /** JSON Schema of the body. */
      request: z.record(z.string(), z.unknown()),
    }),
  ),
});

export type Quoted = z.infer<typeof quoteSchema>;
export type ModelList = z.infer<typeof modelListSchema>;
