import * as z from 'zod';
import { endStatuses, openStatuses } from '../../shared/core/job-record.ts';

/** What the console's server tells its page beside the booth's own API: what only an operator may see and do. */

const signingSchema = z.object({
  enabled: z.boolean(),
  reason: z.string(),
  by: z.string(),
  /** Unix milliseconds. */
  at: z.int(),
});

/** What does not change while the console runs. */
export const boothSchema = z.object({
  name: z.string(),
  isLocal: z.boolean(),
  /** Its API asks for the key that `npm start` printed. */
  needsKey: z.boolean(),
  /** Of the API, for calls from elsewhere. */
  apiOrigin: z.string(),
  seller: z.string(),
  /** Whom it pays, and nobody else. */
  payees: z.array(z.string()),
  wallet: z.string(),
  tokens: z.array(z.object({ network: z.string(), asset: z.string(), name: z.string(), decimals: z.int() })),
});

const atomic = z.int();

/** Budgets of today (UTC), and what its purchases came to. Amounts are atomic units of a six-decimal dollar asset. */
export const moneySchema = z.object({
  signing: signingSchema.optional(),
  stopped: z.array(signingSchema.extend({ scope: z.string() })),
  today: z.array(
    z.object({
      scope: z.string(),
      of: z.string().optional(),
      limit: atomic,
      held: atomic,
      committed: atomic,
    }),
  ),
  purchases: z.object({
    /** There were more jobs than are looked at. */
    isPartial: z.boolean(),
    byModel: z.record(z.string(), z.object({ held: atomic, committed: atomic })),
    byCaller: z.record(z.string(), z.object({ held: atomic, committed: atomic })),
    /** Of each hour, from midnight UTC. */
    byHour: z.array(z.object({ held: atomic, committed: atomic })).length(24),
  }),
});

/** What the wallet holds of each token in the newest final block, or why that is not known. */
export const balancesSchema = z.object({
  balances: z.array(
    z.object({
      network: z.string(),
      name: z.string(),
      usd: z.string().optional(),
      blockNumber: z.int().optional(),
      unknown: z.string().optional(),
    }),
  ),
});

/** A job as the ledger has it: what was asked, and when it came how far. */
export const jobDetailSchema = z.object({
  jobId: z.string(),
  status: z.enum([...openStatuses, ...endStatuses]),
  request: z.record(z.string(), z.unknown()),
  /** Unix milliseconds. */
  times: z.object({
    accepted: z.int(),
    reserved: z.int().optional(),
    sent: z.int().optional(),
    submitted: z.int().optional(),
    rendered: z.int().optional(),
    ended: z.int().optional(),
  }),
  /** Of a final block. */
  proof: z.object({ state: z.enum(['settled', 'dead']), blockNumber: z.int() }).optional(),
  hasClaim: z.boolean(),
  batchLine: z.int().optional(),
});
export const jobDetailsSchema = z.object({ jobs: z.array(jobDetailSchema) });

export const findingsSchema = z.object({
  findings: z.array(z.object({ name: z.string(), isReady: z.boolean(), says: z.string() })),
});
export const resumedSchema = findingsSchema.extend({ resumed: z.boolean() });

/** Results that are paid for and not taken: held for their host, or refused by inspection. */
export const resultsSchema = z.object({
  /** Origins of `seller.pictureOrigins`; absent where every public https host may give results. */
  pin: z.array(z.string()).optional(),
  allowed: z.array(z.object({ origin: z.string(), by: z.string(), at: z.int() })),
  /** `jobId` and `at` are of the last result that was found there. */
  held: z.array(z.object({ origin: z.string(), jobId: z.string(), at: z.int() })),
  quarantine: z.array(
    z.object({
      /** The key without its prefix. */
      name: z.string(),
      bytes: z.int(),
      jobId: z.string(),
      model: z.string().optional(),
      status: z.string().optional(),
      reason: z.string().optional(),
      at: z.int().optional(),
    }),
  ),
  /** More lies in quarantine than is listed. */
  isPartial: z.boolean(),
});

/** A host to allow or to forbid. */
export const hostTurnSchema = z.strictObject({ host: z.string().max(300), allowed: z.boolean() });

/** A file of many requests, read and checked; nothing is bought yet. */
export const batchSchema = z.object({
  good: z.array(
    z.object({
      line: z.int(),
      /** The person's own. */
      label: z.string().optional(),
      model: z.string(),
      request: z.record(z.string(), z.unknown()),
      /** Under which the line is bought once, however often the file is brought. */
      key: z.string(),
    }),
  ),
  bad: z.array(z.object({ line: z.int(), message: z.string() })),
  /** The most that the good lines may cost together. */
  mostUsd: z.string(),
});

/** What the person says when they stop or resume. */
export const sayingSchema = z.strictObject({ reason: z.string().trim().min(1).max(500) });

/** The same of one caller, model or payee. */
export const turningSchema = sayingSchema.extend({ scope: z.string().max(300), enabled: z.boolean() });

export type Booth = z.infer<typeof boothSchema>;
export type Money = z.infer<typeof moneySchema>;
export type Balances = z.infer<typeof balancesSchema>;
export type JobDetail = z.infer<typeof jobDetailSchema>;
export type Findings = z.infer<typeof findingsSchema>['findings'];
export type Results = z.infer<typeof resultsSchema>;
export type Batch = z.infer<typeof batchSchema>;
