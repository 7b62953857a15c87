import type { AssetStore } from '../../shared/aws/s3-assets.ts';
import { assetKey, contentTypes, type Inspected, mismatches } from '../../shared/core/asset.ts';
import { offeringOf } from '../../shared/core/catalogue.ts';
import type { Asset, Job } from '../../shared/core/job-record.ts';
import { inspectPicture } from '../../shared/core/picture.ts';
import type { Download, DownloadBounds } from '../../shared/seller/download.ts';
import type { DownloadedFile } from '../../shared/seller/temporary-file.ts';
import { thumbnailBounds } from './inspect-asset.ts';
import { objectMetadata } from './object-metadata.ts';

export interface Keeper {
  readonly assets: AssetStore;
  readonly download: (url: string, bounds: DownloadBounds) => Promise<Download>;
}

/** Puts an asset into the bucket, its bytes untouched, and a video's thumbnail with it. */
export async function keepAsset(
  keeper: Keeper,
  job: Job,
  file: DownloadedFile,
  inspected: Inspected,
): Promise<Asset> {
  const { sha256, bytes } = file;
  const key = assetKey(job.jobId, sha256, inspected.format);
  await keeper.assets.putFile(key, file, contentTypes[inspected.format], objectMetadata(job, sha256));
  const entry = offeringOf(job.offering);
  const thumbnail = inspected.format === 'mp4' ? await keepThumbnail(keeper, job) : undefined;
  return {
    key,
    sha256,
    bytes,
    ...inspected,
    mismatch: entry ? mismatches(inspected, entry.expected(JSON.parse(job.body)), entry.returns) : [],
    ...(thumbnail && { thumbnail }),
  };
}

/** A thumbnail that cannot be had, or is no picture, is done without: it was not what was paid for. */
async function keepThumbnail(keeper: Keeper, job: Job): Promise<Asset['thumbnail']> {
  const url = job.rendered?.thumbnailUrl;
  if (url === undefined) return undefined;
  const fetched = await keeper.download(url, thumbnailBounds);
  if (!('file' in fetched)) return undefined;
  await using file = fetched.file;
  const picture = inspectPicture(await file.read(0, file.bytes));
  if ('refused' in picture) return undefined;
  const { sha256, bytes } = file;
  const key = assetKey(job.jobId, sha256, picture.format);
  await keeper.assets.putFile(key, file, contentTypes[picture.format], objectMetadata(job, sha256));
  return { key, sha256, bytes, ...picture };
}
