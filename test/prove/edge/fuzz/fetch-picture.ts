import { downloadPicture } from '../../../../shared/seller/download.ts';

/** Fetches as the poller does, and tells whether anything came or might yet. */
export async function fetchPicture(
  url: string,
  allowedOrigins: readonly string[],
): Promise<'fetched' | 'unavailable' | 'unacceptable'> {
  const download = await downloadPicture(url, allowedOrigins);
  return 'unacceptable' in download ? 'unacceptable' : 'unavailable' in download ? 'unavailable' : 'fetched';
}
