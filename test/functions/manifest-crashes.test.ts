import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lineResultSchema, type ManifestMessage } from '../../shared/contracts/manifest.ts';
import { groupOf } from '../../shared/contracts/message.ts';
import { Crash, crashAt, type Watch } from './booth.ts';
import { deliverJob, type ManifestBooth, openManifestBooth } from './manifest-booth.ts';

const key = 'requests/thousand.jsonl';

/** A manifest of so many lines, of which every twentieth is wrong, each in one of three ways. */
function manifestOf(lines: number): { content: string; bad: Map<number, string> } {
  const bad = new Map<number, string>();
  const values = Array.from({ length: lines }, (_, index) => {
    const line = index + 1;
    const value: Record<string, unknown> = {
      model: 'flux-2-pro/generate',
      // Some lines are alike: each is a purchase all the same.
      prompt: `kite ${index % 400}`,
      resolution: '0.5 MP',
    };
    if (line % 20 !== 0) return value;
    const [field, wrong] =
      (
        [
          ['resolution', '9 MP'],
          ['seed', 'x'],
          ['colour', 'red'],
        ] as const
      )[(line / 20) % 3] ?? [];
    bad.set(line, String(field));
    return { ...value, [String(field)]: wrong };
  });
  return { content: values.map((value) => JSON.stringify(value)).join('\n'), bad };
}

/** What must hold of a manifest that is through, whatever happened on the way. */
function expectWhole(mine: ManifestBooth, lines: number, bad: ReadonlyMap<number, string>): void {
  const jobs = mine.booth.ledger.jobs();
  expect(jobs).toHaveLength(lines - bad.size);
  expect(new Set(jobs.map(({ manifest }) => manifest?.line)).size).toBe(lines - bad.size);
  const queued = new Set(mine.booth.queued.map(({ jobId }) => jobId));
  expect(jobs.filter(({ jobId }) => !queued.has(jobId))).toEqual([]);

  expect(mine.results.size).toBe(1);
  const [{ lines: text } = { lines: '' }] = [...mine.results.values()];
  const results = text
    .trimEnd()
    .split('\n')
    .map((line) => lineResultSchema.parse(JSON.parse(line)));
  expect(results.map(({ line }) => line)).toEqual(Array.from({ length: lines }, (_, index) => index + 1));
  for (const { line, status, errors } of results) {
    expect([line, status, errors?.map(({ field }) => field)]).toEqual(
      bad.has(line) ? [line, 'invalid', [bad.get(line)]] : [line, 'delivered', undefined],
    );
  }
  expect(mine.lines.size).toBe(lines);
  expect(new Set(mine.notices.map(({ name, detail }) => `${name} ${detail.id}`)).size).toBe(1);
  expect(mine.notices[0]).toMatchObject({
    name: 'ManifestFinished',
    detail: { lines, bad: bad.size, ended: { delivered: lines - bad.size } },
  });
}

/** Runs something until it comes through; each crash is the next of the list. @returns how many crashes there were */
async function insist(
  crashes: (Watch | undefined)[],
  work: (watch: Watch | undefined) => Promise<unknown>,
): Promise<number> {
  for (let tries = 0; ; tries += 1) {
    try {
      const failed = await work(crashes.shift());
      if (failed !== undefined && failed !== 0) continue;
      return tries;
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
    }
  }
}

/** Every job ends; its events come in batches, in some order, one in ten lost and one in ten twice. */
async function endAll(mine: ManifestBooth, order: (index: number) => number, crashes: (Watch | undefined)[]) {
  const events: ManifestMessage[] = mine.booth.ledger
    .jobs()
    .filter(({ end }) => !end)
    .map((job) => deliverJob(mine.booth, job));
  const heard = events
    .map((event, index) => ({ event, index, at: order(index) }))
    .filter(({ index }) => index % 10 !== 7)
    .toSorted((a, b) => a.at - b.at)
    .flatMap(({ event, index }) => (index % 10 === 3 ? [event, event] : [event]));
  for (let from = 0; from < heard.length; from += 10) {
    const batch = heard.slice(from, from + 10);
    await insist(crashes, (watch) => mine.hear(batch, watch));
  }
}

describe('a manifest of a thousand lines', () => {
  test.each(['before', 'after'] as const)(
    'and a crash %s some calls, resumed by redelivery and by the sweeper: each good line once',
    async (when) => {
      const mine = openManifestBooth();
      const { content, bad } = manifestOf(1000);
      const places = [1, 3, 5, 6, 40, 333, 1200, 1500].map((n) => crashAt(n, when));
      const crashes = await insist(places, (watch) => mine.drop(key, content, watch));
      expect(crashes).toBeGreaterThanOrEqual(7);
      await endAll(mine, (index) => (index * 7919) % 1009, [
        crashAt(4, when),
        crashAt(9, when),
        crashAt(30, when),
      ]);
      await insist([crashAt(12, when), crashAt(60, when)], (watch) => mine.sweep(watch));
      for (let minutes = 0; minutes < 3; minutes += 1) await mine.sweep();
      expectWhole(mine, 1000, bad);
    },
  );

  test('that the sweeper alone brings back, when no notification comes again', async () => {
    const mine = openManifestBooth();
    const { content, bad } = manifestOf(1000);
    await expect(mine.drop(key, content, crashAt(1500, 'before'))).rejects.toThrow(Crash);
    await mine.sweep();
    await endAll(mine, (index) => index, []);
    await mine.sweep();
    expectWhole(mine, 1000, bad);
  });

  test('that the time of an invocation is too short for: the rest follows', async () => {
    const mine = openManifestBooth();
    const { content, bad } = manifestOf(1000);
    let calls = 0;
    const slow: Watch = async (name) => {
      if (name === 'ledger.accept') calls += 1;
      if (name === 'ledger.accept' && calls % 5 === 0) mine.booth.clock.now += 1_000;
      return undefined;
    };
    await mine.drop(key, content, slow);
    expect(mine.booth.ledger.jobs().length).toBeLessThan(500);
    for (let minutes = 0; minutes < 5; minutes += 1) await mine.sweep();
    await endAll(mine, (index) => -index, []);
    await mine.sweep();
    expectWhole(mine, 1000, bad);
  });
});

test.each(['before', 'after'] as const)('a crash %s each call in turn: each good line once', async (when) => {
  const { content, bad } = manifestOf(20);
  const stages: [string, number, (mine: ManifestBooth, watch?: Watch) => Promise<unknown>][] = [
    ['arriving', 50, (mine, watch) => mine.drop(key, content, watch)],
    ['sweeping', 40, (mine, watch) => mine.sweep(watch)],
  ];
  for (const [stage, least] of stages) {
    for (let n = 1; ; n += 1) {
      const mine = openManifestBooth();
      let crashes = 0;
      for (const [name, , work] of stages) {
        const places = name === stage ? [crashAt(n, when)] : [];
        crashes += await insist(places, (watch) => work(mine, watch));
        // Nobody hears of these ends: the sweeper finds them.
        for (const job of mine.booth.ledger.jobs()) if (!job.end) deliverJob(mine.booth, job);
      }
      const stopped = mine.warnings.length > 0;
      for (let minutes = 0; minutes < 3; minutes += 1) await mine.sweep();
      expectWhole(mine, 20, bad);
      if (crashes > 0 || stopped) continue;
      expect([stage, n > least]).toEqual([stage, true]);
      break;
    }
  }
});

test('a crash at any call at all, before or after it, and in any number: each good line once', async () => {
  const when = fc.constantFrom('before' as const, 'after' as const);
  const places = (most: number) =>
    fc.array(fc.tuple(fc.integer({ min: 1, max: most }), when), { maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(places(110), places(25), places(60), async (arriving, hearing, sweeping) => {
      const mine = openManifestBooth();
      const { content, bad } = manifestOf(40);
      const at = (list: typeof arriving) => list.map(([n, moment]) => crashAt(n, moment));
      await insist(at(arriving), (watch) => mine.drop(key, content, watch));
      await endAll(mine, (index) => (index * 17) % 41, at(hearing));
      await insist(at(sweeping), (watch) => mine.sweep(watch));
      for (let minutes = 0; minutes < 5; minutes += 1) await mine.sweep();
      expectWhole(mine, 40, bad);
    }),
    { numRuns: 60 },
  );
});

test('notification, events and sweeper at once, in any order of their effects: each good line once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), async (scheduler) => {
      const mine = openManifestBooth();
      const { content, bad } = manifestOf(20);
      await mine.drop(key, content, crashAt(30, 'after')).catch(() => {});
      const inTurn: Watch = async (name) => {
        await scheduler.schedule(Promise.resolve(), name);
        return undefined;
      };
      const accepted = mine.booth.ledger.jobs();
      // What was accepted and not queued, the sweeper of the jobs has queued.
      mine.booth.queued.push(...accepted.map((job) => ({ jobId: job.jobId, group: groupOf(job) })));
      const events = accepted.map((job) => deliverJob(mine.booth, job));
      await scheduler.waitFor(
        Promise.all([
          mine.notify(key, inTurn),
          mine.notify(key, inTurn),
          mine.hear(events.slice(0, 5), inTurn),
          mine.hear(events.slice(3), inTurn),
        ]),
      );
      await mine.sweep();
      await endAll(mine, (index) => index, []);
      for (let minutes = 0; minutes < 3; minutes += 1) await mine.sweep();
      expectWhole(mine, 20, bad);
    }),
    { numRuns: 40 },
  );
});
