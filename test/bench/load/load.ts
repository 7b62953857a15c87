import { openTestBooth } from '../../flow/test-booth.ts';
import { createReferenceBuyer } from '../../infra/seller/reference-buyer.ts';
import { type Part, rounded } from '../part.ts';
import { quantile } from '../peers/statistics.ts';

const sizes = { short: 40, whole: 300 } as const;
const atOnce = 20;
const request = (seed: number) => ({ prompt: 'a kite among many', resolution: '0.5 MP', seed });

/** Runs so many, some at once. @returns milliseconds that each took */
async function runAll(jobs: number, one: (seed: number) => Promise<void>): Promise<number[]> {
  const taken: number[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let seed = next++; seed < jobs; seed = next++) {
      const begun = performance.now();
      await one(seed);
      taken.push(performance.now() - begun);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return taken;
}

/** `npm run bench -- load`: pictures that take no time, by the whole local world and by a plain loop around a client. */
export const load: Part = {
  name: 'load',
  claim: 'Three hundred pictures that take no time, twenty at once: the whole local world, and a plain loop.',
  async measure({ isShort, say }) {
    const jobs = sizes[isShort ? 'short' : 'whole'];
    const booth = await openTestBooth({
      settings: { timings: { pollingScale: 0.01, stallSeconds: 30 } },
      sandbox: { renderSeconds: 0, pictureStyle: 'plain' },
    });
    try {
      const { chain, seller } = booth.sandbox ?? {};
      if (!chain || !seller) throw new Error('The booth has no sandbox.');
      await runAll(atOnce, async (seed) => void (await booth.ended(await booth.submit(request(seed)))));
      say(`${jobs} pictures through the local world`);
      const begun = performance.now();
      const each = await runAll(jobs, async (seed) => {
        const { detail } = await booth.ended(await booth.submit(request(seed)));
        if (detail.status !== 'delivered') throw new Error(`A picture ended ${detail.status}.`);
      });
      const worldSeconds = (performance.now() - begun) / 1000;
      const settled = (await chain.settlements(booth.wallet)).length;
      if (settled !== jobs + atOnce) throw new Error(`${settled} settlements for ${jobs + atOnce} pictures.`);

      say(`${jobs} pictures by the plain loop`);
      const buyer = await createReferenceBuyer(chain, seller, { fundsAtomic: 100_000_000n });
      const loopBegun = performance.now();
      await runAll(jobs, async (seed) => {
        const { jobId } = (await (await buyer.buy(request(seed))).json()) as { jobId: string };
        const job = (await (await buyer.get(`/api/jobs/${jobId}`)).json()) as {
          result: { imageUrl: string };
        };
        await (await fetch(job.result.imageUrl)).arrayBuffer();
      });
      const loopSeconds = (performance.now() - loopBegun) / 1000;
      const counts = {
        jobs,
        'local world: jobs a second': rounded(jobs / worldSeconds),
        'local world: seconds p50': rounded(quantile(each, 0.5) / 1000),
        'local world: seconds p95': rounded(quantile(each, 0.95) / 1000),
        'plain loop: jobs a second': rounded(jobs / loopSeconds),
      };
      return {
        counts,
        notes: [
          ...Object.entries(counts).map(([name, figure]) => `${name}: ${figure}`),
          'Both share this machine with the seller and its chain. The loop keeps nothing and survives nothing; the world runs seven functions, queues, a ledger, a workflow engine, buckets and a bus in one process, four sandboxes of each function.',
        ],
      };
    } finally {
      await booth.close();
    }
  },
};
