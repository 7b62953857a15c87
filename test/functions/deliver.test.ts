import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { deliver } from '../../functions/poller/deliver.ts';
import { sideCarSchema } from '../../shared/contracts/side-car.ts';
import type { Job } from '../../shared/core/job-record.ts';
import { makeMp4 } from '../core/make-mp4.ts';
import { type Fetched, openBooth, webp } from './booth.ts';
import { at, happened, jobAfter, newJob, stages } from './jobs.ts';
import { openFiles } from './memory-file.ts';

const flat = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: '#36c' } });
let jpg: Buffer;
let png: Buffer;
beforeAll(async () => {
  [jpg, png] = await Promise.all([flat(1000, 1000).jpeg().toBuffer(), flat(1600, 900).png().toBuffer()]);
});

// Whatever becomes of a delivery, its file is closed.
afterEach(() => expect(openFiles.count).toBe(0));

/** A booth with one finished job in it, whose picture's host answers so. */
function delivering(download: (url: string) => Promise<Fetched> | Fetched, job: Job = stages().rendered) {
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
    expect(booth.objects.get(key)).toMatchObject({ bytes: webp, contentType: 'image/webp' });
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
    booth.ports.assets.putFile = async () => {
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
  const cases: [string, () => Promise<Fetched> | Fetched][] = [
    ['HTML', () => ({ bytes: html })],
    ['an SVG', () => ({ bytes: svg })],
    ['a picture cut short', () => ({ bytes: webp.subarray(0, webp.length - 9) })],
    ['a PNG cut short', () => ({ bytes: png.subarray(0, png.length - 9) })],
    ['a JPEG cut short', () => ({ bytes: jpg.subarray(0, jpg.length - 9) })],
    ['nothing', () => ({ bytes: Buffer.alloc(0) })],
    ['one too large', () => ({ unacceptable: 'the picture is larger than 26214400 bytes' })],
    [
      'a foreign host',
      () => ({ unacceptable: 'the result is on https://evil.test, which is not allow-listed' }),
    ],
    ['a video cut short', () => ({ bytes: makeMp4().subarray(0, -1) })],
    ['a GIF', () => ({ bytes: Buffer.from(`GIF89a${' '.repeat(90)}`) })],
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
  booth.ports.downloads.get = async (url): Promise<Fetched> =>
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
    expect([booth.events.length, booth.objects.size]).toEqual([1, 2]);
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

const svg = Buffer.from(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1024 1024"><path d="M0 0h9"/></svg>',
);
const thumbnailUrl = 'https://pictures.test/thumbnail.jpg';

/** A finished job whose seller named a thumbnail too. */
const withThumbnail = (): Job => {
  const { watched } = stages();
  return jobAfter(watched, { type: 'rendered', url: 'https://pictures.test/x', thumbnailUrl, at: at(8) });
};

describe('a result of another kind', () => {
  const video = makeMp4({ width: 1280, height: 720, duration: 4000 });

  test('than was declared is delivered and flagged: a video', async () => {
    const { booth, run, read } = delivering(() => ({ bytes: video }));
    await run();
    const { asset, status } = await read();
    expect(status).toBe('delivered');
    expect(asset).toMatchObject({ format: 'mp4', width: 1280, height: 720, durationSeconds: 4 });
    expect(asset?.mismatch).toContain('format');
    expect(booth.objects.get(asset?.key ?? '')).toMatchObject({ bytes: video, contentType: 'video/mp4' });
  });

  test('than was declared is delivered and flagged: a drawing', async () => {
    const { booth, run, read } = delivering(() => ({ bytes: svg }));
    await run();
    const { asset } = await read();
    expect(asset).toMatchObject({ format: 'svg', width: 1024, height: 1024, mismatch: ['format'] });
    expect(booth.objects.get(asset?.key ?? '')).toMatchObject({ bytes: svg, contentType: 'image/svg+xml' });
  });
});

describe('the thumbnail of a video', () => {
  const video = makeMp4();

  test('is kept beside it', async () => {
    const { booth, run, read } = delivering(
      (url) => ({ bytes: url === thumbnailUrl ? jpg : video }),
      withThumbnail(),
    );
    await run();
    const { asset } = await read();
    expect(asset?.thumbnail).toMatchObject({ format: 'jpg', width: 1000, height: 1000, bytes: jpg.length });
    expect(booth.objects.get(asset?.thumbnail?.key ?? '')).toMatchObject({
      bytes: jpg,
      contentType: 'image/jpeg',
    });
    expect(booth.events).toMatchObject([{ asset: { thumbnail: { key: asset?.thumbnail?.key } } }]);
  });

  test.each([
    ['cannot be had', () => ({ unavailable: 'the host answers 404' })],
    ['is somewhere else', () => ({ unacceptable: 'the host is not allow-listed' })],
    ['is no picture', () => ({ bytes: Buffer.from('<html></html>') })],
    ['is a video itself', () => ({ bytes: video })],
  ] as [string, () => Fetched][])('that %s is done without', async (_name, give) => {
    const { run, read } = delivering(
      (url) => (url === thumbnailUrl ? give() : { bytes: video }),
      withThumbnail(),
    );
    await run();
    const job = await read();
    expect(job).toMatchObject({ status: 'delivered', assetFailures: 0 });
    expect(job.asset?.thumbnail).toBeUndefined();
  });

  test('is not asked for when the result is a picture', async () => {
    const asked: string[] = [];
    const { run } = delivering((url) => {
      asked.push(url);
      return { bytes: webp };
    }, withThumbnail());
    await run();
    expect(asked).toEqual(['https://pictures.test/x']);
  });
});

describe('what is known of a delivered job', () => {
  const body = '{"prompt":"a canary kite über Köln","seed":7}';
  const sideCarIn = (booth: ReturnType<typeof openBooth>) => {
    const [key = '', object] = [...booth.objects].find(([name]) => name.endsWith('.json')) ?? [];
    return { key, sideCar: sideCarSchema.parse(JSON.parse(String(object?.bytes))), object };
  };

  test('lies beside it, whole', async () => {
    const { booth, run, read } = delivering(() => ({ bytes: webp }), stages(newJob({ body })).rendered);
    await run();
    const job = await read();
    const { key, sideCar } = sideCarIn(booth);
    expect(key).toBe(job.asset?.key.replace('.webp', '.json'));
    expect(booth.events).toMatchObject([{ asset: { sideCar: key } }]);
    expect(sideCar).toEqual({
      version: 1,
      jobId: job.jobId,
      caller: job.caller,
      model: 'flux-2-pro/generate',
      request: { prompt: 'a canary kite über Köln', seed: 7 },
      seed: 7,
      asset: job.asset,
      payment: {
        amountAtomic: '30000',
        decimals: 6,
        network: job.purchase?.network,
        asset: job.purchase?.asset,
        payTo: job.purchase?.payTo,
        payer: job.purchase?.payer,
        nonce: job.purchase?.nonce,
        transaction: '0xfeed',
      },
      sellerJobId: 'cmn1234567890',
      times: {
        accepted: new Date(at(0)).toISOString(),
        paid: new Date(at(2)).toISOString(),
        submitted: new Date(at(3)).toISOString(),
        rendered: new Date(at(8)).toISOString(),
        delivered: new Date(job.end?.at ?? 0).toISOString(),
      },
    });
  });

  test('is in the metadata of its object, as far as a header can say it, and without the prompt', async () => {
    const { booth, run, read } = delivering(() => ({ bytes: webp }), stages(newJob({ body })).rendered);
    await run();
    const job = await read();
    const { metadata = {} } = booth.objects.get(job.asset?.key ?? '') ?? {};
    expect(metadata).toEqual({
      'job-id': job.jobId,
      model: 'flux-2-pro/generate',
      seed: '7',
      'price-atomic': '30000',
      asset: job.purchase?.asset,
      network: job.purchase?.network,
      payee: job.purchase?.payTo,
      transaction: '0xfeed',
      'seller-job-id': 'cmn1234567890',
      sha256: job.asset?.sha256,
    });
    for (const value of Object.values(metadata)) expect(value).toMatch(/^[\x21-\x7e]+$/);
  });

  test('leaves out of the headers what a seller says that is no text of a header', async () => {
    const { watched } = stages();
    const settlement = {
      success: true,
      transaction: '0xfeed\r\nx-amz-acl: public-read',
      network: 'eip155:8453',
    };
    const job = jobAfter({ ...watched, settlement }, happened.rendered());
    const { booth, run, read } = delivering(() => ({ bytes: webp }), job);
    await run();
    const { metadata } = booth.objects.get((await read()).asset?.key ?? '') ?? {};
    expect(metadata).not.toHaveProperty('transaction');
  });

  test('is there before the job is delivered', async () => {
    const { booth, run, read } = delivering(() => ({ bytes: webp }));
    booth.ports.assets.putJson = async () => {
      throw new Error('the bucket is down');
    };
    await expect(run()).rejects.toThrow('the bucket is down');
    expect((await read()).status).toBe('submitted');
  });

  test('is as the ledger has it, when two deliveries at different times are one', async () => {
    const { booth, run, read } = delivering(() => ({ bytes: webp }));
    const put = booth.ports.assets.putJson;
    let puts = 0;
    booth.ports.assets.putJson = async (key, text) => {
      puts += 1;
      // The first one sleeps between its side-car and its record, and the second overtakes it.
      if (puts === 1) {
        booth.clock.now += 5_000;
        await run();
      }
      await put(key, text);
    };
    await run();
    const { end } = await read();
    expect(sideCarIn(booth).sideCar.times.delivered).toBe(new Date(end?.at ?? 0).toISOString());
  });
});
