/** Chance that repeats itself: the same seed gives the same numbers in the same order. */
export interface Random {
  /** From `low` up to `high`. */
  between(low: number, high: number): number;
  /** A whole number from `low` to `high`, both included. */
  whole(low: number, high: number): number;
  /** True with this probability. */
  chance(probability: number): boolean;
  pick<Item>(items: readonly [Item, ...Item[]]): Item;
  /** Independent of what is drawn here afterwards, so that one part of a picture does not disturb another. */
  fork(name: string): Random;
  /** Fractal noise over x: smooth, between 0 and 1, repeatable for each Random. More octaves are rougher. */
  noise(octaves: number): (x: number) => number;
}

/** @param seed any text. */
export function createRandom(seed: string): Random {
  let state = hash(seed);
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    between: (low, high) => low + next() * (high - low),
    whole: (low, high) => low + Math.floor(next() * (high - low + 1)),
    chance: (probability) => next() < probability,
    pick: (items) => items[Math.floor(next() * items.length)] ?? items[0],
    fork: (name) => createRandom(`${seed}/${name}`),
    noise: (octaves) => {
      const offset = next() * 10_000;
      return (x) => {
        let sum = 0;
        let weight = 1;
        let total = 0;
        for (let octave = 0; octave < octaves; octave += 1) {
          sum += weight * smooth(x * 2 ** octave + offset + octave * 57.3);
          total += weight;
          weight /= 2;
        }
        return sum / total;
      };
    },
  };
}

function hash(text: string): number {
  let value = 2_166_136_261;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 16_777_619);
  }
  return value | 0;
}

function lattice(cell: number): number {
  let value = Math.imul(cell ^ 0x27d4eb2d, 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return ((value ^ (value >>> 16)) >>> 0) / 4_294_967_296;
}

function smooth(x: number): number {
  const cell = Math.floor(x);
  const part = x - cell;
  const ease = part * part * (3 - 2 * part);
  return lattice(cell) * (1 - ease) + lattice(cell + 1) * ease;
}
