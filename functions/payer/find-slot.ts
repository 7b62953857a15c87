import { moneyOf } from '../../shared/core/job-money.ts';
import type { Job } from '../../shared/core/job-record.ts';
import { isPublicUrl } from '../../shared/core/reference.ts';
import type { File } from './file.ts';
import type { Payer } from './payer.ts';

/** An upload slot at the seller for the bytes of a file. */
export interface Slot {
  /** The upload that buys it, or bought it. */
  readonly jobId: string;
  /** The upload has no job yet. */
  readonly isNew: boolean;
  /** The seller has the file. */
  readonly isFilled: boolean;
}

/**
 * The upload that buys, or bought, a slot for these bytes. A slot that the seller no longer keeps, and a purchase that
 * ended without one, are followed by another edition; never one whose money is still open.
 */
export async function findSlot(payer: Payer, file: File): Promise<Slot | { refused: string }> {
  const { edition, upload } = await newestEdition(payer, file);
  const jobId = payer.uploadId(file.source.sha256, edition);
  if (!upload) return { jobId, isNew: true, isFilled: false };
  if (!upload.end) return { jobId, isNew: false, isFilled: false };
  if (upload.status === 'delivered' && (await isKept(payer, upload)))
    return { jobId, isNew: false, isFilled: true };
  if (upload.status === 'unresolved' && moneyOf(upload) === 'open')
    return { refused: 'was uploaded before, and whether that was paid is still open' };
  return { jobId: payer.uploadId(file.source.sha256, edition + 1), isNew: true, isFilled: false };
}

/**
 * The newest edition of a file's place, or the first where there is none. Each follows the one before it, and what is
 * needed every day has hundreds: it is looked for by doubling, and then by halves.
 */
async function newestEdition(
  payer: Payer,
  { source: { sha256 } }: File,
): Promise<{ edition: number; upload: Job | undefined }> {
  const read = (edition: number) => payer.ledger.read(payer.uploadId(sha256, edition));
  let newest = { edition: 1, upload: await read(1) };
  let missing = newest.upload ? Number.POSITIVE_INFINITY : 1;
  while (newest.edition + 1 < missing) {
    const edition =
      missing === Number.POSITIVE_INFINITY ? 2 * newest.edition : (newest.edition + missing) >> 1;
    const upload = await read(edition);
    if (upload) newest = { edition, upload };
    else missing = edition;
  }
  return newest;
}

async function isKept(payer: Payer, { end, blobUrl = '' }: Job): Promise<boolean> {
  const keepSeconds = payer.policy.uploads?.keepSeconds ?? 0;
  if ((end?.at ?? 0) + keepSeconds * 1000 <= payer.clock()) return false;
  // A host that is neither known nor public is not connected to; then the time is all there is to go by.
  if (!isPublicUrl(blobUrl, payer.knownOrigins)) return true;
  const isListed = payer.knownOrigins.includes(new URL(blobUrl).origin);
  return (await payer.seller.hasFile(blobUrl, isListed)) !== false;
}
