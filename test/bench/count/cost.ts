import type { Booth } from '../../../infra/local/booth/open-booth.ts';
import { openTestBooth, type TestBooth } from '../../flow/test-booth.ts';
import { type Measured, type Part, rounded } from '../part.ts';
import { type Counts, worldMeter } from './count-world.ts';
import { usdOf } from './prices.ts';
import { settleAll } from './settle-all.ts';
import { type Line, spend } from './spend.ts';

/** What is bought: the picture that the documents quote, and a video that takes two minutes. */
const wares = {
  picture: { offering: 'flux-2-pro/generate', body: { resolution: '0.5 MP' } },
  video: { offering: 'sora-2/generate', body: { seconds: '4' } },
} as const;
type Ware = keyof typeof wares;
const sizes = { picture: { short: 4, whole: 32 }, video: { short: 1, whole: 8 } } as const;
/** As many as there are sandboxes of a function: who waits for one would count as busy. */
const atOnce = 4;

/**
 * Of a paid POST. The sandbox settles on a chain in this process, at once; a facilitator on a public chain takes about so
 * long, and the payer waits for it.
 */
const assumedAnswerSeconds = 1.5;
/** Lines of the bill that Step Functions writes. */
const ofTheWorkflow = ['transitions', 'express runs', 'express seconds'];
const sweepsAMonth = 43_200;
const looksAMonth = 8_640;
/** Lambda asks each queue in five long polls of twenty seconds, whether anything comes or not. */
const emptyReceivesAMonth = 5 * 3 * 60 * 24 * 30;

/** `npm run bench -- cost`: every call counted at the doors of the local world, priced by the list. */
export const cost: Part = {
  name: 'cost',
  claim: 'What AWS takes for one picture, and for one video of two minutes, every call counted.',
  async measure({ isShort, say }) {
    const meter = worldMeter();
    const booth = await openTestBooth({
      taps: [meter.tap],
      settings: {},
      // Times spread as a model's do: whoever knew them exactly would look once.
      sandbox: { timeScale: 1, spread: 0.35, pictureStyle: 'plain' },
    });
    try {
      say('a picture through every sandbox, so that nothing is counted cold');
      await buyAll(booth, 'picture', atOnce);
      await settleAll(booth.world);
      const measured: Measured[] = [];
      for (const ware of Object.keys(sizes) as Ware[]) {
        const purchases = sizes[ware][isShort ? 'short' : 'whole'];
        say(`${purchases} times a ${ware}, at the seller's full time`);
        const taking = meter.begin(booth);
        await buyAll(booth, ware, purchases);
        await settleAll(booth.world);
        measured.push(billOf(ware, purchases, taking.take(), payerMb(booth)));
      }
      const month = await everyMonth(booth);
      return {
        counts: Object.assign({}, ...measured.map(({ counts }) => counts), month, {
          'job row bytes': meter.jobBytes(),
        }),
        notes: [
          ...measured.flatMap(({ notes }) => notes),
          `Seconds of functions are those of this machine (one x64 core each, warm), rounded up to a millisecond, times the memory that the template gives; ${assumedAnswerSeconds} s more for the payer, which waits for a facilitator that settles at once here.`,
          'A caller reads the job once and fetches the picture once. Logs are what functions print, and 900 bytes of the platform for each invocation.',
        ],
      };
    } finally {
      await booth.close();
    }
  },
};

const payerMb = ({ world }: Booth): number =>
  world.functions.find(({ id }) => id.startsWith('payer'))?.memoryMb ?? 0;

/** Buys so many, a few at once, as a caller does: asks, hears of the end, reads the job, fetches the picture. */
async function buyAll(booth: TestBooth, ware: Ware, purchases: number): Promise<void> {
  const { offering, body } = wares[ware];
  let next = 0;
  const buyer = async (): Promise<void> => {
    for (let seed = next++; seed < purchases; seed = next++) {
      const response = await booth.post({ prompt: `a red kite over snow, ${seed}`, ...body }, {}, offering);
      const { jobId } = (await response.json()) as { jobId: string };
      const { detail } = await booth.ended(jobId);
      if (detail.status !== 'delivered') throw new Error(`A ${ware} ended ${detail.status}.`);
      const answer = await booth.get(jobId);
      const url = 'imageUrl' in answer ? answer.imageUrl : 'videoUrl' in answer ? answer.videoUrl : undefined;
      await (await fetch(String(url))).arrayBuffer();
    }
  };
  await Promise.all(Array.from({ length: atOnce }, buyer));
}

function billOf(ware: Ware, purchases: number, counts: Counts, payerMemoryMb: number): Measured {
  const waiting = (purchases * assumedAnswerSeconds * payerMemoryMb) / 1024;
  const whole = {
    ...counts,
    'compute seconds': (counts['compute seconds'] ?? 0) + waiting,
    'api requests': 2 * purchases,
  };
  const { lines, usd } = spend(whole, purchases);
  const each = Object.entries(whole).map(([name, count]) => [`${ware}: ${name}`, rounded(count / purchases)]);
  return {
    counts: {
      ...Object.fromEntries(each),
      ...Object.fromEntries(lines.map((line) => [`${ware}: $ of ${line.name}`, rounded(line.usd)])),
      [`${ware}: $ of the workflow`]: rounded(
        lines.filter(({ name }) => ofTheWorkflow.includes(name)).reduce((sum, line) => sum + line.usd, 0),
      ),
      [`${ware}: $ in all`]: rounded(usd),
    },
    notes: [`A thousand times a ${ware}: $${usd.toFixed(4)}`, ...lines.map(sayLine)],
  };
}

const sayLine = ({ name, quantity, usd }: Line): string =>
  `  ${`$${usd.toFixed(4)}`.padStart(9)}  ${name.padEnd(16)} ${Number(quantity.toPrecision(4))} each`;

/** What is there when nobody buys anything. */
async function everyMonth({ world }: TestBooth): Promise<Counts> {
  const seconds: Record<string, number> = {};
  const stop = world.onInvocation(({ functionId, memoryMb, milliseconds }) => {
    const name = /^[a-z]+/.exec(functionId)?.[0] ?? functionId;
    seconds[name] = (Math.ceil(milliseconds) / 1000) * (memoryMb / 1024);
  });
  await world.tick('EveryMinute');
  await world.invoke('reconciler', {});
  stop();
  const usd =
    usdOf('keyMonths', 1) +
    usdOf('queueRequests', 3 * emptyReceivesAMonth) +
    usdOf('invocations', sweepsAMonth + looksAMonth) +
    usdOf('computeSeconds', sweepsAMonth * (seconds.sweeper ?? 0) + looksAMonth * (seconds.reconciler ?? 0));
  return { 'month: $ with nothing bought': rounded(usd) };
}
