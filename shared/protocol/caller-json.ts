/** JSON of a caller that may spend: what readers could understand differently is refused (RFC 8259 §4, §8.1). */
export type CallerJson = { readonly value: unknown } | { readonly fault: string };

/** A gateway puts it where bytes were not UTF-8; written as `\ufffd` it is text like any other. */
const replacement = '\ufffd';

/**
 * Parses a caller's JSON.
 * @param input bytes, or text that a gateway decoded
 * @returns the value; or why it is refused, as a predicate such as `is not JSON`: no UTF-8, too long, nested too deep,
 *   no JSON, half of a surrogate pair, or a key that an object has twice, of which readers keep different ones
 */
export function parseCallerJson(
  input: string | Uint8Array,
  bounds: { readonly bytes: number; readonly depth: number },
): CallerJson {
  const length = typeof input === 'string' ? Buffer.byteLength(input) : input.length;
  if (length > bounds.bytes) return { fault: `is larger than ${bounds.bytes} bytes` };
  const text = typeof input === 'string' ? input : decoded(input);
  if (text === undefined || text.includes(replacement))
    return { fault: 'is not valid UTF-8, or holds the replacement character U+FFFD' };
  const fault = keyFault(text, bounds.depth);
  if (fault !== undefined) return { fault };
  try {
    const value: unknown = JSON.parse(text);
    return isWellFormed(value) ? { value } : { fault: 'holds half of a surrogate pair' };
  } catch {
    return { fault: 'is not JSON' };
  }
}

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** One pass before any parser recurses: depth, keys that an object has twice, and keys that reach for a prototype. */
function keyFault(text: string, depth: number): string | undefined {
  const open: Set<string>[] = [];
  // A string without an end goes to the end of the text: looked for once, and no JSON.
  const strings = /"[^"\\]*(?:\\.[^"\\]*)*"?|[{}[\]:]/gs;
  let last = '';
  for (const [token] of text.matchAll(strings)) {
    if (token === '{' || token === '[') {
      open.push(new Set());
      if (open.length > depth) return `is nested deeper than ${depth}`;
    } else if (token === '}' || token === ']') open.pop();
    else if (token === ':') {
      const key = keyOf(last);
      const keys = open.at(-1);
      if (key === undefined || !keys) return 'is not JSON';
      if (key === '__proto__') return 'has the key "__proto__"';
      if (keys.has(key)) return `has the key ${JSON.stringify(key.slice(0, 40))} twice`;
      keys.add(key);
    }
    last = token;
  }
  return undefined;
}

/** A half by itself cannot be written as UTF-8. */
const isWellFormed = (value: unknown): boolean =>
  typeof value === 'string'
    ? value.isWellFormed()
    : typeof value !== 'object' ||
      value === null ||
      Object.entries(value).every(([key, one]) => key.isWellFormed() && isWellFormed(one));

function keyOf(token: string): string | undefined {
  try {
    const key: unknown = JSON.parse(token);
    return typeof key === 'string' ? key : undefined;
  } catch {
    return undefined;
  }
}
