import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { generatePrivateKey, privateKeyToAddress } from 'viem/accounts';
import { type Part, type PartOptions, rounded } from '../part.ts';
import type { Asked, Errand, Shop, Taken, Told } from './messages.ts';
import { mean, median, quantile } from './statistics.ts';

const run = promisify(execFile);
const others = ['x402-fetch', 'mppx'] as const;
const ours = ['coinbooth', 'pay-first'] as const;
const buyers = [...others, ...ours] as const;
type BuyerName = (typeof buyers)[number];

/** Everybody's job is finished at once; or takes a fifth of the seller's time, spread as such times do. */
const scenes = {
  'no wait': { timeScale: 0, spread: 0, jobs: 40, atOnce: 4 },
  'a fifth': { timeScale: 0.2, spread: 0.35, jobs: 48, atOnce: 8 },
} as const;
type Scene = keyof typeof scenes;

/** What one buyer came to in one round, each figure of one picture; milliseconds. */
interface Round {
  readonly requests: number;
  readonly 'payment signatures': number;
  readonly signatures: number;
  readonly 'CPU ms': number;
  /** Over the seller's own time for the job, from the first request to the last byte. */
  readonly 'overhead ms': number;
  /** From the job's end at the seller until the buyer knew. */
  readonly 'detection ms': number;
  readonly 'jobs a second': number;
}

/** The same pictures from the same seller, by other people's clients and by our own code. */
const comparison = (name: string, scene: Scene, claim: string): Part => ({
  name,
  claim,
  async measure(options) {
    const counts: Record<string, number> = {};
    const notes: string[] = [];
    const rounds = await play(scene, options);
    for (const figure of figures) {
      const medians = Object.fromEntries(
        buyers.map((name) => [name, median(rounds.map((round) => round[name][figure]))]),
      ) as Record<BuyerName, number>;
      for (const name of buyers) counts[`${name}: ${figure}`] = rounded(medians[name]);
      const ratios = ours.flatMap((own) =>
        others.map((other) => {
          const each = rounds.map((round) => round[own][figure] / round[other][figure]);
          counts[`${own} of ${other}: ${figure}`] = rounded(median(each));
          const [low, high] = [quantile(each, 0.1).toFixed(2), quantile(each, 0.9).toFixed(2)];
          return `${own} ${median(each).toFixed(2)} (${low}–${high}) of ${other}`;
        }),
      );
      const shown = buyers.map((name) => `${name} ${medians[name].toPrecision(3)}`).join(', ');
      notes.push(`${figure.padEnd(19)} ${shown}; ${ratios.join(', ')}`);
    }
    notes.push(
      'Medians of rounds, each buyer in a fresh process and warm after one picture, in turns; ratios with the 10th and 90th percentile of the rounds. CPU is the buyer’s process, its signing too, but for ours what stands in for KMS.',
    );
    return { counts, notes };
  },
});

/** `npm run bench -- peers`: at a seller that takes a fifth of its time, looked at in a fifth of the intervals. */
export const peers = comparison(
  'peers',
  'a fifth',
  'The same pictures at the same seller, bought by @x402/fetch, by mppx and by this house.',
);

/** `npm run bench -- instant`: at a seller that takes no time, so that what is left is the buyers’ own. */
export const instant = comparison('instant', 'no wait', 'The same for pictures that take no time.');

const figures: readonly (keyof Round)[] = [
  'requests',
  'payment signatures',
  'signatures',
  'CPU ms',
  'overhead ms',
  'detection ms',
  'jobs a second',
];

async function play(scene: Scene, { seed, isShort, say }: PartOptions) {
  const { timeScale, spread, jobs, atOnce } = scenes[scene];
  const seller = fork(
    join(import.meta.dirname, 'seller-process.ts'),
    [JSON.stringify({ timeScale, spread })],
    {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    },
  );
  try {
    const [shop] = (await once(seller, 'message')) as [Shop];
    const ask = async (asked: Asked): Promise<Taken> => {
      const answer = once(seller, 'message') as Promise<[Taken]>;
      seller.send(asked);
      return (await answer)[0];
    };
    const rounds: Record<BuyerName, Round>[] = [];
    for (let round = 0; round < (isShort ? 2 : 7); round += 1) {
      const of: Partial<Record<BuyerName, Round>> = {};
      // Each goes first in turn: who comes after another finds a warmer machine.
      for (let turn = 0; turn < buyers.length; turn += 1) {
        const name = buyers[(round + turn) % buyers.length] as BuyerName;
        const key = generatePrivateKey();
        await ask({ do: 'fund', address: privateKeyToAddress(key) });
        await ask({ do: 'take' });
        const errand: Errand = { ...shop, key, jobs, atOnce, timeScale, seed: seed * 100_000 + round * 1000 };
        const file = join(import.meta.dirname, 'buyer-process.ts');
        const { stdout } = await run(process.execPath, ['--expose-gc', file, name, JSON.stringify(errand)]);
        of[name] = roundOf(JSON.parse(stdout) as Told, await ask({ do: 'take' }), errand);
      }
      rounds.push(of as Record<BuyerName, Round>);
      say(`round ${round + 1}`);
    }
    return rounds;
  } finally {
    seller.disconnect();
    await once(seller, 'exit');
  }
}

function roundOf(told: Told, taken: Taken, { jobs }: Errand): Round {
  const all = jobs + 1;
  if (taken.settlements !== all || told.purchases.length !== all)
    throw new Error(`${told.purchases.length} of ${all} pictures were bought, ${taken.settlements} paid.`);
  const made = new Map(taken.jobs.map((job) => [job.jobId, job]));
  const seen = told.purchases.slice(1).flatMap(({ sellerJobId, begunAt, seenAt, doneAt }) => {
    const job = made.get(sellerJobId);
    if (!job) throw new Error(`The seller does not know ${sellerJobId}.`);
    const ownMilliseconds = job.renderSeconds * 1000;
    const endedAt = job.createdAt + ownMilliseconds;
    return [{ overhead: doneAt - begunAt - ownMilliseconds, detection: seenAt - endedAt }];
  });
  return {
    requests: taken.requests / all,
    'payment signatures': told.paymentSignatures / all,
    signatures: told.signatures / all,
    'CPU ms': (told.cpuMilliseconds - told.signerMilliseconds) / jobs,
    'overhead ms': mean(seen.map(({ overhead }) => overhead)),
    'detection ms': median(seen.map(({ detection }) => detection)),
    'jobs a second': (1000 * jobs) / told.wallMilliseconds,
  };
}
