/** What a run draws by chance: all of it from one seed, so that the same seed gives the same run. */
export interface Chance {
  /** A whole number from 0 up to, and without, `end`. */
  below(end: number): number;
  /** A whole number of the two or between them. */
  between(least: number, most: number): number;
  /** True so often out of one. */
  odds(share: number): boolean;
  pick<Value>(from: readonly [Value, ...Value[]] | readonly Value[]): Value;
  bytes(length: number): Buffer;
  hex(bytes: number): `0x${string}`;
  /** A whole number of that many random bits. */
  bits(count: number): bigint;
  /** A version 4 UUID. */
  uuid(): string;
}

/**
 * Draws from a seed (sfc32 over a hash of the words).
 * @param words what the draw is for: each gets a stream of its own, whatever the others draw
 */
export function chanceFrom(seed: number, ...words: readonly (string | number)[]): Chance {
  const state = [seed, ...words].join(' ');
  let [a, b, c, d] = [mix(state, 1), mix(state, 2), mix(state, 3), 1] as [number, number, number, number];
  const next = (): number => {
    const sum = (a + b + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  for (let warm = 0; warm < 12; warm += 1) next();

  const below = (end: number): number => Math.floor((next() / 2 ** 32) * end);
  const bytes = (length: number): Buffer => Buffer.from(Array.from({ length }, () => below(256)));
  return {
    below,
    bytes,
    between: (least, most) => least + below(most - least + 1),
    odds: (share) => next() / 2 ** 32 < share,
    pick<Value>(from: readonly Value[]): Value {
      if (from.length === 0) throw new Error('There is nothing to pick from.');
      return from[below(from.length)] as Value;
    },
    hex: (count) => `0x${bytes(count).toString('hex')}`,
    bits: (count) => BigInt(`0x${bytes(Math.ceil(count / 8)).toString('hex')}`) % (1n << BigInt(count)),
    uuid() {
      const drawn = bytes(16);
      drawn[6] = ((drawn[6] ?? 0) & 0x0f) | 0x40;
      drawn[8] = ((drawn[8] ?? 0) & 0x3f) | 0x80;
      return drawn.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
    },
  };
}

/** FNV-1a, finished as murmur does. */
function mix(text: string, salt: number): number {
  let hash = 0x811c9dc5 ^ salt;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) | 0;
}
