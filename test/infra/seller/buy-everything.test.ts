import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Chain, startChain } from '../../../infra/local/chain/start-chain.ts';
import { CATALOGUE } from '../../../infra/local/seller/models/catalogue.ts';
import { type Seller, startSeller } from '../../../infra/local/seller/start-seller.ts';
import { inspectVideo } from './inspect-video.ts';
import { createReferenceBuyer, type JobRecord, type ReferenceBuyer, read } from './reference-buyer.ts';

const PAYEE = '0x000000000000000000000000000000000000bEEF';
const prompt = 'A red kite over snow';
const image = 'https://pictures.example/kite.png';
const images = [image, 'https://pictures.example/snow.jpg'];

/** Path below /api/generate, the body without its prompt, the price in cents, and what comes back. */
type Purchase = [path: string, body: object, cents: number, expected: object];

const PICTURES: Purchase[] = [
  ['flux-2-pro/generate', { resolution: '0.5 MP' }, 2, { format: 'webp', width: 708, height: 708 }],
  [
    'flux-2-pro/edit',
    { images, resolution: '0.5 MP', output_format: 'jpg' },
    3,
    { format: 'jpeg', width: 708, height: 708 },
  ],
  [
    'flux-2-max/generate',
    { resolution: '0.5 MP', aspect_ratio: '3:2' },
    4,
    { format: 'webp', width: 864, height: 576 },
  ],
  [
    'flux-2-max/edit',
    { images, resolution: '0.5 MP', output_format: 'png' },
    4,
    { format: 'png', width: 708, height: 708 },
  ],
  [
    'nano-banana/generate',
    { imageSize: '512', aspectRatio: '16:9' },
    4.5,
    { format: 'png', width: 688, height: 384 },
  ],
  [
    'nano-banana/edit',
    { imageSize: '512', aspectRatio: '1:8', images },
    4.5,
    { format: 'png', width: 192, height: 1536 },
  ],
  ['nano-banana-pro/generate', { aspectRatio: '21:9' }, 13.4, { format: 'png', width: 1584, height: 672 }],
  ['nano-banana-pro/edit', { images }, 13.4, { format: 'png', width: 1024, height: 1024 }],
  ['gpt-image-2/generate', { quality: 'low' }, 1, { format: 'png', width: 1024, height: 1024 }],
  [
    'gpt-image-2/edit',
    { quality: 'low', size: '1536x1024', output_format: 'jpeg', images },
    0.5,
    { format: 'jpeg', width: 1536, height: 1024 },
  ],
  [
    'gpt-image-2.5-flare/generate',
    { quality: 'medium', background: 'transparent' },
    1,
    { format: 'png', width: 1024, height: 1024, hasAlpha: true },
  ],
  [
    'gpt-image-1.5/generate',
    { quality: 'low', size: '1024x1024', output_format: 'webp', output_compression: 60 },
    0.9,
    { format: 'webp', width: 1024, height: 1024 },
  ],
  [
    'gpt-image-1.5/edit',
    { quality: 'low', size: '1024x1536', input_fidelity: 'high', images },
    1.3,
    { format: 'png', width: 1024, height: 1536 },
  ],
  [
    'gpt-image-1/generate',
    { quality: 'low', size: '1024x1024' },
    1.1,
    { format: 'png', width: 1024, height: 1024 },
  ],
  [
    'gpt-image-1/edit',
    { quality: 'low', size: '1024x1024', images },
    1.1,
    { format: 'png', width: 1024, height: 1024 },
  ],
  ['grok/generate', { aspect_ratio: '19.5:9' }, 7, { format: 'jpeg', width: 1482, height: 684 }],
  ['grok/edit', { images, aspect_ratio: '9:16' }, 2.2, { format: 'jpeg', width: 756, height: 1344 }],
  ['arrow-1.1/vectorize', { image, target_size: 600 }, 15, { format: 'svg', width: 600, height: 450 }],
  ['arrow-1.1-max/vectorize', { image, auto_crop: true }, 20, { format: 'svg', width: 1024 }],
];

const seedance = { duration: '4', aspectRatio: '16:9', outputResolution: '480p' };
const frames = { mode: 'keyframe', urls: images, urlMediaTypes: ['image/png', 'image/jpeg'] };

const VIDEOS: Purchase[] = [
  ['veo-3.1/generate', { durationSeconds: '4' }, 160, { width: 1280, height: 720, seconds: 4 }],
  [
    'veo-3.1-fast/generate',
    { durationSeconds: '6', aspectRatio: '9:16', imageMode: 'first-frame', image },
    150,
    { width: 720, height: 1280, seconds: 6 },
  ],
  ['sora-2/generate', { size: '720x1280' }, 40, { width: 720, height: 1280, seconds: 4 }],
  [
    'sora-2-pro/generate',
    { size: '1792x1024', input_reference: image },
    200,
    { width: 1792, height: 1024, seconds: 4 },
  ],
  ['wan-2.6/t2v', { duration: '5', seed: 4 }, 50, { width: 1280, height: 720, seconds: 5 }],
  ['wan-2.6/i2v', { image }, 50, { width: 1280, height: 720, seconds: 5 }],
  ['seedance/t2v', seedance, 36, { width: 854, height: 480, seconds: 4 }],
  [
    'seedance/i2v',
    { ...seedance, duration: '15', aspectRatio: '3:4', ...frames },
    135,
    { width: 480, height: 640, seconds: 15 },
  ],
  ['seedance-fast/t2v', { ...seedance, aspectRatio: '21:9' }, 32, { width: 1120, height: 480, seconds: 4 }],
  ['seedance-fast/i2v', { ...seedance, image }, 32, { width: 854, height: 480, seconds: 4 }],
  [
    'grok-video/generate',
    { duration: '3', resolution: '480p', aspect_ratio: '2:3', image },
    15,
    { width: 480, height: 720, seconds: 3 },
  ],
];

describe('every model of the sandbox sells to the reference client', () => {
  let chain: Chain;
  let seller: Seller;
  let buyer: ReferenceBuyer;

  beforeAll(async () => {
    chain = await startChain();
    seller = await startSeller({ chain, payTo: PAYEE, timeScale: 0 });
    buyer = await createReferenceBuyer(chain, seller, { fundsAtomic: 50_000_000n, mostAtomic: 4_000_000n });
  });
  afterAll(async () => {
    await seller.close();
    await chain.close();
  });

  /** Buys, checks what it cost, and brings the finished job. */
  async function bought(path: string, body: object, cents: number): Promise<JobRecord> {
    const before = await chain.balance(buyer.account.address);
    const answer = await buyer.buy({ prompt, ...body }, `/api/generate/${path}`);
    expect(answer.status).toBe(200);
    const { jobId, type } = await read<JobRecord>(answer);
    expect(before - (await chain.balance(buyer.account.address))).toBe(BigInt(cents * 10_000));
    const job = await read<JobRecord>(await buyer.get(`/api/jobs/${jobId}`));
    expect(job).toMatchObject({ jobId, type, status: 'complete', input: body });
    return job;
  }

  async function download(url = ''): Promise<{ bytes: Buffer; mediaType: string | null }> {
    const answer = await fetch(url);
    expect(answer.status).toBe(200);
    const bytes = Buffer.from(await answer.arrayBuffer());
    return { bytes, mediaType: answer.headers.get('content-type') };
  }

  it.each(PICTURES)('%s with %j for %s cents', async (path, body, cents, expected) => {
    const { result, type } = await bought(path, body, cents);
    expect(type).toBe(path.replace('/', '-'));
    const { bytes, mediaType } = await download(result?.imageUrl);
    const decoded = await sharp(bytes).metadata();
    expect(decoded).toMatchObject(expected);
    expect(mediaType).toBe(`image/${decoded.format === 'svg' ? 'svg+xml' : decoded.format}`);
    // To its last pixel, and a picture rather than a surface.
    const { channels } = await sharp(bytes, { failOn: 'warning' }).stats();
    expect(Math.max(...channels.map(({ stdev }) => stdev))).toBeGreaterThan(8);
    if (decoded.format === 'svg') expect(bytes.toString()).not.toMatch(/script|href|url\(|<image|\son\w+=/i);
    expect((await download(result?.imageUrl)).bytes.equals(bytes)).toBe(true);
  });

  it.each(VIDEOS)('%s with %j for %s cents', async (path, body, cents, expected) => {
    const { result, type } = await bought(path, body, cents);
    expect(type).toBe(path.startsWith('sora') ? path.replace('/generate', '-video') : path.replace('/', '-'));
    const { bytes, mediaType } = await download(result?.videoUrl);
    expect(mediaType).toBe('video/mp4');
    const video = await inspectVideo(bytes);
    expect(video).toMatchObject({ codec: 'h264', ...expected });
    expect(video.frames).toBeGreaterThanOrEqual(2 * video.seconds);

    const thumbnail = await sharp((await download(result?.thumbnailUrl)).bytes).metadata();
    expect(thumbnail.format).toBe('jpeg');
    expect(thumbnail.width / thumbnail.height).toBeCloseTo(video.width / video.height, 1);
  });

  it('and nothing is missing from this list', () => {
    const here = [...PICTURES, ...VIDEOS].map(([path]) => `/api/generate/${path}`);
    expect(here.toSorted()).toEqual(CATALOGUE.map(({ path }) => path).toSorted());
  });
});
