import { download } from '../../../../shared/seller/download.ts';
import type { Address } from '../../../../shared/seller/route-to.ts';

/** Fetches as the poller does, and tells whether anything came or might yet. */
export async function fetchPicture(
  url: string,
  allowedOrigins: readonly string[],
  resolve?: (hostname: string) => Promise<readonly Address[]>,
): Promise<'fetched' | 'unavailable' | 'unacceptable'> {
  const fetched = await download(url, {
    allowedOrigins,
    longestBytes: () => 1_000,
    totalMilliseconds: 2_000,
    ...(resolve && { resolve }),
  });
  return 'unacceptable' in fetched ? 'unacceptable' : 'unavailable' in fetched ? 'unavailable' : 'fetched';
}
