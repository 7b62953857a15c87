/**
 * Parses JSON that a stranger wrote, refusing what is only meant to hurt: too many bytes, too deep, or keys that
 * reach for an object's prototype.
 * @returns the value, or undefined when it is not JSON within the bounds
 */
export function parseBoundedJson(text: string, bounds: { characters: number; depth: number }): unknown {
  if (text.length > bounds.characters || isDeeperThan(text, bounds.depth)) return undefined;
  try {
    // Looking at every key takes ten times as long: done where such a key can be, spelled out or escaped.
    if (!text.includes('__proto__') && !text.includes('\\u')) return JSON.parse(text);
    return JSON.parse(text, (key, value) => (key === '__proto__' ? undefined : value));
  } catch {
    return undefined;
  }
}

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
