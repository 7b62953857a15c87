/** Shorter parts, such as `v2`, are no keys. */
const shortestKey = 4;

/**
 * Reads words of a node as one short line without any part of its address that may be a key: segments of the path and
 * what they hold behind `=` or `;`, names and values of the query, user and password, and the two as base64.
 * @param most characters of the line
 */
export function withoutKeys(rpcUrl: string, most: number): (says: string) => string {
  const keys = keysOf(new URL(rpcUrl)).map((key) => key.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
  // Nothing is matched without any key.
  const anyKey = new RegExp(keys.join('|') || '(?!)', 'gi');
  return (says) => {
    const plain = says.replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ').replaceAll(/https?:\/\/\S+/gi, 'an address');
    const safe = plain.replaceAll(anyKey, '…').trim();
    return safe.length > most ? `${safe.slice(0, most)}…` : safe;
  };
}

/** @returns the longest first, so that none is left in part */
function keysOf({ pathname, search, username, password }: URL): readonly string[] {
  const parts = [...pathname.split('/'), ...search.slice(1).split(/[&?]/)].flatMap((part) => [
    part,
    ...part.split(/[=;]/),
    part.slice(part.indexOf('=') + 1),
  ]);
  const user = `${decoded(username)}:${decoded(password)}`;
  // Without its padding: what is left of that tells nothing.
  const basic = username === '' ? '' : Buffer.from(user).toString('base64').replace(/=+$/, '');
  const spelled = [...parts, username, password].flatMap((part) => [
    part,
    decoded(part),
    decoded(part.replaceAll('+', ' ')),
    encodeURIComponent(decoded(part)),
  ]);
  return [...new Set([...spelled, user, basic])]
    .filter((part) => part.length >= shortestKey)
    .toSorted((one, other) => other.length - one.length);
}

/** What is encoded wrongly stands for itself. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
