const start = 1 << 16;

/** A set of packed states that numbers them in the order they were found. */
export class StateSet {
  size = 0;
  #lows = new Uint32Array(start);
  #highs = new Uint32Array(start);
  /** Where to look for a state: its number plus one, zero where nothing is. */
  #slots = new Uint32Array(start * 2);

  low = (index: number): number => this.#lows[index] ?? 0;
  high = (index: number): number => this.#highs[index] ?? 0;

  /** @returns the state's number; it is new when that was the size before */
  add(low: number, high: number): number {
    const mask = this.#slots.length - 1;
    let slot = hash(low, high) & mask;
    for (let there = this.#slots[slot] ?? 0; there !== 0; there = this.#slots[slot] ?? 0) {
      if (this.#lows[there - 1] === low && this.#highs[there - 1] === high) return there - 1;
      slot = (slot + 1) & mask;
    }
    const index = this.size;
    this.#slots[slot] = index + 1;
    this.#lows[index] = low;
    this.#highs[index] = high;
    this.size += 1;
    if (this.size === this.#lows.length) this.#grow();
    return index;
  }

  #grow(): void {
    this.#lows = longer(this.#lows);
    this.#highs = longer(this.#highs);
    this.#slots = new Uint32Array(this.#lows.length * 2);
    const mask = this.#slots.length - 1;
    for (let index = 0; index < this.size; index += 1) {
      let slot = hash(this.low(index), this.high(index)) & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = index + 1;
    }
  }
}

/** The same numbers with as much room again. */
export function longer(numbers: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const next = new Uint32Array(numbers.length * 2);
  next.set(numbers);
  return next;
}

function hash(low: number, high: number): number {
  let mixed = Math.imul(low ^ (low >>> 15), 0x2c1b3c6d) ^ Math.imul(high ^ (high >>> 13), 0x297a2d39);
  mixed = Math.imul(mixed ^ (mixed >>> 12), 0x7feb352d);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}
