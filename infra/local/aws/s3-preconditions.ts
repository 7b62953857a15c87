import type { IncomingHttpHeaders } from 'node:http';
import { AwsError, notEmulated } from './aws-error.ts';

/** Lets the puts to one key through one at a time, so that check and write are one step. */
export function createKeyLocks(): (key: string) => Promise<() => void> {
  const tails = new Map<string, Promise<void>>();
  return async (key) => {
    const before = tails.get(key) ?? Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    const tail = before.then(() => promise);
    tails.set(key, tail);
    await before;
    return () => {
      resolve();
      if (tails.get(key) === tail) tails.delete(key);
    };
  };
}

/**
 * Conditional writes of S3 (user guide, "Conditional writes"): `If-None-Match: *` refuses to overwrite, `If-Match`
 * refuses any other ETag; both with 412. `If-Match` on an object that is not there is 404.
 */
export function checkPreconditions(headers: IncomingHttpHeaders, currentEtag: string | undefined): void {
  const noneMatch = headers['if-none-match'];
  const match = headers['if-match'];
  if (noneMatch !== undefined && noneMatch !== '*')
    throw notEmulated('S3 If-None-Match other than * on a write');
  if (noneMatch === '*' && currentEtag !== undefined) throw failed('If-None-Match');
  if (match === undefined) return;
  if (currentEtag === undefined) throw new AwsError('NoSuchKey', 'The specified key does not exist.', 404);
  if (match.replaceAll('"', '') !== currentEtag.replaceAll('"', '')) throw failed('If-Match');
}

function failed(condition: string): AwsError {
  return new AwsError(
    'PreconditionFailed',
    'At least one of the pre-conditions you specified did not hold',
    412,
    { Condition: condition },
  );
}
