import { download } from '../../../../shared/seller/download.ts';
import type { Address } from '../../../../shared/seller/route-to.ts';

/** Fetches as the poller does, and tells whether anything came or might yet. */
export async function fetchPicture(
  url: string,
  pin: readonly string[] | undefined,
  resolve?: (hostname: string) => Promise<readonly Address[]>,
): Promise<'fetched' | 'unavailable' | 'unacceptable' | 'held'> {
  const fetched = await download(url, {
    pin,
    longestBytes: () => 1_000,
    totalMilliseconds: 2_000,
    ...(resolve && { resolve }),
  });
  const outcomes = ['unacceptable', 'unavailable', 'held'] as const;
  return outcomes.find((outcome) => outcome in fetched) ?? 'fetched';
}
