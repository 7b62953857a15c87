/** The one source of chance of a run: the same seed, the same draws, in the order they are asked for. */
export interface Random {
  /** At least 0 and below 1. */
  unit(): number;
  /** A whole number, both bounds included. */
  between(low: number, high: number): number;
  /** Whether something of this probability happens. */
  chance(probability: number): boolean;
  pick<Value>(values: readonly [Value, ...Value[]] | readonly Value[]): Value;
  /** Lower-case hex digits. */
  hex(digits: number): string;
  /** A UUID of version 4. */
  uuid(): string;
}

/**
 * A seeded generator (sfc32, Chris Doty-Humphrey): small, fast and good enough for drawing faults.
 * @param seed any whole number
 */
export function randomFrom(seed: number): Random {
  let [a, b, c, counter] = [0x9e3779b9, seed | 0, Math.floor(seed / 2 ** 32) ^ 0x85ebca6b, 1];
  const next = (): number => {
    const t = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return t >>> 0;
  };
  for (let warm = 0; warm < 12; warm += 1) next();

  const random: Random = {
    unit: () => next() / 2 ** 32,
    between: (low, high) => low + Math.floor((next() / 2 ** 32) * (high - low + 1)),
    chance: (probability) => next() / 2 ** 32 < probability,
    pick(values) {
      const value = values[Math.floor((next() / 2 ** 32) * values.length)];
      if (value === undefined) throw new Error('There is nothing to pick from.');
      return value;
    },
    hex(digits) {
      let text = '';
      while (text.length < digits) text += next().toString(16).padStart(8, '0');
      return text.slice(0, digits);
    },
    uuid() {
      const digits = random.hex(30);
      return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(12, 15)}-a${digits.slice(15, 18)}-${digits.slice(18, 30)}`;
    },
  };
  return random;
}
