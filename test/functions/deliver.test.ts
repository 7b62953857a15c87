import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { deliver } from '../../functions/poller/deliver.ts';
import type { Job } from '../../shared/core/job-record.ts';
import { type Download, downloadPicture } from '../../shared/seller/download.ts';
import { policy } from '../core/offers.ts';
import { openBooth, webp } from './booth.ts';
import { at, happened, jobAfter, newJob, stages } from './jobs.ts';

const flat = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: '#36c' } });
let jpg: Buffer;
let png: Buffer;
beforeAll(async () => {
  [jpg, png] = await Promise.all([flat(1000, 1000).jpeg().toBuffer(), flat(1600, 900).png().toBuffer()]);
});

/** A booth with one finished job in it, whose picture's host answers so. */
function delivering(download: (url: string) => Promise<Download> | Download, job: Job = stages().rendered) {
  const booth = openBooth();
  booth.ledger.put(job);
  booth.clock.now = at(20);
  booth.ports.downloads.get = async (url) => download(url);
  const run = () => deliver(booth.process().ports, job.jobId);
  return { booth, run, read: () => booth.read(job.jobId) };
}

describe('a picture', () => {
  test('is in the bucket before its job is delivered, and then announced', async () => {
    const { booth, run, read } = delivering(() => ({ bytes: webp }));
    await run();
    const sha256 = createHash('sha256').update(webp).digest('hex');
    const key = `pictures/${(await read()).jobId}-${sha256.slice(0, 16)}.webp`;
    expect(booth.objects.get(key)).toEqual({ bytes: webp, contentType: 'image/webp' });
    expect(await read()).toMatchObject({
      status: 'delivered',
      asset: { key, sha256, bytes: webp.length, format: 'webp', width: 1000, height: 1000, mismatch: [] },
    });
    expect(booth.events).toMatchObject([
      { status: 'delivered', money: 'spent', asset: { bucket: 'pictures', key } },
    ]);
  });

  test('that the bucket does not take is not delivered', async () => {
    const { booth, run, read } = delivering(() => ({ bytes: webp }));
    booth.ports.pictures.put = async () => {
      throw new Error('the bucket is down');
    };
    await expect(run()).rejects.toThrow('the bucket is down');
    expect(await read()).toMatchObject({ status: 'submitted', assetFailures: 0 });
    expect(booth.events).toEqual([]);
  });

  test.each([
    ['another format', () => jpg, 'jpg', ['format']],
    ['another format, shape and size', () => png, 'png', ['format', 'aspect', 'size']],
  ] as const)('of %s is delivered and flagged', async (_name, bytes, format, mismatch) => {
    const { booth, run, read } = delivering(() => ({ bytes: bytes() }));
    await run();
    const job = await read();
    expect(job).toMatchObject({ status: 'delivered', asset: { format, mismatch } });
    expect(booth.objects.get(job.asset?.key ?? '')?.bytes).toEqual(bytes());
    expect(job.asset?.key.endsWith(`.${format}`)).toBe(true);
    expect(booth.events).toMatchObject([{ asset: { mismatch } }]);
  });

  test('is what was asked when it was asked for in that format', async () => {
    const job = newJob({ body: '{"prompt":"a kite","output_format":"jpg"}' });
    const { run, read } = delivering(() => ({ bytes: jpg }), stages(job).rendered);
    await run();
    expect((await read()).asset?.mismatch).toEqual([]);
  });
});

describe('a picture that cannot be delivered is asked for three times, then given up with a claim', () => {
  const html = Buffer.from(`<html>${' '.repeat(200)}</html>`);
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script/></svg>');
  const cases: [string, () => Promise<Download> | Download][] = [
    ['HTML', () => ({ bytes: html })],
    ['an SVG', () => ({ bytes: svg })],
    ['a picture cut short', () => ({ bytes: webp.subarray(0, webp.length - 9) })],
    ['a PNG cut short', () => ({ bytes: png.subarray(0, png.length - 9) })],
    ['a JPEG cut short', () => ({ bytes: jpg.subarray(0, jpg.length - 9) })],
    ['nothing', () => ({ bytes: Buffer.alloc(0) })],
    ['one too large', () => ({ unacceptable: 'the picture is larger than 26214400 bytes' })],
    ['a foreign host', () => downloadPicture('https://evil.test/a.webp', policy.pictureOrigins)],
  ];
  test.each(cases)('%s', async (_name, download) => {
    const { booth, run, read } = delivering(download);
    for (const failures of [1, 2]) {
      await expect(run()).rejects.toMatchObject({ name: 'AssetUnavailable' });
      expect(await read()).toMatchObject({ status: 'submitted', assetFailures: failures });
      expect(booth.events).toEqual([]);
    }
    await run();
    expect(await read()).toMatchObject({
      status: 'undelivered',
      end: {
        reason: { name: 'AssetInvalid' },
        claim: { sellerJobId: 'cmn1234567890', transaction: '0xfeed', amountAtomic: '30000' },
      },
    });
    expect(booth.events).toMatchObject([{ status: 'undelivered', money: 'spent', retryCanHelp: false }]);
    expect(booth.objects.size).toBe(0);
  });
});

test('a host that gives nothing is asked again for as long as the job lives', async () => {
  const { booth, run, read } = delivering(() => ({ unavailable: 'the host answers 503' }));
  for (let round = 0; round < 10; round += 1)
    await expect(run()).rejects.toMatchObject({ name: 'AssetUnavailable' });
  expect(await read()).toMatchObject({ status: 'submitted', assetFailures: 0 });
  expect(booth.events).toEqual([]);
});

test('two deliveries of different bytes at once: what the ledger names is what the bucket holds', async () => {
  const both = [webp, png];
  const { booth, run, read } = delivering(() => ({ bytes: both.pop() ?? webp }));
  await Promise.all([run(), run()]);
  const { asset } = await read();
  const stored = booth.objects.get(asset?.key ?? '')?.bytes ?? Buffer.alloc(0);
  expect(createHash('sha256').update(stored).digest('hex')).toBe(asset?.sha256);
});

test('a URL that died is replaced by a fresh one, and the picture delivered', async () => {
  const booth = openBooth();
  const { jobId } = await booth.accept();
  let urls = 0;
  booth.seller.sighting = () => {
    urls += 1;
    return { state: 'complete', url: `https://pictures.test/${urls}.webp` };
  };
  booth.ports.downloads.get = async (url) =>
    url.endsWith('/1.webp') ? { unavailable: 'the host answers 403' } : { bytes: webp };
  expect(await booth.finish(jobId)).toMatchObject({ status: 'delivered', assetFailures: 0 });
});

describe('a second run', () => {
  test('of a delivered job changes nothing', async () => {
    const { booth, run, read } = delivering(() => ({ bytes: webp }));
    await run();
    const before = await read();
    await run();
    expect(await read()).toEqual(before);
    expect([booth.events.length, booth.objects.size]).toEqual([1, 1]);
  });

  test('after a crash before the announcement announces', async () => {
    const { booth, run, read } = delivering(() => {
      throw new Error('must not be fetched again');
    }, stages().delivered);
    await run();
    expect(booth.events).toMatchObject([{ status: 'delivered' }]);
    expect((await read()).announcedAt).toBeDefined();
  });

  test('at the same time delivers once', async () => {
    const { booth, run, read } = delivering(() => ({ bytes: webp }));
    await Promise.all([run(), run(), run()]);
    expect(await read()).toMatchObject({ status: 'delivered' });
    expect(new Set(booth.events.map(({ id }) => id)).size).toBe(1);
    expect(
      booth.ledger.history((await read()).jobId).filter((status) => status === 'delivered'),
    ).toHaveLength(2);
  });
});

describe('a job that has nothing to deliver', () => {
  test.each(['refused', 'undelivered', 'unresolved'] as const)('is not touched: %s', async (end) => {
    const job = jobAfter(stages()[end], happened.announced(2_000));
    const { booth, run, read } = delivering(() => ({ bytes: webp }), job);
    await run();
    expect(await read()).toEqual(job);
    expect([booth.events, booth.objects.size]).toEqual([[], 0]);
  });

  test('goes back to the poll: no picture was seen yet', async () => {
    const { run } = delivering(() => ({ bytes: webp }), stages().watched);
    await expect(run()).rejects.toMatchObject({ name: 'AssetUnavailable' });
  });

  test('is a defect when it is not there', async () => {
    const { ports } = openBooth().process();
    await expect(deliver(ports, newJob().jobId)).rejects.toMatchObject({ name: 'Defect' });
  });

  test('keeps the end that came while its picture was fetched', async () => {
    const job = stages().rendered;
    const ended = jobAfter(job, happened.unresolved(603));
    const { booth, run, read } = delivering(() => {
      booth.ledger.put(ended);
      return { bytes: webp };
    }, job);
    await run();
    expect(await read()).toMatchObject({ status: 'unresolved', end: ended.end });
    expect(booth.events).toMatchObject([{ status: 'unresolved' }]);
  });
});
