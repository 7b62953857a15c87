import { longer } from './state-set.ts';

/** How each state was first reached, and where fair steps lead from it. */
export class Graph {
  depth = 0;
  #parents = new Uint32Array(1 << 16);
  #by = new Uint32Array(1 << 16);
  #depths = new Uint32Array(1 << 16);
  #edges = 0;
  #from = new Uint32Array(1 << 18);
  #to = new Uint32Array(1 << 18);

  reached(state: number, parent: number, rule: number): void {
    while (state >= this.#parents.length) {
      this.#parents = longer(this.#parents);
      this.#by = longer(this.#by);
      this.#depths = longer(this.#depths);
    }
    this.#parents[state] = parent;
    this.#by[state] = rule;
    const depth = state === 0 ? 0 : (this.#depths[parent] ?? 0) + 1;
    this.#depths[state] = depth;
    if (depth > this.depth) this.depth = depth;
  }

  leads(from: number, to: number): void {
    if (this.#edges === this.#from.length) {
      this.#from = longer(this.#from);
      this.#to = longer(this.#to);
    }
    this.#from[this.#edges] = from;
    this.#to[this.#edges] = to;
    this.#edges += 1;
  }

  /** The shortest way to a state: the rules that lead there, by number. */
  way(state: number): number[] {
    const by: number[] = [];
    for (let at = state; at !== 0; at = this.#parents[at] ?? 0) by.push(this.#by[at] ?? 0);
    return by.reverse();
  }

  /** States from which none of the marked ones can be reached, by going backwards from these. */
  stranded(over: Uint8Array): { count: number; first?: number } {
    const begins = new Uint32Array(over.length + 1);
    for (let edge = 0; edge < this.#edges; edge += 1) {
      const after = (this.#to[edge] ?? 0) + 1;
      begins[after] = (begins[after] ?? 0) + 1;
    }
    for (let at = 0; at < over.length; at += 1) begins[at + 1] = (begins[at + 1] ?? 0) + (begins[at] ?? 0);
    const ends = begins.slice();
    const sources = new Uint32Array(this.#edges);
    for (let edge = 0; edge < this.#edges; edge += 1) {
      const to = this.#to[edge] ?? 0;
      const place = ends[to] ?? 0;
      sources[place] = this.#from[edge] ?? 0;
      ends[to] = place + 1;
    }
    const ok = over.slice();
    const waiting: number[] = [];
    for (let at = 0; at < ok.length; at += 1) if (ok[at] === 1) waiting.push(at);
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop())
      for (let place = begins[at] ?? 0; place < (begins[at + 1] ?? 0); place += 1) {
        const source = sources[place] ?? 0;
        if (ok[source] === 1) continue;
        ok[source] = 1;
        waiting.push(source);
      }
    const first = ok.indexOf(0);
    return first < 0 ? { count: 0 } : { count: ok.reduce((sum, one) => sum + 1 - one, 0), first };
  }
}
