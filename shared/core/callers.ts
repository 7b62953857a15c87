/**
 * Callers of a day, as a few numbers in the row of the day's total: enough to tell one caller from several, and bounded
 * however many there are.
 */
const buckets = 64;

/** The number of a caller: FNV-1a over its UTF-16 code units. Two callers of one number count as one. */
export function callerBucket(caller: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < caller.length; index += 1)
    hash = Math.imul(hash ^ caller.charCodeAt(index), 0x01000193);
  return (hash >>> 0) % buckets;
}
