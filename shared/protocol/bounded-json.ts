/**
 * Parses JSON that a stranger wrote, refusing what is only meant to hurt: too many bytes, too deep, or keys that
 * reach for an object's prototype.
 * @param bounds with `exactNumbers`, a whole number beyond 2^53 is given as the text of its digits
 * @returns the value, or undefined when it is not JSON within the bounds
 */
export function parseBoundedJson(
  text: string,
  bounds: { characters: number; depth: number; exactNumbers?: true },
): unknown {
  if (text.length > bounds.characters || isDeeperThan(text, bounds.depth)) return undefined;
  try {
    // Looking at every key takes ten times as long: done where such a key can be, spelled out or escaped.
    const isExact = bounds.exactNumbers === true && /\d{16}/.test(text);
    if (!text.includes('__proto__') && !text.includes('\\u') && !isExact) return JSON.parse(text);
    return JSON.parse(text, (key, value, context?: { source?: string }) =>
      key === '__proto__' ? undefined : (isExact && exactly(value, context?.source)) || value,
    );
  } catch {
    return undefined;
  }
}

/** The digits of a whole number that a double cannot hold, such as an id of nineteen digits. */
const exactly = (value: unknown, source = ''): string | undefined =>
  typeof value === 'number' && !Number.isSafeInteger(value) && /^\d{1,40}$/.test(source) ? source : undefined;

/** Counts open brackets outside strings, before any parser recurses. */
export function isDeeperThan(text: string, depth: number): boolean {
  let open = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (inString) {
      if (character === '\\') i++;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === '{' || character === '[') {
      open += 1;
      if (open > depth) return true;
    } else if (character === '}' || character === ']') open -= 1;
  }
  return false;
}
