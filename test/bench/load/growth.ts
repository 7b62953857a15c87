import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type Part, rounded } from '../part.ts';
import { openMarket } from './stub-market.ts';

const sizes = { short: [10, 100, 1_000], whole: [10, 100, 1_000, 10_000] } as const;
const soakSeconds = { short: 10, whole: 600 } as const;
/** Jobs between two looks at the memory. */
const batch = 200;
const megabyte = 1024 * 1024;

/** `npm run bench -- growth`: what one job costs us, after ten and after ten thousand, and what stays in memory. */
export const growth: Part = {
  name: 'growth',
  claim:
    'Writes and time of a job from ten to ten thousand jobs, and memory over ten minutes, on simulated AWS.',
  async measure({ isShort, say }) {
    const size = isShort ? 'short' : 'whole';
    const counts: Record<string, number> = {};
    // Warm before anything is compared.
    const warm = await openMarket();
    for (let job = 0; job < 300; job += 1) await warm.buy();
    for (const jobs of sizes[size]) {
      const market = await openMarket();
      const { user, system } = process.cpuUsage();
      for (let job = 0; job < jobs; job += 1) await market.buy();
      const spent = process.cpuUsage({ user, system });
      counts[`${jobs} jobs: CPU ms each`] = rounded((spent.user + spent.system) / 1000 / jobs);
      counts[`${jobs} jobs: writes each`] = rounded(market.ledger.writes() / jobs);
      say(`${jobs} jobs`);
    }
    const heap = await soak(soakSeconds[size], say);
    const [first = 0] = heap;
    const half = heap.slice(Math.floor(heap.length / 2));
    Object.assign(counts, {
      'soak: seconds': soakSeconds[size],
      'soak: jobs': heap.length * batch,
      'soak: heap MB at first': rounded(first / megabyte),
      'soak: heap MB at most in the second half': rounded(Math.max(...half) / megabyte),
    });
    return { counts, notes: Object.entries(counts).map(([name, figure]) => `${name}: ${figure}`) };
  },
};

/** Buys for so long, each batch at a market of its own, as a function's memory forgets a job. @returns bytes in use */
async function soak(seconds: number, say: (line: string) => void): Promise<number[]> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const until = performance.now() + seconds * 1000;
  const heap: number[] = [];
  const market = await openMarket();
  while (performance.now() < until) {
    for (let job = 0; job < batch; job += 1) await market.buy();
    market.ledger.forget();
    collect();
    heap.push(process.memoryUsage().heapUsed);
    if (heap.length % 20 === 0)
      say(`${heap.length * batch} jobs, ${Math.round((heap.at(-1) ?? 0) / megabyte)} MB`);
  }
  return heap;
}
