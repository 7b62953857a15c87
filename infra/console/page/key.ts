/** Under which the page keeps the key in the storage of its origin: no other port of this machine gets it, unlike a cookie. */
export const keptAs = 'coinbooth-key';

const kept = (): string | undefined => globalThis.localStorage?.getItem(keptAs) ?? undefined;

/** The key of the console, or `page` where it asks for none. */
export const keyHere = (): string => kept() ?? 'page';

/** Where a job's picture is shown from. Its address has the half of the key that shows pictures and does nothing else. */
export function pictureAt(jobId: string, what?: 'download' | 'thumbnail'): string {
  const key = kept();
  const query = new URLSearchParams({
    ...(what && { [what]: '' }),
    ...(key !== undefined && { pass: key.slice(key.length / 2) }),
  });
  return `/pictures/${jobId}${query.size > 0 ? `?${query}` : ''}`;
}
