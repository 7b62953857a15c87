import type { FileStore } from '../../shared/aws/s3-files.ts';
import { inlineKey } from '../../shared/core/asset.ts';
import type { Job } from '../../shared/core/job-record.ts';
import type { Download, DownloadBounds } from '../../shared/seller/download.ts';
import { longestInlineBytes } from '../../shared/seller/find-result.ts';
import { fileInMemory } from '../../shared/seller/temporary-file.ts';
import { assetBounds } from './inspect-asset.ts';

/** What stands in `rendered.url` where the seller's answer carried the result itself: no web address begins so. */
export const inlineUrl = 'inline:';

export interface ResultSource {
  readonly files: Pick<FileStore, 'read'>;
  readonly bucketName: string;
  readonly download: (url: string, bounds: DownloadBounds) => Promise<Download>;
}

/** Fetches a job's result: from its host, or from where poll kept it. Either way its bytes are a stranger's. */
export async function fetchResult(
  { files, bucketName, download }: ResultSource,
  { jobId, rendered }: Pick<Job, 'jobId' | 'rendered'>,
): Promise<Download> {
  const url = rendered?.url ?? '';
  if (url !== inlineUrl) return download(url, assetBounds);
  const read = await files.read(bucketName, inlineKey(jobId), longestInlineBytes);
  if (!('bytes' in read)) return { unavailable: 'the result that came with the answer is there no more' };
  return { file: fileInMemory(read.bytes) };
}
