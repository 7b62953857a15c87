import * as z from 'zod';
import { type Job, payingCaller, proofSchema } from './job-record.ts';

/**
 * The books: one entry for each authorization whose money is known, as a final block shows it. An entry is written once,
 * in the transaction that closes the authorization, and says everything itself: it is neither changed nor deleted,
 * whatever becomes of the job's own row. What was paid and brought nothing has an entry of its own (`loss.ts`).
 */
export const bookEntrySchema = z.strictObject({
  jobId: z.string(),
  /** `settled`: it was paid; `dead`: it was not, and never will be. */
  state: proofSchema.shape.state,
  /** Unix milliseconds: the time of the final block that was looked at. Entries are in the book of this day (UTC). */
  bookedAt: z.int(),
  /** Of an upload: the caller whose job bought it; `coinbooth` in entries of the first release. */
  caller: z.string(),
  /** Catalogue entry, `model/operation`; `upload` for a place for a file, `withdrawal` for what went to the treasury. */
  model: z.string(),
  payTo: z.string(),
  payer: z.string(),
  network: z.string(),
  asset: z.string(),
  amountAtomic: z.string(),
  decimals: z.int(),
  nonce: z.string(),
  transaction: z.string().optional(),
  blockNumber: z.int(),
  /** When it was taken from the budgets, and from those of which day. */
  reservedAt: z.int(),
  reservedDay: z.string(),
  sellerJobId: z.string().optional(),
  /** Of a place for a file: the job that it was bought for. */
  forJobId: z.string().optional(),
});
export type BookEntry = z.infer<typeof bookEntrySchema>;

/** The entry of a job whose money is proven; undefined before that. */
export function bookEntryOf(job: Job): BookEntry | undefined {
  const { jobId, offering, purchase, proof, sellerJobId, forJobId } = job;
  if (!purchase || !proof) return undefined;
  return {
    jobId,
    state: proof.state,
    bookedAt: proof.at,
    caller: payingCaller(job),
    model: offering,
    payTo: purchase.payTo,
    payer: purchase.payer,
    network: purchase.network,
    asset: purchase.asset,
    amountAtomic: purchase.amountAtomic,
    decimals: purchase.decimals,
    nonce: purchase.nonce,
    ...(proof.transaction !== undefined && { transaction: proof.transaction }),
    blockNumber: proof.blockNumber,
    reservedAt: purchase.reservedAt,
    reservedDay: purchase.reservedDay,
    ...(sellerJobId !== undefined && { sellerJobId }),
    ...(forJobId !== undefined && { forJobId }),
  };
}
