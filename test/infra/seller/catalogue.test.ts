import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { CATALOGUE } from '../../../infra/local/seller/models/catalogue.ts';
import type { Offer } from '../../../infra/local/seller/models/offer.ts';
import { type Seller, startSeller } from '../../../infra/local/seller/start-seller.ts';
import { challengeOf } from './reference-buyer.ts';

const CHAIN = {
  // Quoting asks nothing of a chain: this one does not exist.
  rpcUrl: 'http://127.0.0.1:1',
  chainId: 31337,
  network: 'eip155:31337',
  token: {
    address: '0x00000000000000000000000000000000000000aa',
    name: 'USD Coin',
    version: '2',
    decimals: 6,
  },
} as const;

const named = (path: string): Offer => {
  const offer = CATALOGUE.find((one) => one.path === `/api/generate/${path}`);
  if (offer === undefined) throw new Error(`Nobody sells ${path}`);
  return offer;
};
const orderOf = (path: string, body: object) => {
  const read = named(path).read({ prompt: 'A heron', ...body });
  if ('issues' in read) throw new Error(JSON.stringify(read.issues));
  return read.order;
};
const dollars = (path: string, body: object): number => Number(orderOf(path, body).priceAtomic) / 1_000_000;

/** In dollars, as published; Seedance's are of its shortest and longest, by the second. */
const PUBLISHED: [path: string, low: number, high: number][] = [
  ['flux-2-pro/generate', 0.02, 0.04],
  ['flux-2-pro/edit', 0.03, 0.06],
  ['flux-2-max/generate', 0.04, 0.17],
  ['flux-2-max/edit', 0.04, 0.17],
  ['nano-banana/generate', 0.045, 0.151],
  ['nano-banana/edit', 0.045, 0.151],
  ['nano-banana-pro/generate', 0.13, 0.24],
  ['nano-banana-pro/edit', 0.13, 0.24],
  ['gpt-image-2/generate', 0.005, 0.21],
  ['gpt-image-2/edit', 0.005, 0.21],
  ['gpt-image-2.5-flare/generate', 0.01, 0.05],
  ['gpt-image-1.5/generate', 0.009, 0.2],
  ['gpt-image-1.5/edit', 0.009, 0.2],
  ['gpt-image-1/generate', 0.011, 0.25],
  ['gpt-image-1/edit', 0.011, 0.25],
  ['grok/generate', 0.07, 0.07],
  ['grok/edit', 0.022, 0.022],
  ['veo-3.1/generate', 1.6, 3.2],
  ['veo-3.1-fast/generate', 1, 2],
  ['sora-2/generate', 0.4, 1.2],
  ['sora-2-pro/generate', 1.2, 6],
  ['wan-2.6/t2v', 0.5, 2.25],
  ['wan-2.6/i2v', 0.5, 2.25],
  ['seedance/t2v', 0.36, 8.1],
  ['seedance/i2v', 0.36, 8.1],
  ['seedance-fast/t2v', 0.32, 2.55],
  ['seedance-fast/i2v', 0.32, 2.55],
  ['grok-video/generate', 0.15, 0.75],
  ['arrow-1.1/vectorize', 0.15, 0.15],
  ['arrow-1.1-max/vectorize', 0.2, 0.2],
];

/** Every body that the enumerated fields of an offer allow, with its example for the others. */
function bodiesOf({ request, example }: Offer): object[] {
  let bodies: object[] = [example];
  for (const [name, field] of Object.entries(request.shape)) {
    const schema = field instanceof z.ZodDefault || field instanceof z.ZodOptional ? field.unwrap() : field;
    // Modes want pictures to go with them, and change no price.
    if (!(schema instanceof z.ZodEnum) || /mode$/i.test(name)) continue;
    const values = field instanceof z.ZodOptional ? [undefined, ...schema.options] : schema.options;
    bodies = bodies.flatMap((body) => values.map((value) => ({ ...body, [name]: value })));
  }
  return bodies;
}

describe('what the catalogue says', () => {
  it.each(PUBLISHED)('%s asks from $%s to $%s, whatever the body', (path, low, high) => {
    const offer = named(path);
    const prices = bodiesOf(offer).map((body) => dollars(path, body));
    // Of Nano Banana Pro the lower end was published, and 0.134 was quoted.
    expect(Math.min(...prices)).toBe(offer.model === 'nano-banana-pro' ? 0.134 : low);
    expect(Math.max(...prices)).toBe(high);
    expect(offer.price).toEqual({ mode: 'dynamic', min: String(low), max: String(high) });
  });

  it('lacks no published operation, and has no other', () => {
    const paths = PUBLISHED.map(([path]) => `/api/generate/${path}`);
    expect(CATALOGUE.map(({ path }) => path).toSorted()).toEqual(paths.toSorted());
  });

  it.each([
    ['flux-2-max/generate', {}, 0.07],
    ['nano-banana/generate', {}, 0.07],
    ['nano-banana/edit', { imageSize: '4K', images: ['https://a.example/b.png'] }, 0.151],
    ['nano-banana-pro/generate', {}, 0.134],
    ['gpt-image-2/generate', {}, 0.21],
    ['gpt-image-2/generate', { quality: 'high', size: '1536x1024' }, 0.17],
    ['gpt-image-2/generate', { quality: 'low', size: '1024x1024' }, 0.01],
    ['gpt-image-2.5-flare/generate', { quality: 'medium' }, 0.01],
    ['sora-2-pro/generate', { seconds: '12', size: '1024x1792' }, 6],
    ['wan-2.6/t2v', { duration: '15', size: '1920*1080' }, 2.25],
    ['seedance/t2v', { duration: '15', aspectRatio: '1:1', outputResolution: '720p' }, 3.6],
    ['grok-video/generate', { duration: '15' }, 0.75],
  ])('%s with %j is $%s, as was seen', (path, body, price) => {
    expect(dollars(path, body)).toBe(price);
  });

  it.each([
    ['veo-3.1/generate', { durationSeconds: 4 }],
    ['sora-2/generate', { seconds: 4 }],
    ['wan-2.6/t2v', { duration: 5 }],
    ['seedance/t2v', { duration: 4, aspectRatio: '1:1', outputResolution: '480p' }],
    ['grok-video/generate', { duration: 6 }],
  ])('%s refuses %j: durations are text', (path, body) => {
    expect(named(path).read({ prompt: 'A heron', ...body })).toEqual({
      issues: [expect.objectContaining({ path: [expect.stringMatching(/^(duration|seconds)/)] })],
    });
  });

  it('drops what it does not know, except Seedance, which refuses it', () => {
    const unknown = { camera_fixed: true };
    const body = { prompt: 'A heron', duration: '4', aspectRatio: '1:1', outputResolution: '480p' };
    expect(orderOf('flux-2-pro/generate', unknown).input).not.toHaveProperty('camera_fixed');
    for (const path of ['seedance/t2v', 'seedance-fast/t2v']) {
      expect(named(path).read(body)).toHaveProperty('order');
      const read = named(path).read({ ...body, ...unknown });
      expect(read).toMatchObject({ issues: [{ code: 'unrecognized_keys', keys: ['camera_fixed'] }] });
    }
  });

  it.each([
    ['flux-2-pro/edit', 8],
    ['nano-banana/edit', 14],
    ['nano-banana-pro/edit', 14],
    ['gpt-image-2/edit', 16],
    ['grok/edit', 5],
  ])('%s takes 1 to %s pictures', (path, most) => {
    const images = (count: number) => Array.from({ length: count }, (_, at) => `https://a.example/${at}.png`);
    const read = (count: number) => named(path).read({ prompt: 'A heron', images: images(count) });
    for (const count of [1, most]) expect(read(count)).toHaveProperty('order');
    for (const count of [0, most + 1]) expect(read(count)).toHaveProperty('issues');
    expect(named(path).read({ prompt: 'A heron', images: ['heron.png'] })).toHaveProperty('issues');
  });

  it.each([
    ['seedance/i2v', {}],
    ['seedance/i2v', { image: 'https://a.example/b.png', mode: 'keyframe' }],
    [
      'seedance/i2v',
      { mode: 'keyframe', urls: ['https://a.example/b.png'], urlMediaTypes: ['image/png', 'image/png'] },
    ],
    ['veo-3.1/generate', { imageMode: 'interpolation', image: 'https://a.example/b.png' }],
    ['veo-3.1/generate', { imageMode: 'reference' }],
    ['wan-2.6/i2v', {}],
    ['arrow-1.1/vectorize', { image: 'https://a.example/b.png', target_size: 64 }],
    ['gpt-image-2/generate', { background: 'transparent' }],
    ['seedance-fast/t2v', { outputResolution: '1080p' }],
  ])('%s refuses %j', (path, body) => {
    const { example } = named(path);
    const { image: _, ...pictureless } = example as { image?: string };
    expect(named(path).read({ ...pictureless, ...body })).toHaveProperty('issues');
  });

  it('says how long things take: long Seedance longer', () => {
    const seconds = (path: string, body = {}) => orderOf(path, body).typicalSeconds;
    const seedance = { aspectRatio: '1:1', outputResolution: '480p' };
    expect(seconds('flux-2-pro/generate')).toBe(5);
    expect(seconds('seedance/t2v', { ...seedance, duration: '4' })).toBe(60);
    expect(seconds('seedance/t2v', { ...seedance, duration: '15' })).toBe(329.5);
  });
});

describe('what every route quotes', () => {
  let seller: Seller;
  beforeAll(async () => {
    seller = await startSeller({ chain: CHAIN, payTo: '0x000000000000000000000000000000000000bEEF' });
  });
  afterAll(() => seller.close());

  const probe = (path: string, body: unknown) =>
    fetch(`${seller.origin}${path}`, { method: 'POST', body: JSON.stringify(body) });
  const amounts = (quote: Response) => challengeOf(quote).accepts.map(({ amount }) => amount);

  it.each(CATALOGUE.map((offer) => [offer.path, offer] as const))(
    '%s: its price for a good body, its maximum for a bad one, in a header that proxies let through',
    async (path, offer) => {
      const [good, bad] = [await probe(path, offer.example), await probe(path, { prompt: 7 })];
      expect([good.status, bad.status]).toEqual([402, 402]);
      const read = offer.read(offer.example);
      const price = 'order' in read ? String(read.order.priceAtomic) : 'unreadable';
      expect(amounts(good)).toEqual([price, price]);
      const maximum = offer.model.startsWith('seedance') ? '20000000' : '10000000';
      expect(amounts(bad)).toEqual([maximum, maximum]);
      expect(good.headers.get('PAYMENT-REQUIRED')?.length).toBeLessThan(24 * 1024);
      expect(challengeOf(good).resource?.url).toBe(`${seller.origin}${path}`);
      expect(JSON.stringify(challengeOf(good).extensions)).toContain(offer.type);
      expect((await fetch(`${seller.origin}${path}`)).status).toBe(405);
    },
  );
});
