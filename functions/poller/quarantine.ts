import type { Job } from '../../shared/core/job-record.ts';
import { mostQuarantined, type Quarantined, quarantineKey } from '../../shared/core/refused-result.ts';
import type { DownloadedFile } from '../../shared/seller/temporary-file.ts';
import type { Keeper } from './keep-asset.ts';
import { objectMetadata } from './object-metadata.ts';

/**
 * Keeps bytes that inspection refused where no caller and no function can read them, for an operator to look at.
 * @returns what lies there; undefined for bytes that lie there already, and for more than a job may keep
 */
export async function quarantine(
  { assets }: Pick<Keeper, 'assets'>,
  job: Job,
  file: DownloadedFile,
  { reason, at }: Pick<Quarantined, 'reason' | 'at'>,
): Promise<Quarantined | undefined> {
  const { sha256, bytes } = file;
  const kept = job.quarantine ?? [];
  if (bytes === 0 || kept.length >= mostQuarantined || kept.some((one) => one.sha256 === sha256))
    return undefined;
  const key = quarantineKey(job.jobId, sha256);
  await assets.putFile(key, file, 'application/octet-stream', objectMetadata(job, sha256), 'attachment');
  return { key, sha256, bytes, reason: reason.slice(0, 300), at };
}
