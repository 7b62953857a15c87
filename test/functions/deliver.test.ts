import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { show } from '../../functions/intake/show.ts';
import { deliver } from '../../functions/poller/deliver.ts';
import { record } from '../../functions/record.ts';
import { findReference } from '../../functions/references.ts';
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

describe('a result that came with the answer', () => {
  const inline = () => jobAfter(stages().watched, happened.rendered('inline:'));

  test('is delivered from where it was kept, inspected like any other', async () => {
    const job = inline();
    const { booth, run, read } = delivering(() => {
      throw new Error('There is nothing to download.');
    }, job);
    booth.objects.set(`inline/${job.jobId}`, { bytes: webp, contentType: '' });
    await run();
    const { status, asset } = await read();
    expect([status, booth.objects.get(asset?.key ?? '')?.bytes]).toEqual(['delivered', webp]);
  });

  test('that is not safe is not delivered', async () => {
    const job = inline();
    const { booth, run, read } = delivering(() => ({ bytes: webp }), job);
    const bytes = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>');
    booth.objects.set(`inline/${job.jobId}`, { bytes, contentType: '' });
    await expect(run()).rejects.toMatchObject({ name: 'AssetUnavailable' });
    expect(await read()).toMatchObject({ status: 'submitted', assetFailures: 1 });
  });

  test('that is there no more is asked for again', async () => {
    const { run, read } = delivering(() => ({ bytes: webp }), inline());
    await expect(run()).rejects.toMatchObject({ name: 'AssetUnavailable' });
    expect(await read()).toMatchObject({ status: 'submitted', assetFailures: 0 });
  });
});

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

describe('a result that inspection refuses is fetched anew until the deadline, and its bytes are kept', () => {
  const html = Buffer.from(`<html>${' '.repeat(200)}</html>`);
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script/></svg>');
  const cases: [string, () => Buffer][] = [
    ['HTML', () => html],
    ['an SVG with a script', () => svg],
    ['a picture cut short', () => webp.subarray(0, webp.length - 9)],
    ['a PNG cut short', () => png.subarray(0, png.length - 9)],
    ['a JPEG cut short', () => jpg.subarray(0, jpg.length - 9)],
    ['a video cut short', () => makeMp4().subarray(0, -1)],
    ['a GIF', () => Buffer.from(`GIF89a${' '.repeat(90)}`)],
  ];
  test.each(cases)('%s', async (_name, bytes) => {
    const { booth, run, read } = delivering(() => ({ bytes: bytes() }));
    const pauses: number[] = [];
    for (const failures of [1, 2, 3, 4, 5]) {
      await expect(run()).rejects.toMatchObject({ name: 'AssetUnavailable' });
      const { waitUntil = 0, ...job } = await read();
      expect(job).toMatchObject({ status: 'submitted', assetFailures: failures });
      pauses.push((waitUntil - booth.clock.now) / 1000);
      booth.clock.now = waitUntil;
    }
    expect(pauses).toEqual([5, 15, 45, 135, 300]);
    expect(booth.events).toEqual([]);
    const { quarantine = [], jobId, refused } = await read();
    const [kept] = quarantine;
    expect(quarantine).toHaveLength(1);
    expect(kept).toMatchObject({ bytes: bytes().length, reason: refused?.reason, at: at(20) });
    expect([...booth.objects.keys()]).toEqual([kept?.key]);
    expect(kept?.key).toMatch(new RegExp(`^quarantine/${jobId}-[0-9a-f]{16}$`));
    expect(booth.objects.get(kept?.key ?? '')).toMatchObject({
      bytes: bytes(),
      contentType: 'application/octet-stream',
      disposition: 'attachment',
    });
    expect(booth.counted.map(([{ name }]) => name)).toEqual(Array(5).fill('ResultQuarantined'));
  });

  test.each([
    ['nothing', (): Fetched => ({ bytes: Buffer.alloc(0) })],
    [
      'more than is read of a picture',
      (): Fetched => ({ unacceptable: 'the result is larger than 9 bytes' }),
    ],
  ])('%s leaves no bytes to keep', async (_name, give) => {
    const { booth, run, read } = delivering(give);
    await expect(run()).rejects.toMatchObject({ name: 'AssetUnavailable' });
    const job = await read();
    expect(job).toMatchObject({ status: 'submitted', assetFailures: 1, refused: { at: at(20) } });
    expect([job.quarantine, booth.objects.size]).toEqual([undefined, 0]);
  });

  test('is on record, although its payment is proven meanwhile', async () => {
    const booth = openBooth();
    const { jobId } = await booth.accept();
    booth.ports.downloads.get = async () => ({ bytes: html });
    let isProven = false;
    await booth
      .turn(jobId, async (name) => {
        if (name !== 'assets.putFile' || isProven) return undefined;
        isProven = true;
        const at = booth.clock.now;
        const proof = { state: 'settled', transaction: '0x1', blockNumber: 1, at } as const;
        const event = { type: 'proven', proof, at } as const;
        await record(booth.process().ports, await booth.read(jobId), event, { prove: 'settled' });
        return undefined;
      })
      .catch(() => {});
    const job = await booth.read(jobId);
    expect(job).toMatchObject({ status: 'submitted', proof: { state: 'settled' }, assetFailures: 1 });
    expect(job.quarantine?.map(({ key }) => key)).toEqual([...booth.objects.keys()]);
  });

  test('of many different bytes the first few are kept', async () => {
    let calls = 0;
    const { booth, run, read } = delivering(() => {
      calls += 1;
      return { bytes: Buffer.from(`<html>${calls}</html>`) };
    });
    for (let times = 0; times < 6; times += 1) await run().catch(() => {});
    expect((await read()).quarantine).toHaveLength(3);
    expect(booth.objects.size).toBe(3);
  });

  test('the picture that comes after them is delivered, at no further price', async () => {
    const booth = openBooth();
    const { jobId } = await booth.accept();
    const given = [svg, html];
    booth.ports.downloads.get = async () => ({ bytes: given.shift() ?? webp });
    const job = await booth.finish(jobId);
    expect(job).toMatchObject({ status: 'delivered', assetFailures: 2, asset: { format: 'webp' } });
    expect(job.quarantine).toHaveLength(2);
    expect(booth.seller.settlements.size).toBe(1);
  });

  test('what is refused until the deadline ends undelivered, with a claim and the reason', async () => {
    const booth = openBooth();
    const { jobId } = await booth.accept();
    booth.ports.downloads.get = async () => ({ bytes: svg });
    const job = await booth.finish(jobId);
    expect(job).toMatchObject({
      status: 'undelivered',
      end: { reason: { name: 'AssetInvalid' }, claim: { amountAtomic: '30000' } },
    });
    expect(job.end?.at).toBeGreaterThanOrEqual(job.deadlineAt);
    expect(job.end?.reason?.message).toContain(job.refused?.reason);
    expect(booth.events).toMatchObject([{ status: 'undelivered', money: 'spent', retryCanHelp: false }]);
    expect(booth.objects.get(job.quarantine?.[0]?.key ?? '')?.bytes).toEqual(svg);
    const shown = await show(booth.ports.pictures, job);
    expect(JSON.stringify([shown, booth.events])).not.toContain('quarantine');
    const { ports } = booth.process();
    for (const reference of [jobId, `s3://pictures/${job.quarantine?.[0]?.key}`])
      expect(
        await findReference({ ...ports, referenceBuckets: ['pictures'] }, job.caller, reference),
      ).toHaveProperty('refused');
  });
});

describe('a result that was found in time and could not be fetched until the deadline', () => {
  const silentUntil = (seconds: (job: Job) => number) => {
    const booth = openBooth();
    booth.ports.downloads.get = async () => {
      const [job] = booth.ledger.jobs();
      const isSilent = job === undefined || booth.clock.now < job.deadlineAt + seconds(job) * 1000;
      return isSilent ? { unavailable: 'the host answers 503' } : { bytes: webp };
    };
    return booth;
  };

  test('is fetched by one more run, from the address that is known, and delivered', async () => {
    const booth = silentUntil(() => 20);
    const { jobId } = await booth.accept();
    const job = await booth.finish(jobId);
    expect(job).toMatchObject({ status: 'delivered', asset: { format: 'webp' } });
    expect(job.end?.at).toBeGreaterThan(job.deadlineAt);
    expect(job.rendered?.at).toBeLessThanOrEqual(job.deadlineAt);
    expect(job.workflow?.startedAt).toBeGreaterThanOrEqual(job.deadlineAt);
    expect(booth.seller.settlements.size).toBe(1);
    expect(booth.events).toMatchObject([{ status: 'delivered' }]);
  });

  test('ends without it when that run is over', async () => {
    const booth = silentUntil(() => Number.POSITIVE_INFINITY);
    const { jobId } = await booth.accept();
    const job = await booth.finish(jobId);
    expect(job).toMatchObject({ status: 'unresolved', end: { reason: { name: 'DeadlinePassed' } } });
    const late = (job.end?.at ?? 0) - job.deadlineAt;
    expect(late).toBeGreaterThanOrEqual(300_000);
    expect(late).toBeLessThan(400_000);
    expect(booth.events).toHaveLength(1);
  });
});

describe('a result on a host that the pin does not allow is held', () => {
  const origin = 'https://elsewhere.test';
  const url = `${origin}/x.webp?signature=secret`;

  function holding() {
    const booth = openBooth();
    booth.seller.sighting = () => ({ state: 'complete', url });
    booth.ports.downloads.get = async (asked): Promise<Fetched> =>
      booth.allowedHosts.has(new URL(asked).origin) ? { bytes: webp } : { held: origin };
    return booth;
  }

  test('the job waits ever longer, and operators see the host, not the address', async () => {
    const { booth, run, read } = delivering(() => ({ held: origin }));
    const pauses: number[] = [];
    for (let looks = 1; looks <= 5; looks += 1) {
      await expect(run()).rejects.toMatchObject({ name: 'AssetUnavailable' });
      const job = await read();
      expect(job).toMatchObject({
        status: 'submitted',
        assetFailures: 0,
        held: { origin, at: at(20), looks },
      });
      expect((await show(booth.ports.pictures, job)) as object).toMatchObject({
        status: 'processing',
        waitsFor: expect.stringContaining(`held: the result lies on ${origin}, which the pin`),
      });
      pauses.push(((job.waitUntil ?? 0) - booth.clock.now) / 1000);
      booth.clock.now = job.waitUntil ?? 0;
    }
    expect(pauses).toEqual([5, 15, 45, 60, 60]);
    expect(booth.heldHosts.get(origin)).toMatchObject({ origin, jobId: (await read()).jobId });
    expect(booth.counted.map(([{ name }]) => name)).toEqual(Array(5).fill('ResultHeld'));
    expect([booth.events, booth.objects.size]).toEqual([[], 0]);
  });

  test('once its host is allowed it is delivered, at no second payment', async () => {
    const booth = holding();
    const { jobId } = await booth.accept();
    await booth.turn(jobId).catch(() => {});
    expect((await booth.read(jobId)).held).toMatchObject({ origin });
    booth.allowedHosts.add(origin);
    const job = await booth.finish(jobId);
    expect([job.status, job.held]).toEqual(['delivered', undefined]);
    expect(booth.seller.settlements.size).toBe(1);
  });

  test('at its deadline it ends undelivered, its host and its address on record', async () => {
    const booth = holding();
    const { jobId } = await booth.accept();
    const job = await booth.finish(jobId);
    expect(job).toMatchObject({
      status: 'undelivered',
      held: { origin },
      rendered: { url },
      end: { reason: { name: 'AssetInvalid', message: expect.stringContaining(origin) }, claim: {} },
    });
    expect(job.end?.at).toBeGreaterThanOrEqual(job.deadlineAt);
    expect(JSON.stringify([booth.events, booth.heldHosts.get(origin)])).not.toContain('secret');
    expect(booth.seller.settlements.size).toBe(1);
  });

  test('a host that is allowed and silent is not said to be held any more', async () => {
    const booth = holding();
    const { jobId } = await booth.accept();
    await booth.turn(jobId).catch(() => {});
    booth.ports.downloads.get = async () => ({ unavailable: 'the host answers 503' });
    await booth.turn(jobId).catch(() => {});
    expect(await booth.read(jobId)).toMatchObject({ status: 'submitted' });
    expect((await booth.read(jobId)).held).toBeUndefined();
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
