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
