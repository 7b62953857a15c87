/** Looks for pieces of secret bytes in text, however they are written there. */

const windowBytes = 8;
/** Characters of base64 that eight bytes fill wholly, wherever among them they begin. */
const baseCharacters = 9;
const hexCharacters = windowBytes * 2;

/** Every window of some secrets, in hexadecimal and in both alphabets of base64. */
export interface Windows {
  add(secret: Buffer): void;
  /** The first piece that the text holds, also inside base64 that it holds; undefined when it holds none. */
  find(text: string, depth?: number): string | undefined;
  readonly secrets: number;
}

/** A search that knows nothing yet. */
export function newWindows(): Windows {
  const hex = new Set<string>();
  const base64 = new Set<string>();
  const known = new Set<string>();

  const addBase64 = (window: Buffer): void => {
    for (const before of [0, 1, 2]) {
      const text = Buffer.concat([Buffer.alloc(before), window]).toString('base64');
      // The first characters that hold a bit of what lies before are somebody else's.
      const from = Math.ceil((before * 8) / 6);
      base64.add(text.slice(from, from + baseCharacters));
    }
  };

  function findIn(text: string, set: ReadonlySet<string>, runs: RegExp, width: number): string | undefined {
    for (const [run] of text.matchAll(runs))
      for (let at = 0; at + width <= run.length; at += 1)
        if (set.has(run.slice(at, at + width))) return run.slice(at, at + width);
    return undefined;
  }

  const windows: Windows = {
    get secrets() {
      return known.size;
    },
    add(secret) {
      if (known.has(secret.toString('hex'))) return;
      known.add(secret.toString('hex'));
      for (let at = 0; at + windowBytes <= secret.length; at += 1) {
        const window = secret.subarray(at, at + windowBytes);
        hex.add(window.toString('hex'));
        addBase64(window);
      }
    },
    find(text, depth = 2) {
      const plain = text.replaceAll('-', '+').replaceAll('_', '/').replaceAll('\\/', '/');
      const found =
        findIn(text.toLowerCase(), hex, /[0-9a-f]{16,}/g, hexCharacters) ??
        findIn(plain, base64, /[A-Za-z0-9+/]{9,}/g, baseCharacters);
      if (found !== undefined || depth === 0) return found;
      for (const [run] of plain.matchAll(/[A-Za-z0-9+/]{40,}/g))
        for (const skipped of [0, 1, 2, 3]) {
          const inside = Buffer.from(run.slice(skipped), 'base64').toString('latin1');
          const deeper = windows.find(inside, depth - 1);
          if (deeper !== undefined) return deeper;
        }
      return undefined;
    },
  };
  return windows;
}
