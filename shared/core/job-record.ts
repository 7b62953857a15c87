import * as z from 'zod';
import { errorNames } from './errors.ts';
import { railNames } from './policy.ts';
import { heldSchema, quarantinedSchema, releasedSchema } from './refused-result.ts';
import { isWithdrawal } from './withdrawal.ts';

/**
 * One job as the ledger keeps it. Times ending in `At` or `Until` are Unix milliseconds; `validBefore` is Unix
 * seconds, as EIP-3009 has it. A row that does not fit this schema is refused, never repaired.
 */

export const openStatuses = ['accepted', 'reserved', 'authorized', 'unsettled', 'submitted'] as const;
export const endStatuses = ['delivered', 'refused', 'unpaid', 'undelivered', 'unresolved'] as const;
export type EndStatus = (typeof endStatuses)[number];

const at = z.int().nonnegative();

export const reasonSchema = z.strictObject({ name: z.enum(errorNames), message: z.string() });

/** What the seller says of the settlement (x402 settlement response): a claim until a final block shows it. */
export const settlementSchema = z.strictObject({
  success: z.boolean(),
  transaction: z.string().max(128),
  network: z.string().max(64),
});

/** What final blocks say of an authorization: the last word on its money. */
export const proofSchema = z.strictObject({
  state: z.enum(['settled', 'dead']),
  transaction: z.string().optional(),
  blockNumber: z.int().nonnegative(),
  at,
});
export type Proof = z.infer<typeof proofSchema>;

const holdSchema = z.strictObject({ key: z.string(), amount: z.int() });

const purchaseSchema = z.strictObject({
  purchaseId: z.string(),
  generation: z.int().positive(),
  rail: z.enum(railNames).default('x402'),
  amountAtomic: z.string(),
  decimals: z.int(),
  network: z.string(),
  asset: z.string(),
  payTo: z.string(),
  payer: z.string(),
  nonce: z.string(),
  validBefore: z.int(),
  /** Where a whole transaction was signed: its hash, which is the same whenever it is settled. */
  transaction: z.string().optional(),
  /** When all of the above was frozen. */
  reservedAt: at,
  /** The day, in UTC, whose budgets it takes from. */
  reservedDay: z.string(),
  /** What it took from the budgets: given back or spent by proof alone, once (`budget.ts`). */
  holds: z.array(holdSchema),
  holdState: z.enum(['held', 'committed', 'released']),
  /** Key of the row that counts it in the exposure to its payee (`exposure.ts`); absent once it counts no longer. */
  unseen: z.string().optional(),
  /** What it adds to that row, atomic units; absent in rows of the first release, which counted no amounts. */
  exposedAtomic: z.int().nonnegative().optional(),
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
  /** The last answer asks for a pause: the same bytes are not sent again before this. */
  retryAt: at.optional(),
});

/** A file in the bucket, as its bytes say. */
const storedFile = {
  key: z.string(),
  sha256: z.string().length(64),
  bytes: z.int().positive(),
  width: z.int().positive(),
  height: z.int().positive(),
};

/** What was delivered: the event and the API show the same. */
export const assetSchema = z.strictObject({
  ...storedFile,
  /** Of a file that an operator released from quarantine (`bin`) they are not known. */
  width: storedFile.width.optional(),
  height: storedFile.height.optional(),
  format: z.enum(['webp', 'jpg', 'png', 'mp4', 'svg', 'bin']),
  /** Of a video. */
  durationSeconds: z.number().positive().optional(),
  /** In which respects it is not what was asked; delivered all the same, since it was paid for. */
  mismatch: z.array(z.enum(['format', 'aspect', 'size', 'duration'])),
  /** Of a video, when the seller made one. */
  thumbnail: z.strictObject({ ...storedFile, format: z.enum(['webp', 'jpg', 'png']) }).optional(),
});
export type Asset = z.infer<typeof assetSchema>;

/** What a job's request needed at the seller before it could be paid for: a place for each file. */
const neededUploadSchema = z.strictObject({
  /** As the request names the file. */
  reference: z.string(),
  /** The upload is a job of its own, shared by everybody who needs the same bytes. */
  jobId: z.uuid(),
  /** What of its price this job bears: nothing when another job bought it. */
  amountAtomic: z.string(),
  money: z.enum(['none', 'open', 'spent']),
  /** What became of that money was not known at the job's end: known since, and then told; or asked about in vain. */
  resolution: z.enum(['owed', 'told', 'unknown']).optional(),
});
export type NeededUpload = z.infer<typeof neededUploadSchema>;

/**
 * Budget that a job holds before its authorization is built. A request that names files holds its own price and a price
 * for each upload slot that it needs. An upload holds what its buyer held for its slot.
 */
const earmarkSchema = z.strictObject({
  /** The day, in UTC, whose budgets are held. */
  day: z.string(),
  /** For the job's own purchase. */
  holds: z.array(holdSchema),
  /** For each upload that the job may still have to buy, by the upload's job id. */
  slots: z.array(z.strictObject({ jobId: z.uuid(), holds: z.array(holdSchema) })),
});
export type Earmark = z.infer<typeof earmarkSchema>;

/** Where a file lies that is to be uploaded, and what it must still be by then. */
const sourceSchema = z.strictObject({ bucket: z.string(), key: z.string(), sha256: z.string().length(64) });
export type Source = z.infer<typeof sourceSchema>;

/** The seller's leave to put a file, for five minutes. */
export const uploadLeaveSchema = z.strictObject({
  clientToken: z.string().max(4096),
  pathname: z.string().max(1024),
  expiresAt: at,
});
export type UploadLeave = z.infer<typeof uploadLeaveSchema>;

export const jobSchema = z.strictObject({
  jobId: z.uuid(),
  /** IAM unique id, or issuer and subject of a JWT: never an ARN or a field of the body. */
  caller: z.string().min(1),
  /** Catalogue entry, `model/operation`. */
  offering: z.string(),
  /** The request as it was asked and checked, JSON in the seller's field names. */
  body: z.string(),
  /** What is sent in its place, with the seller's own addresses where the request names media of ours. */
  sent: z.string().optional(),
  /** Of caller, entry and request: who asks for the same again can be given what is there. */
  requestHash: z.string().length(64).optional(),
  /** The caller's own limit on what the whole job may cost. */
  maxPriceAtomic: z.string().optional(),
  /** The line of a manifest that asked for it. */
  manifest: z.strictObject({ id: z.string(), line: z.int().positive() }).optional(),
  /** Media in the request that are not on the web yet: to be uploaded before it can be sent. */
  references: z.array(z.string()).min(1).optional(),
  uploads: z.array(neededUploadSchema).optional(),
  /** Of an upload: the job that it was bought for, and the file. */
  forJobId: z.uuid().optional(),
  /** Of an upload: caller and catalogue entry of that job. Rows of the first release have neither. */
  forCaller: z.string().min(1).optional(),
  forOffering: z.string().optional(),
  source: sourceSchema.optional(),
  /** Of an upload that is paid: where the file may be put. */
  leave: uploadLeaveSchema.optional(),
  /** Of an upload that is delivered: where the seller keeps the file. */
  blobUrl: z.string().optional(),
  status: z.enum([...openStatuses, ...endStatuses]),
  /** Counts writes; each write names the one it read, so that a late one changes nothing. */
  version: z.int().positive(),
  acceptedAt: at,
  updatedAt: at,
  deadlineAt: at,
  /** When the sweeper re-queues the job; absent once it is finished. */
  dueAt: at.optional(),
  /** The caller wants it no longer; it ends unless something was signed before. */
  cancelledAt: at.optional(),
  /** Nothing is tried before this. */
  waitUntil: at.optional(),
  earmark: earmarkSchema.optional(),
  purchase: purchaseSchema.optional(),
  sellerJobId: z.string().optional(),
  settlement: settlementSchema.optional(),
  proof: proofSchema.optional(),
  /** When the money of a job whose end was announced without knowing it was announced too. */
  resolvedAt: at.optional(),
  submittedAt: at.optional(),
  workflow: z.strictObject({ run: z.int().positive(), startedAt: at }).optional(),
  rendered: z
    .strictObject({
      url: z.string(),
      thumbnailUrl: z.string().optional(),
      at,
      /** After `submittedAt`, when it was last seen running, 0 for never. Absent when it had been finished before. */
      ranSeconds: z.number().nonnegative().optional(),
    })
    .optional(),
  /** When the seller had denied the job (403, 404, 410) at two polls in a row, for the first time. */
  deniedAt: at.optional(),
  assetFailures: z.int().nonnegative(),
  /** The result lies on a host that the pin does not allow, and waits. */
  held: heldSchema.optional(),
  /** Why inspection refused the last result. */
  refused: z.strictObject({ reason: z.string().max(300), at }).optional(),
  quarantine: z.array(quarantinedSchema).optional(),
  /** Given to the caller by an operator, after an end that stays as it was told. */
  released: releasedSchema.optional(),
  asset: assetSchema.optional(),
  end: z
    .strictObject({
      at,
      reason: reasonSchema.optional(),
      /** What was known then of its own payment, where that was more or less than the seller's word. */
      own: z.enum(['open', 'proven']).optional(),
      /** Paid, no picture: what a claim on the seller needs. */
      claim: z
        .strictObject({
          sellerJobId: z.string().optional(),
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
  /** Unix seconds: when its row may go; never while anything of it is open. */
  expiresAt: z.int().optional(),
});

export type Job = z.infer<typeof jobSchema>;
export type SettlementClaim = z.infer<typeof settlementSchema>;

/** The exact bytes of the request: the quote and the paid POST carry the same. */
export const bodyToSend = (job: Job): string => job.sent ?? job.body;

/** Whether media of the request must be uploaded before it can be sent. */
export const needsUploads = (job: Job): boolean => job.references !== undefined && job.sent === undefined;

/** Whether it is a place for a file that is bought, not a picture: nobody asked for it by itself. */
export const isUpload = (job: Job): boolean => job.source !== undefined;

/** Who asks for what nobody asked for by themselves: no caller is called so. */
export const houseCaller = 'coinbooth';

/** Whose budgets a job takes from: an upload takes from those of the caller whose job buys it. */
export const payingCaller = ({ caller, forCaller }: Pick<Job, 'caller' | 'forCaller'>): string =>
  forCaller ?? caller;

/** Whether a job is the house's own, a place for a file or a withdrawal: no caller is told of its end. */
export const isOurOwn = (job: Job): boolean => isUpload(job) || isWithdrawal(job);

/** What a caller is told of the status. */
export function publicStatus(job: Job): 'pending' | 'processing' | 'complete' | 'failed' {
  if (job.end) return job.status === 'delivered' ? 'complete' : 'failed';
  return job.status === 'submitted' ? 'processing' : 'pending';
}
