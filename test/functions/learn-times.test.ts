import { describe, expect, test } from 'vitest';
import { knownTimes } from '../../functions/known-times.ts';
import { poll } from '../../functions/poller/poll.ts';
import { learnTimes } from '../../functions/reconciler/learn-times.ts';
import type { Job } from '../../shared/core/job-record.ts';
import type { ModelTimes, TimesKey } from '../../shared/core/model-times.ts';
import { runningNames } from '../../shared/core/polling.ts';
import { randomFrom } from '../prove/sim/random.ts';
import { isAnswer, openBooth } from './booth.ts';
import { happened, jobAfter, newJob, offering, stages, start, timings } from './jobs.ts';

/** Times of a model as it is, drawn from a lognormal distribution. */
interface Truth {
  readonly median: number;
  readonly sigma: number;
}

/** A booth that buys one job after another, has each watched by the real poll, and learns from them as they are closed. */
function learning(offering: string, body: object) {
  const booth = openBooth();
  const random = randomFrom(7);
  const waits = new Map<string, number>(runningNames(timings).map(({ name, seconds }) => [name, seconds]));
  const draw = ({ median, sigma }: Truth): number => {
    const radius = Math.sqrt(-2 * Math.log(1 - random.unit()));
    return median * Math.exp(sigma * radius * Math.cos(2 * Math.PI * random.unit()));
  };

  async function watch(
    finishedSeconds: number,
  ): Promise<{ job: Job; looks: number; delay: number; first: number }> {
    const now = Math.ceil(booth.clock.now / 1000) * 1000;
    const job = newJob({ offering, body: JSON.stringify({ prompt: 'a kite', ...body }), now });
    const seconds = (now - start) / 1000;
    const submitted = jobAfter(
      job,
      happened.reserved(job, seconds + 1),
      happened.authorized(seconds + 2),
      happened.submitted(job.jobId, seconds + 3),
    );
    booth.ledger.put(submitted);
    const takenAt = submitted.submittedAt ?? 0;
    const looked: number[] = [];
    booth.seller.sighting = () => {
      looked.push((booth.clock.now - takenAt) / 1000);
      return booth.clock.now >= takenAt + finishedSeconds * 1000
        ? { state: 'complete', url: 'https://pictures.test/a.webp' }
        : { state: 'running' };
    };
    booth.clock.now = takenAt + 300;
    let startedAt = booth.clock.now;
    for (let isRunning = true; isRunning; ) {
      const watching = { startedAt, endsAt: booth.clock.now + 90_000 };
      const left = await poll(process.ports, job.jobId, watching).then(
        () => undefined,
        ({ name }: Error) => name,
      );
      isRunning = left !== undefined;
      if (looked.length > 200)
        throw new Error(
          `${left} ${offering} ${finishedSeconds} ${looked.slice(-5)} ${(booth.clock.now - startedAt) / 1000}`,
        );
      if (left !== undefined && !isAnswer(left)) throw new Error(left);
      const isOver = left === 'RunOver';
      booth.clock.now += 200 + (isOver ? timings.stallSeconds : (waits.get(left ?? '') ?? 0)) * 1000;
      if (isOver) startedAt = booth.clock.now;
    }
    const seen = await booth.read(job.jobId);
    const delay = ((seen.rendered?.at ?? 0) - takenAt) / 1000 - finishedSeconds;
    return { job: seen, looks: looked.length, delay, first: looked[0] ?? 0 };
  }

  const process = booth.process();
  return {
    booth,
    watch,
    /** So many jobs, ten for each look of the reconciler; what became of them on average. */
    async buy(jobs: number, truth: Truth) {
      const all: Awaited<ReturnType<typeof watch>>[] = [];
      while (all.length < jobs) {
        const ten = [];
        for (let n = 0; n < 10; n += 1) ten.push(await watch(draw(truth)));
        all.push(...ten);
        await learnTimes(
          process.ports,
          ten.map(({ job }) => job),
        );
        booth.clock.now += 300_000;
      }
      const mean = (of: (one: (typeof all)[number]) => number) =>
        all.reduce((sum, one) => sum + of(one), 0) / jobs;
      return {
        looks: mean(({ looks }) => looks),
        delay: mean(({ delay }) => delay),
        first: mean(({ first }) => first),
      };
    },
    learned: () => [...booth.times.values()][0],
  };
}

describe.each([
  ['flux-2-pro/generate', {}, 5],
  ['sora-2/generate', { seconds: '8' }, 120],
] as const)('%s', (offering, body, typicalSeconds) => {
  test.each([
    ['half', 0.5],
    ['twice', 2],
  ])(
    'that takes %s its time is found out within eighty jobs, and looked at accordingly',
    async (_words, factor) => {
      const model = learning(offering, body);
      await model.buy(80, { median: typicalSeconds, sigma: 0.2 });
      expect(model.learned()?.medianSeconds).toBeGreaterThan(0.9 * typicalSeconds);
      expect(model.learned()?.medianSeconds).toBeLessThan(1.1 * typicalSeconds);
      const before = await model.buy(10, { median: factor * typicalSeconds, sigma: 0.2 });
      // The window holds nothing of before after this.
      await model.buy(70, { median: factor * typicalSeconds, sigma: 0.2 });
      const learned = model.learned();
      expect(learned?.medianSeconds).toBeGreaterThan(0.85 * factor * typicalSeconds);
      expect(learned?.medianSeconds).toBeLessThan(1.15 * factor * typicalSeconds);
      expect(learned?.sigma).toBeGreaterThan(0.1);
      expect(learned?.sigma).toBeLessThan(0.35);
      expect(learned?.seen).toHaveLength(64);

      const after = await model.buy(40, { median: factor * typicalSeconds, sigma: 0.2 });
      expect(after.looks).toBeLessThan(3.2);
      expect(after.delay).toBeLessThan(Math.max(0.17 * factor * typicalSeconds, 0.6));
      // What became faster was seen late, what became slower was looked at in vain.
      if (factor < 1) expect(after.delay).toBeLessThan(before.delay / 2);
      else expect(after.looks).toBeLessThan(before.looks - 1);
    },
  );
});

describe('a run of the reconciler', () => {
  const closed = (seconds: number, ranSeconds: number | undefined, change: Partial<Job> = {}): Job => {
    const job = jobAfter(stages(newJob()).submitted);
    const rendered = {
      url: 'https://pictures.test/a',
      at: (job.submittedAt ?? 0) + seconds * 1000,
      ranSeconds,
    };
    return { ...job, rendered, ...change };
  };

  test('reads and writes one row for each kind that it saw, and nothing when it saw none', async () => {
    const calls: string[] = [];
    const times = {
      read: async ({ offering, size }: TimesKey) => void calls.push(`read ${offering} ${size}`),
      put: async ({ offering, size }: TimesKey, learned: ModelTimes) =>
        void calls.push(`put ${offering} ${size}: ${JSON.stringify(learned.seen)}`),
    };
    const ports = { times, timings, clock: () => start };
    const small = JSON.stringify({ prompt: 'a secret', resolution: '0.5 MP' });
    const jobs = [
      closed(5, 4),
      closed(6, 0),
      closed(7, undefined),
      closed(3, 2.5, { body: small }),
      stages().refused,
      stages().unresolved,
    ];
    expect(await learnTimes(ports, jobs)).toBe(3);
    expect(calls.toSorted()).toEqual([
      'put flux-2-pro/generate resolution=0.5 MP: [[2.5,3]]',
      'put flux-2-pro/generate resolution=1 MP: [[4,5],[0,6]]',
      'read flux-2-pro/generate resolution=0.5 MP',
      'read flux-2-pro/generate resolution=1 MP',
    ]);
    expect(await learnTimes(ports, [stages().refused])).toBe(0);
    expect(calls).toHaveLength(4);
  });

  test('learns of the other kinds when one of them cannot be written, and says so', async () => {
    const put: string[] = [];
    const times = {
      read: async () => undefined,
      put: async ({ size }: TimesKey) => {
        if (size.includes('0.5')) throw new Error('a throttle');
        put.push(size);
      },
    };
    const jobs = [closed(3, 2, { body: '{"resolution":"0.5 MP"}' }), closed(5, 4)];
    await expect(learnTimes({ times, timings, clock: () => start }, jobs)).rejects.toThrow('a throttle');
    expect(put).toEqual(['resolution=1 MP']);
  });
});

describe('what is known of a model', () => {
  /** Of the seller, who is looked at so long before it says what it shows. */
  const answerSeconds = 0.2;
  const row: ModelTimes = { medianSeconds: 2, sigma: 0.2, seen: Array(8).fill([1, 2]), learnedAt: start };

  test('is read once in five minutes for each kind', async () => {
    const clock = { now: start };
    const read: string[] = [];
    const ledger = {
      async read({ size }: TimesKey) {
        read.push(size);
        return row;
      },
    };
    const timesOf = knownTimes(ledger, () => clock.now);
    const job = newJob();
    for (let reads = 0; reads < 3; reads += 1) expect(await timesOf(job)).toBe(row);
    await timesOf({ ...job, body: '{"resolution":"2 MP"}' });
    expect(read).toEqual(['resolution=1 MP', 'resolution=2 MP']);
    clock.now += 300_000;
    await timesOf(job);
    expect(read).toHaveLength(3);
  });

  test('says when the poll looks', async () => {
    const { booth, watch } = learning(offering, {});
    booth.times.set(`${offering} resolution=1 MP`, row);
    expect((await watch(1.5)).first).toBeCloseTo(1.95 + answerSeconds, 2);
  });

  test('says how long the workflow waits before the poll is there', async () => {
    const waits: number[] = [];
    for (const times of [undefined, { ...row, medianSeconds: 20 }]) {
      const booth = openBooth();
      if (times) booth.times.set(`${offering} resolution=1 MP`, times);
      booth.ports.workflows.start = async (_kind, _name, { waitSeconds }) => void waits.push(waitSeconds);
      await booth.pay((await booth.accept()).jobId);
    }
    expect(waits).toEqual([4, 19]);
  });

  test('is the catalogue where it cannot be read', async () => {
    const { booth, watch } = learning(offering, {});
    booth.times.set(`${offering} resolution=1 MP`, row);
    booth.ports.times.read = async () => {
      throw new Error('a throttle');
    };
    expect((await watch(1.5)).first).toBeCloseTo(4.85 + answerSeconds, 2);
  });
});
