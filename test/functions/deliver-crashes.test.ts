import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { deliver } from '../../functions/poller/deliver.ts';
import { sideCarOf } from '../../functions/poller/side-car.ts';
import { sideCarKey } from '../../shared/core/asset.ts';
import { makeMp4 } from '../core/make-mp4.ts';
import { type Booth, Crash, crashAt, isAnswer, openBooth, type Watch, webp } from './booth.ts';
import { openFiles } from './memory-file.ts';

const video = makeMp4();
const url = 'https://pictures.test/a.mp4';
const thumbnailUrl = 'https://pictures.test/a.webp';

afterEach(() => expect(openFiles.count).toBe(0));

/** A booth whose seller makes a video with a thumbnail, and a job in it. */
async function opened(): Promise<{ booth: Booth; jobId: string }> {
  const booth = openBooth();
  booth.seller.sighting = () => ({ state: 'complete', url, thumbnailUrl });
  booth.ports.downloads.get = async (asked) => ({ bytes: asked === thumbnailUrl ? webp : video });
  return { booth, jobId: (await booth.accept()).jobId };
}

/** Whatever the ledger calls delivered is in the bucket, whole, with a side-car that says the same. */
async function expectKept(booth: Booth, jobId: string): Promise<void> {
  const job = await booth.read(jobId);
  if (job.status !== 'delivered') return;
  const { asset } = job;
  if (!asset?.thumbnail) throw new Error('It is delivered without an asset or a thumbnail.');
  for (const { key, sha256, bytes } of [asset, asset.thumbnail]) {
    const stored = booth.objects.get(key);
    expect(stored?.bytes.length).toBe(bytes);
    expect(
      createHash('sha256')
        .update(stored?.bytes ?? '')
        .digest('hex'),
    ).toBe(sha256);
  }
  const sideCar: unknown = JSON.parse(String(booth.objects.get(sideCarKey(asset.key))?.bytes));
  expect(sideCar).toMatchObject({ jobId, asset, sellerJobId: job.sellerJobId });
}

/** As above, and the times agree too: what holds once nobody works on the job any more. */
async function expectTold(booth: Booth, jobId: string): Promise<void> {
  await expectKept(booth, jobId);
  const job = await booth.read(jobId);
  expect(job).toMatchObject({ status: 'delivered', announcedAt: expect.any(Number) });
  expect(booth.seller.settlements.size).toBe(1);
  expect(new Set(booth.events.map(({ id }) => id)).size).toBe(1);
  if (!job.asset || !job.end) throw new Error('It is delivered without an asset.');
  const sideCar: unknown = JSON.parse(String(booth.objects.get(sideCarKey(job.asset.key))?.bytes));
  expect(sideCar).toEqual(sideCarOf(job, job.asset, job.end.at));
}

const through = (run: Promise<unknown>): Promise<boolean> =>
  run.then(
    () => true,
    (error: Error) => {
      if (error instanceof Crash) return false;
      if (isAnswer(error.name)) return true;
      throw error;
    },
  );

test.each(['before', 'after'] as const)(
  'a crash %s any call on the way of a video: it is kept, told and announced once',
  async (when) => {
    for (let n = 1; ; n += 1) {
      const { booth, jobId } = await opened();
      const done = await through(booth.turn(jobId, crashAt(n, when)));
      await expectKept(booth, jobId);
      if (done) {
        // Ledger, seller, two downloads, three objects, the event.
        expect(n).toBeGreaterThan(20);
        return;
      }
      booth.clock.now += 61_000;
      await booth.finish(jobId);
      await expectTold(booth, jobId);
    }
  },
);

test('several crashes, anywhere', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.integer({ min: 1, max: 30 }), fc.constantFrom('before', 'after')), {
        maxLength: 4,
      }),
      async (crashes) => {
        const { booth, jobId } = await opened();
        for (const [n, when] of crashes) {
          await through(booth.turn(jobId, crashAt(n, when)));
          await expectKept(booth, jobId);
          booth.clock.now += 61_000;
        }
        await booth.finish(jobId);
        await expectTold(booth, jobId);
      },
    ),
    { numRuns: 100 },
  );
});

test('deliveries at once, in any order of their calls: one record, and what it says lies in the bucket', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), async (scheduler) => {
      const { booth, jobId } = await opened();
      await booth.pay(jobId);
      const job = await booth.read(jobId);
      const rendered = { url, thumbnailUrl, at: booth.clock.now };
      booth.ledger.put({ ...job, rendered, version: job.version + 1 });
      const inTurn: Watch = async (name) => {
        await scheduler.schedule(Promise.resolve(), name);
        booth.clock.now += 1_000;
        return undefined;
      };
      const all = [1, 2, 3].map(() => deliver(booth.process(inTurn).ports, jobId));
      await scheduler.waitFor(Promise.all(all));
      await expectKept(booth, jobId);
      expect((await booth.read(jobId)).status).toBe('delivered');
      expect(new Set(booth.events.map(({ id }) => id)).size).toBe(1);
    }),
    { numRuns: 80 },
  );
});
