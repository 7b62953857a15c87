import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Tally } from '../tally.ts';

const mostMilliseconds = 50;
const mostBytes = 128 * 1024 * 1024;
/** A machine that is busy elsewhere makes anything slow once; what is slow by itself stays so. */
const tries = 4;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** What is still in use once everything that is garbage is gone. */
function inUse(): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Keeps an eye on what a stranger's bytes can cost us: time each, memory in all. */
export function watchResources(tally: Tally) {
  const before = inUse();
  return {
    /** Performs a pure reading; a breach when even the quickest of a few tries takes too long. */
    timed<Value>(name: string, read: () => Value): Value {
      let least = Number.POSITIVE_INFINITY;
      let value = read();
      for (let tried = 0; tried < tries; tried += 1) {
        const began = performance.now();
        value = read();
        least = Math.min(least, performance.now() - began);
        if (least <= mostMilliseconds) return value;
      }
      tally.breach(`${name}: takes ${least.toFixed()} ms`);
      return value;
    },
    memory(): void {
      const grown = inUse() - before;
      if (grown > mostBytes) tally.breach(`what is kept grew by ${Math.round(grown / 1024 / 1024)} MiB`);
    },
  };
}
