import * as z from 'zod';
import { errorNames } from './errors.ts';

/**
 * One job as the ledger keeps it. Times ending in `At` or `Until` are Unix milliseconds; `validBefore` is Unix
 * seconds, as EIP-3009 has it. A row that does not fit this schema is refused, never repaired.
 */

export const openStatuses = ['accepted', 'reserved', 'authorized', 'unsettled', 'submitted'] as const;
export const endStatuses = ['delivered', 'refused', 'undelivered', 'unresolved'] as const;
export type EndStatus = (typeof endStatuses)[number];

const at = z.int().nonnegative();

export const reasonSchema = z.strictObject({ name: z.enum(errorNames), message: z.string() });

/** What the seller says of the settlement (x402 settlement response): a claim until a final block shows it. */
export const settlementSchema = z.strictObject({
  success: z.boolean(),
  transaction: z.string().max(128),
  network: z.string().max(64),
});

const purchaseSchema = z.strictObject({
  purchaseId: z.string(),
  generation: z.int().positive(),
  amountAtomic: z.string(),
  decimals: z.int(),
  network: z.string(),
  asset: z.string(),
  payTo: z.string(),
  payer: z.string(),
  nonce: z.string(),
  validBefore: z.int(),
  /** When all of the above was frozen. */
  reservedAt: at,
  /** Permissions to send that were given; the same bytes each time. */
  sends: z.int().nonnegative(),
  /** Looks at the seller's job list for the job of this purchase. */
  lookups: z.int().nonnegative(),
  firstSentAt: at.optional(),
  lastSentAt: at.optional(),
  /** While it lasts, a send may be under way, and nobody else begins one. */
  leaseUntil: at.optional(),
  /** What the last paid POST was answered with: evidence, not proof. */
  evidence: z.string().max(300).optional(),
  /** The last answer says that the same bytes would be answered the same: they are not sent again. */
  final: z.boolean().optional(),
});

const assetSchema = z.strictObject({
  key: z.string(),
  sha256: z.string().length(64),
  bytes: z.int().positive(),
  format: z.enum(['webp', 'jpg', 'png']),
  width: z.int().positive(),
  height: z.int().positive(),
  /** In which respects it is not what was asked; delivered all the same, since it was paid for. */
  mismatch: z.array(z.enum(['format', 'aspect', 'size'])),
});
export type Asset = z.infer<typeof assetSchema>;

export const jobSchema = z.strictObject({
  jobId: z.uuid(),
  /** IAM unique id, or issuer and subject of a JWT: never an ARN or a field of the body. */
  caller: z.string().min(1),
  /** Catalogue entry, `model/operation`. */
  offering: z.string(),
  /** The request's exact bytes: the quote and the paid POST carry the same. */
  body: z.string(),
  status: z.enum([...openStatuses, ...endStatuses]),
  /** Counts writes; each write names the one it read, so that a late one changes nothing. */
  version: z.int().positive(),
  acceptedAt: at,
  updatedAt: at,
  deadlineAt: at,
  /** When the sweeper re-queues the job; absent once it is finished. */
  dueAt: at.optional(),
  /** Nothing is tried before this. */
  waitUntil: at.optional(),
  purchase: purchaseSchema.optional(),
  sellerJobId: z.string().optional(),
  settlement: settlementSchema.optional(),
  submittedAt: at.optional(),
  workflow: z.strictObject({ run: z.int().positive(), startedAt: at }).optional(),
  rendered: z.strictObject({ imageUrl: z.string(), at }).optional(),
  assetFailures: z.int().nonnegative(),
  asset: assetSchema.optional(),
  end: z
    .strictObject({
      at,
      reason: reasonSchema.optional(),
      /** Paid, no picture: what a claim on the seller needs. */
      claim: z
        .strictObject({
          sellerJobId: z.string(),
          transaction: z.string().optional(),
          amountAtomic: z.string(),
          payTo: z.string(),
          /** Its own words, for the caller's eyes alone: they may echo the prompt. */
          sellerSays: z.string().max(200).optional(),
        })
        .optional(),
    })
    .optional(),
  announcedAt: at.optional(),
});

export type Job = z.infer<typeof jobSchema>;
export type SettlementClaim = z.infer<typeof settlementSchema>;

export type Money = 'none' | 'open' | 'spent';

/**
 * Where the money of a job is, as far as we know: `none` while nothing was signed, `spent` when the seller says
 * it settled, and `open` for everything between.
 */
export function moneyOf(job: Job): Money {
  if (job.purchase?.firstSentAt === undefined) return 'none';
  return job.settlement?.success ? 'spent' : 'open';
}

/** Whether asking for the same again can help: never while money is open or spent, so that nobody buys twice by hand. */
export const retryCanHelp = (job: Job): boolean =>
  moneyOf(job) === 'none' &&
  ['SellerUnavailable', 'SignerUnavailable', 'DeadlinePassed'].includes(job.end?.reason?.name ?? '');

/** What a caller is told of the status (design.md §3). */
export function publicStatus(job: Job): 'pending' | 'processing' | 'complete' | 'failed' {
  if (job.end) return job.status === 'delivered' ? 'complete' : 'failed';
  return job.status === 'submitted' ? 'processing' : 'pending';
}
