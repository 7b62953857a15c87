import type { Proven, Proving } from '../suite.ts';

/** Breaches of which nobody reads the rest. */
const mostShown = 50;

/** Counts what is done, and keeps what went wrong, a line each. */
export interface Tally {
  count(name: string, by?: number): void;
  breach(line: string): void;
  /** Runs one case: what it throws is a breach as well, named after it. */
  each(name: string, work: () => void | Promise<void>): Promise<void>;
  proven(): Proven;
}

/** A tally of one suite, with nothing in it. */
export function newTally(): Tally {
  const counts: Record<string, number> = {};
  const violations: string[] = [];
  const tally: Tally = {
    count(name, by = 1) {
      counts[name] = (counts[name] ?? 0) + by;
    },
    breach(line) {
      if (violations.length < mostShown) violations.push(line);
      else tally.count('breachesNotShown');
    },
    async each(name, work) {
      try {
        await work();
      } catch (error) {
        tally.breach(`${name}: crashed: ${(error as Error).stack?.split('\n').slice(0, 3).join(' ')}`);
      }
    },
    proven: () => ({ counts: { ...counts }, violations: [...violations] }),
  };
  return tally;
}

/** How much is done: the full figure, or the quick one. */
export const sized = ({ size }: Pick<Proving, 'size'>, full: number, quick: number): number =>
  size === 'full' ? full : quick;

/** The fewest times that each kind is hit in a full run. */
const leastHits = 20;

/** Counts the kinds of a draw, so that a kind that chance never drew is a breach and not a proof. */
export function countKinds(tally: Tally, what: string, kinds: readonly string[]) {
  const hits = new Map(kinds.map((kind) => [kind, 0]));
  return {
    hit(kind: string): void {
      hits.set(kind, (hits.get(kind) ?? 0) + 1);
      tally.count(`${what}: ${kind}`);
    },
    /** @param drawn how many were drawn in all: a quick run hits each kind less often */
    expectEach(drawn: number): void {
      const least = drawn >= 5_000 ? leastHits : drawn >= 2_000 ? 1 : 0;
      for (const [kind, times] of hits)
        if (times < least) tally.breach(`${what}: ${kind} was drawn ${times} times, not ${least}`);
    },
  };
}
