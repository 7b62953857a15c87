import sharp from 'sharp';
import type { Source } from './job-book.ts';
import { jobIdOf } from './result-file.ts';
import type { Shop } from './shop.ts';

/**
 * Finds the pictures that a request names, as they are now: an upload that is deleted later is still good for a job
 * that was made before. Only the seller's own blobs and results are looked up; of any other host the sandbox fetches
 * nothing, and draws something that goes by the URL.
 *
 * @returns the sources, or why the job must fail.
 */
export async function findSources(
  urls: readonly string[],
  shop: Shop,
): Promise<{ sources: Source[] } | { failure: string }> {
  const sources: Source[] = [];
  for (const url of urls) {
    const source = findSource(url, shop);
    if (source === undefined) return { failure: 'An input image could not be fetched' };
    if (source.kind === 'bytes' && !(await isPicture(source.bytes))) {
      return { failure: 'An input image could not be read' };
    }
    sources.push(source);
  }
  return { sources };
}

function findSource(url: string, { terms, blobs, resultUrls, jobs }: Shop): Source | undefined {
  const { origin, pathname, searchParams } = new URL(url);
  if (origin === blobs.origin) {
    const blob = blobs.find(url);
    return blob && { kind: 'bytes', bytes: blob.bytes };
  }
  if (origin !== terms.origin) return { kind: 'stranger', url };
  const file = pathname.replace(/^\/results\//, '');
  const [expires, signature] = [searchParams.get('expires'), searchParams.get('signature')];
  if (!resultUrls.check(file, expires ?? '', signature ?? '')) return undefined;
  const job = jobs.find(jobIdOf(file));
  return job !== undefined && jobs.progress(job).status === 'complete' ? { kind: 'job', job } : undefined;
}

async function isPicture(bytes: Buffer): Promise<boolean> {
  return sharp(bytes)
    .metadata()
    .then(
      () => true,
      () => false,
    );
}
