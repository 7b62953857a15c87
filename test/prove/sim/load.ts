import { memoryUsage } from 'node:process';
import { limitsSchema } from '../../../shared/core/budget.ts';
import { isUpload } from '../../../shared/core/job-record.ts';
import type { Proven, Suite } from '../suite.ts';
import { portFaults } from './faults.ts';
import { checkEnd } from './final-check.ts';
import { randomFrom } from './random.ts';
import { runToRest } from './run-to-rest.ts';
import { openWorld } from './world.ts';

const sizes = { quick: 500, full: 12_000 } as const;
const faulty = 0.05;
/** A look at the chain takes 5,000 open authorizations at the most: what is not final yet must be fewer. */
const perSecond = 8;
const longestMebibytes = 1024;
const price = 30_000;
const start = Date.UTC(2027, 0, 16, 9);

/**
 * Takes so many requests and brings all of them to their end, as fast as the machine goes; virtual time passes as it
 * would at eight requests a second. There is budget for nine of ten.
 */
export async function bearLoad(
  seed: number,
  jobs: number,
  progress: (done: number, total: number) => void,
): Promise<Proven> {
  const random = randomFrom(seed);
  let faults = 0;
  const budget = Math.floor(jobs * 0.9) * price;
  const world = openWorld({
    start,
    random,
    plan: {
      decide({ name }) {
        if (!name.startsWith('seller.') || !random.chance(faulty)) return undefined;
        faults += 1;
        return random.pick(portFaults(name));
      },
      latency: (name) => (name.startsWith('seller.') ? 60 : 8),
      pause: () => 0,
    },
    whims: {
      copies: () => 0,
      delay: () => random.between(5, 100),
      lapse: () => undefined,
      keeps: () => false,
      twice: () => false,
      abortsAfter: () => undefined,
    },
    character: {
      draw: () => 'honest',
      stageMilliseconds: 300,
      renderMilliseconds: 6_000,
      failing: 0,
      hopping: 0,
    },
    limits: limitsSchema.parse({ total: budget, exposurePerPayee: 1_000, lossesPerHour: 100_000 }),
    funds: BigInt(jobs * price * 2),
    chain: { skewSeconds: 0, finalLag: 100 },
    skew: () => 0,
    concurrency: 400,
    isWatched: false,
    trace: () => {},
    fault: () => {},
  });
  const { violations } = world.watchdog;

  const began = performance.now();
  let waiting = jobs;
  const atFirst = memoryUsage().rss;
  const needed = () => Math.ceil(Math.max(memoryUsage().rss - atFirst, 0) / 2 ** 20);
  let mebibytes = 0;
  for (let count = 0; count < jobs; count += 1) {
    const request = {
      caller: `AIDA${count % 20}`,
      offering: 'flux-2-pro/generate',
      body: { prompt: `kite number ${count}` },
      key: `order ${count}`,
    };
    world.timeline.after((count * 1000) / perSecond, () =>
      world.ask(request, () => {
        waiting -= 1;
        if (waiting % 500 === 0) {
          mebibytes = Math.max(mebibytes, needed());
          progress(jobs - waiting, jobs);
        }
      }),
    );
  }
  await runToRest(world, start + 12 * 3_600_000, () => waiting === 0, violations);
  const seconds = (performance.now() - began) / 1000;
  await checkEnd(world);

  mebibytes = Math.max(mebibytes, needed());
  const taken = [...world.watchdog.jobs.values()].filter((job) => !isUpload(job));
  const ended = (status: string) => taken.filter((job) => job.status === status).length;
  const settlements = world.chain.included().filter(({ kind }) => kind === 'used').length;
  const claims = taken.filter(({ end }) => end?.claim !== undefined).length;
  if (taken.length !== jobs) violations.push(`${jobs} were asked for, ${taken.length} jobs taken`);
  if (settlements * price > budget) violations.push(`${settlements * price} was spent of ${budget}`);
  if (ended('undelivered') !== claims) violations.push('a paid picture was lost without a claim');
  if (mebibytes > longestMebibytes)
    violations.push(`${mebibytes} MiB were needed, more than ${longestMebibytes}`);
  return {
    counts: {
      jobs,
      faults,
      settlements,
      delivered: ended('delivered'),
      refused: ended('refused'),
      claimed: claims,
      unpaid: ended('unpaid'),
      unresolved: ended('unresolved'),
      jobsPerSecond: Math.round(jobs / seconds),
      mebibytes,
    },
    violations,
  };
}

export const load: Suite = {
  name: 'load',
  claim:
    'Thousands of jobs at once, one in twenty calls of the seller failing: none is lost, paid twice or paid over the budget, and memory stays bounded.',
  zero: ['lost jobs', 'second payments', 'atomic units over the budget'],
  prove: ({ seed, size, progress }) => bearLoad(seed, sizes[size], progress),
};
