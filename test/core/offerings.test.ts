import { describe, expect, test } from 'vitest';
import { catalogue } from '../../shared/core/catalogue.ts';
import type { Offering } from '../../shared/core/offering.ts';
import { nextPollDelaySeconds } from '../../shared/core/polling.ts';
import { fieldsOf, type Request } from './requests.ts';

const url = 'https://pictures.example.com/kite.png';
const many = (count: number): string[] => Array.from({ length: count }, () => url);

const flux = {
  prompt: 'x',
  aspect_ratio: '4:5',
  resolution: '0.5 MP',
  output_format: 'png',
  output_quality: 0,
  safety_tolerance: 5,
  prompt_upsampling: true,
  seed: -7,
};
const banana = { prompt: 'x', aspectRatio: '21:9', imageSize: '4K' };
const gpt = {
  prompt: 'x',
  quality: 'low',
  size: '1536x1024',
  background: 'opaque',
  output_format: 'jpeg',
  output_compression: 60,
  moderation: 'low',
};
const veo = {
  prompt: 'x',
  durationSeconds: '6',
  aspectRatio: '9:16',
  resolution: '1080p',
  negativePrompt: 'rain',
  imageMode: 'interpolation',
  image: url,
  lastFrame: url,
};
const sora = { prompt: 'x', seconds: '12', size: '720x1280', input_reference: url, autoCrop: false };
const wan = {
  prompt: 'x',
  duration: '15',
  negative_prompt: 'rain',
  enable_prompt_expansion: true,
  multi_shots: 'yes',
  audio_url: url,
  seed: 7,
};
const seedance = { prompt: 'x', duration: '4', aspectRatio: '1:1', outputResolution: '480p' };
const keyframes = { mode: 'keyframe', urls: many(2), urlMediaTypes: ['image', 'image'] };
const arrow = { image: url, target_size: 4096, auto_crop: true };

/** By name: the dollars that are published, the smallest request, and one with everything in it. */
const entries: Readonly<Record<string, readonly [low: number, high: number, least: Request, full: Request]>> =
  {
    'flux-2-pro/generate': [0.02, 0.04, { prompt: 'x' }, flux],
    'flux-2-pro/edit': [0.03, 0.06, { prompt: 'x', images: many(1) }, { ...flux, images: many(8) }],
    'flux-2-max/generate': [0.04, 0.17, { prompt: 'x' }, { ...flux, resolution: '4 MP' }],
    'flux-2-max/edit': [0.04, 0.17, { prompt: 'x', images: many(1) }, { ...flux, images: many(8) }],
    'nano-banana/generate': [
      0.045,
      0.151,
      { prompt: 'x' },
      { ...banana, aspectRatio: '8:1', thinkingLevel: 'high' },
    ],
    'nano-banana/edit': [0.045, 0.151, { prompt: 'x', images: many(1) }, { ...banana, images: many(14) }],
    'nano-banana-pro/generate': [0.13, 0.24, { prompt: 'x' }, banana],
    'nano-banana-pro/edit': [0.13, 0.24, { prompt: 'x', images: many(1) }, { ...banana, images: many(14) }],
    'gpt-image-2/generate': [0.005, 0.21, { prompt: 'x' }, gpt],
    'gpt-image-2/edit': [0.005, 0.21, { prompt: 'x', images: many(1) }, { ...gpt, images: many(16) }],
    'gpt-image-2.5-flare/generate': [0.01, 0.05, { prompt: 'x' }, { ...gpt, background: 'transparent' }],
    'gpt-image-1.5/generate': [0.009, 0.2, { prompt: 'x' }, { ...gpt, background: 'transparent' }],
    'gpt-image-1.5/edit': [
      0.009,
      0.2,
      { prompt: 'x', images: many(1) },
      { ...gpt, images: many(16), input_fidelity: 'high' },
    ],
    'gpt-image-1/generate': [0.011, 0.25, { prompt: 'x' }, gpt],
    'gpt-image-1/edit': [
      0.011,
      0.25,
      { prompt: 'x', images: many(1) },
      { ...gpt, images: many(16), input_fidelity: 'low' },
    ],
    'grok/generate': [0.07, 0.07, { prompt: 'x' }, { prompt: 'x', aspect_ratio: '19.5:9' }],
    'grok/edit': [
      0.022,
      0.022,
      { prompt: 'x', images: many(1) },
      { prompt: 'x', images: many(5), aspect_ratio: 'auto' },
    ],
    'grok-video/generate': [
      0.15,
      0.75,
      { prompt: 'x' },
      { prompt: 'x', duration: '9', resolution: '480p', aspect_ratio: '2:3', image: url },
    ],
    'veo-3.1/generate': [1.6, 3.2, { prompt: 'x' }, veo],
    'veo-3.1-fast/generate': [
      1,
      2,
      { prompt: 'x' },
      { prompt: 'x', imageMode: 'reference', referenceImages: many(3), resolution: '720p' },
    ],
    'sora-2/generate': [0.4, 1.2, { prompt: 'x' }, sora],
    'sora-2-pro/generate': [1.2, 6, { prompt: 'x' }, { ...sora, size: '1024x1792' }],
    'wan-2.6/t2v': [0.5, 2.25, { prompt: 'x' }, { ...wan, size: '1080*1920' }],
    'wan-2.6/i2v': [0.5, 2.25, { prompt: 'x', image: url }, { ...wan, image: url, resolution: '1080p' }],
    // Published by the second: four at the lowest rate, fifteen at the highest.
    'seedance/t2v': [
      0.36,
      8.1,
      seedance,
      { ...seedance, outputResolution: '1080p', upscaleResolution: '4k' },
    ],
    'seedance/i2v': [
      0.36,
      8.1,
      { ...seedance, image: url },
      { ...seedance, ...keyframes, upscaleResolution: '4k' },
    ],
    'seedance-fast/t2v': [
      0.32,
      2.55,
      seedance,
      { ...seedance, outputResolution: '720p', upscaleResolution: '4k' },
    ],
    'seedance-fast/i2v': [0.32, 2.55, { ...seedance, image: url }, { ...seedance, ...keyframes }],
    'arrow-1.1/vectorize': [0.15, 0.15, { image: url }, arrow],
    'arrow-1.1-max/vectorize': [0.2, 0.2, { image: url }, arrow],
  };

const entryOf = (name: string): Offering => {
  const entry = catalogue[name];
  if (entry === undefined) throw new Error(`There is no ${name}`);
  return entry;
};
const takes = (name: string, request: unknown): boolean => entryOf(name).request.safeParse(request).success;
const dollars = (atomic: bigint): number => Number(atomic) / 1_000_000;

test('the catalogue holds these and no other', () => {
  expect(Object.keys(catalogue)).toEqual(Object.keys(entries));
});

test.each(Object.keys(entries))('%s answers with its type and is told by its name', (name) => {
  const [model = '', operation = ''] = name.split('/');
  const { type, title, returns, typicalSeconds, deadlineSeconds, polling, media, loose } = entryOf(name);
  expect(type).toBe(`${model}-${model.startsWith('sora') ? 'video' : operation}`);
  expect(title).not.toBe('');
  const isVideo = /veo|sora|wan|seedance|video/.test(name);
  expect(returns).toBe(isVideo ? 'video' : operation === 'vectorize' ? 'svg' : 'picture');
  expect(deadlineSeconds).toBeGreaterThanOrEqual(isVideo ? 1800 : 600);
  expect(deadlineSeconds).toBeGreaterThan(4 * typicalSeconds);
  expect(polling.firstSeconds).toBeLessThan(typicalSeconds);
  const { fields } = fieldsOf(entryOf(name));
  for (const field of [...media, ...loose]) expect(Object.keys(fields)).toContain(field);
});

test('a job is first looked at when a third to a half of its kind are done, and steadily after', () => {
  const stepsOf = (entry: Offering, seconds: number): number => {
    let elapsed = 0;
    let looks = 0;
    for (; elapsed < seconds; looks++) elapsed += nextPollDelaySeconds(entry.polling, elapsed);
    return looks;
  };
  for (const [name, entry] of Object.entries(catalogue)) {
    const { typicalSeconds, polling } = entry;
    // Seedance takes a minute or six, by the length of the video: the shortest is not to wait for the middle.
    const [from, to] = name.startsWith('seedance') ? [0.3, 0.98] : [0.8, 0.98];
    expect(polling.firstSeconds / typicalSeconds).toBeGreaterThan(from);
    expect(polling.firstSeconds / typicalSeconds).toBeLessThan(to);
    // A look is a signature: three for a usual job, few more for one that takes twice as long.
    expect(stepsOf(entry, typicalSeconds)).toBeLessThanOrEqual(6);
    expect(stepsOf(entry, 2 * typicalSeconds)).toBeLessThanOrEqual(11);
  }
});

describe.each(Object.entries(entries))('%s', (name, [low, high, least, full]) => {
  test('takes the smallest request and one with everything, as they are', () => {
    expect(entryOf(name).request.parse(least)).toEqual(least);
    expect(entryOf(name).request.parse(full)).toEqual(full);
  });

  test('refuses a field it does not know, and anything that is no request', () => {
    expect(takes(name, { ...least, quantity: 2 })).toBe(false);
    for (const other of [null, [], 'x', 7, {}]) expect(takes(name, other)).toBe(false);
  });

  test('needs every field of the smallest request', () => {
    for (const field of Object.keys(least)) expect(takes(name, { ...least, [field]: undefined })).toBe(false);
  });

  test('refuses numbers and empty words where words are wanted, and words where numbers are', () => {
    const { fields } = fieldsOf(entryOf(name));
    for (const [field, { type }] of Object.entries(fields)) {
      if (entryOf(name).loose.includes(field)) continue;
      const wrong = type === 'integer' || type === 'boolean' ? ['7', 'true'] : [7, true, {}];
      for (const value of wrong)
        expect([field, takes(name, { ...full, [field]: value })]).toEqual([field, false]);
    }
  });

  test('refuses one more picture than it takes, no picture, and what is no reference', () => {
    for (const field of entryOf(name).media) {
      const given = full[field] ?? least[field];
      const wrong = Array.isArray(given) ? [[], many(17), ['kite.png'], url] : ['kite.png', '', many(1)];
      for (const media of wrong) expect(takes(name, { ...full, [field]: media })).toBe(false);
    }
  });

  test('has ceilings within the published prices, and says which is lowest and highest', () => {
    const ceilings = optionsOf(name).map((options) =>
      dollars(entryOf(name).ceilingAtomic({ ...least, ...options })),
    );
    const range = entryOf(name).ceilingRangeAtomic.map(dollars);
    expect([Math.min(...ceilings), Math.max(...ceilings)]).toEqual(range);
    expect(range[0]).toBeGreaterThanOrEqual(low);
    expect(range[1]).toBe(high);
  });

  test('never costs less for more of it, nor less when it is left to the seller which', () => {
    for (const options of optionsOf(name))
      for (const [field, smaller, larger] of growing) {
        if (options[field] !== smaller || !optionsInclude(name, field, larger)) continue;
        const of = (value: string) => entryOf(name).ceilingAtomic({ ...least, ...options, [field]: value });
        expect(of(larger)).toBeGreaterThanOrEqual(of(smaller));
      }
  });
});

/** Options of which one is more than the other. */
const growing = [
  ['resolution', '0.5 MP', '1 MP'],
  ['resolution', '1 MP', '2 MP'],
  ['resolution', '2 MP', '4 MP'],
  ['resolution', '480p', '720p'],
  ['resolution', '720p', '1080p'],
  ['outputResolution', '480p', '720p'],
  ['outputResolution', '720p', '1080p'],
  ['imageSize', '512', '1K'],
  ['imageSize', '1K', '2K'],
  ['imageSize', '2K', '4K'],
  ['quality', 'low', 'medium'],
  ['quality', 'medium', 'high'],
  ['seconds', '4', '8'],
  ['seconds', '8', '12'],
  ['durationSeconds', '4', '6'],
  ['durationSeconds', '6', '8'],
  ['duration', '3', '6'],
  ['duration', '5', '10'],
  ['duration', '10', '15'],
  ['size', '1280x720', '1792x1024'],
  ['size', '1280*720', '1920*1080'],
] as const;

const optionsInclude = (name: string, field: string, value: string): boolean =>
  fieldsOf(entryOf(name)).fields[field]?.enum?.includes(value) ?? false;

/** Every combination of what an entry lets one choose among, each choice left out too where it may be. */
function optionsOf(name: string): Readonly<Record<string, string>>[] {
  const { fields, required } = fieldsOf(entryOf(name));
  const ofNoPrice = /^(aspect|background|moderation|output_format|input_fidelity|thinking|imageMode|mode$)/;
  return Object.entries(fields).reduce<Record<string, string>[]>(
    (combinations, [field, shape]) => {
      const values = ofNoPrice.test(field) ? [] : (shape.enum ?? []);
      return combinations.flatMap((options) => [
        ...(required.includes(field) && values.length > 0 ? [] : [options]),
        ...values.map((value) => ({ ...options, [field]: value })),
      ]);
    },
    [{}],
  );
}

describe('prices that are documented', () => {
  test.each([
    ['flux-2-max/generate', {}, 0.07],
    ['flux-2-max/edit', { resolution: '4 MP' }, 0.17],
    ['nano-banana/generate', {}, 0.07],
    ['nano-banana-pro/generate', {}, 0.134],
    ['nano-banana-pro/edit', { imageSize: '4K' }, 0.24],
    ['gpt-image-2/generate', {}, 0.21],
    ['gpt-image-2/generate', { quality: 'low', size: '1024x1024' }, 0.01],
    ['gpt-image-2/generate', { quality: 'low' }, 0.02],
    ['gpt-image-2/edit', { quality: 'medium', size: '1024x1536' }, 0.07],
    ['gpt-image-2.5-flare/generate', { quality: 'medium' }, 0.01],
    ['gpt-image-2.5-flare/generate', { quality: 'high' }, 0.05],
    ['seedance/t2v', { duration: '4', outputResolution: '480p' }, 0.36],
    ['seedance/t2v', { duration: '15', outputResolution: '720p' }, 3.6],
    ['seedance/i2v', { duration: '4', outputResolution: '480p', upscaleResolution: '4k' }, 2.16],
    ['veo-3.1/generate', { durationSeconds: '4' }, 1.6],
    ['sora-2-pro/generate', { seconds: '12', size: '1792x1024' }, 6],
    ['sora-2/generate', {}, 1.2],
    ['wan-2.6/i2v', { duration: '5', resolution: '720p' }, 0.5],
    ['wan-2.6/t2v', {}, 2.25],
    ['grok-video/generate', { duration: '3' }, 0.15],
  ])('%s %j is at most $%d', (name, options, price) => {
    expect(dollars(entryOf(name).ceilingAtomic({ prompt: 'x', ...options }))).toBe(price);
  });
});

describe('what belongs to another model, or does not go together, is refused', () => {
  test.each([
    ['flux-2-pro/generate', { ...seedance }],
    ['flux-2-pro/generate', { prompt: 'x', duration: '5' }],
    ['flux-2-pro/generate', { prompt: 'x', images: many(1) }],
    ['flux-2-pro/generate', { prompt: 'x', resolution: '4 MP' }],
    ['flux-2-pro/edit', { prompt: 'x', images: many(9) }],
    ['flux-2-max/edit', { prompt: 'x', images: many(9) }],
    ['nano-banana/edit', { prompt: 'x', images: many(15) }],
    ['nano-banana/generate', { prompt: 'x', aspect_ratio: '1:1' }],
    ['nano-banana-pro/generate', { prompt: 'x', imageSize: '512' }],
    ['nano-banana-pro/generate', { prompt: 'x', aspectRatio: '8:1' }],
    ['nano-banana-pro/generate', { prompt: 'x', thinkingLevel: 'high' }],
    ['gpt-image-2/generate', { prompt: 'x', background: 'transparent' }],
    ['gpt-image-2/edit', { prompt: 'x', images: many(1), input_fidelity: 'high' }],
    ['gpt-image-1.5/generate', { prompt: 'x', output_format: 'jpg' }],
    ['grok-video/generate', { prompt: 'x', duration: 6 }],
    ['grok-video/generate', { prompt: 'x', duration: '5' }],
    ['veo-3.1/generate', { prompt: 'x', durationSeconds: 8 }],
    ['veo-3.1/generate', { prompt: 'x', image: url }],
    ['veo-3.1/generate', { prompt: 'x', imageMode: 'first-frame' }],
    ['veo-3.1/generate', { prompt: 'x', imageMode: 'first-frame', image: url, lastFrame: url }],
    ['veo-3.1/generate', { prompt: 'x', imageMode: 'interpolation', image: url }],
    ['veo-3.1/generate', { prompt: 'x', imageMode: 'reference', image: url }],
    ['veo-3.1-fast/generate', { prompt: 'x', imageMode: 'reference', referenceImages: many(4) }],
    ['sora-2/generate', { prompt: 'x', seconds: 4 }],
    ['sora-2/generate', { prompt: 'x', size: '1792x1024' }],
    ['wan-2.6/t2v', { prompt: 'x', image: url }],
    ['wan-2.6/t2v', { prompt: 'x', size: '1280x720' }],
    ['wan-2.6/t2v', { prompt: 'x', seed: { loose: 'but not so loose' } }],
    ['wan-2.6/t2v', { prompt: 'x', negative_prompt: 'x'.repeat(10_001) }],
    ['wan-2.6/i2v', { prompt: 'x' }],
    ['seedance/t2v', { ...seedance, duration: 4 }],
    ['seedance/t2v', { ...seedance, duration: '16' }],
    ['seedance/t2v', { ...seedance, image: url }],
    ['seedance/i2v', seedance],
    ['seedance/i2v', { ...seedance, image: url, ...keyframes }],
    ['seedance/i2v', { ...seedance, urls: many(1), urlMediaTypes: ['image'] }],
    ['seedance/i2v', { ...seedance, mode: 'keyframe' }],
    ['seedance/i2v', { ...seedance, mode: 'keyframe', urls: many(2) }],
    ['seedance/i2v', { ...seedance, mode: 'keyframe', urls: many(2), urlMediaTypes: ['image'] }],
    ['seedance-fast/t2v', { ...seedance, outputResolution: '1080p' }],
    ['arrow-1.1/vectorize', { image: url, prompt: 'x' }],
    ['arrow-1.1/vectorize', { image: url, target_size: 127 }],
  ])('%s %j', (name, request) => {
    expect(takes(name, request)).toBe(false);
  });
});

test.each([
  ['flux-2-pro/edit', {}, { format: 'webp', aspect: 1, megapixels: 1 }],
  ['nano-banana/generate', { aspectRatio: '1:4', imageSize: '2K' }, { aspect: 0.25, megapixels: 4.194304 }],
  ['nano-banana/edit', {}, { megapixels: 1.048576 }],
  ['gpt-image-2/generate', {}, {}],
  ['gpt-image-2/generate', { size: 'auto', output_format: 'png' }, { format: 'png' }],
  [
    'gpt-image-1/edit',
    { size: '1536x1024', output_format: 'jpeg' },
    { format: 'jpg', aspect: 1.5, megapixels: 1.572864 },
  ],
  ['grok/generate', { aspect_ratio: '2:1' }, { aspect: 2 }],
  ['grok/generate', {}, {}],
  [
    'veo-3.1/generate',
    { durationSeconds: '4', aspectRatio: '16:9', resolution: '720p' },
    { format: 'mp4', durationSeconds: 4, aspect: 16 / 9, megapixels: 0.9216 },
  ],
  ['sora-2/generate', { size: '720x1280' }, { format: 'mp4', aspect: 0.5625, megapixels: 0.9216 }],
  [
    'wan-2.6/t2v',
    { size: '1920*1080', duration: '10' },
    { format: 'mp4', durationSeconds: 10, aspect: 16 / 9, megapixels: 2.0736 },
  ],
  ['wan-2.6/i2v', { resolution: '1080p' }, { format: 'mp4' }],
  // Models differ in what 720p is at such ratios.
  [
    'seedance/t2v',
    { ...seedance, outputResolution: '720p' },
    { format: 'mp4', durationSeconds: 4, aspect: 1 },
  ],
  ['grok-video/generate', { resolution: '480p' }, { format: 'mp4' }],
  ['arrow-1.1/vectorize', { image: url }, { format: 'svg' }],
])('%s %j is expected to be %j', (name, request, expected) => {
  const { megapixels, ...others } = entryOf(name).expected({ prompt: 'x', ...request });
  const { megapixels: wanted, ...rest } = expected as { megapixels?: number };
  expect(others).toEqual(rest);
  if (wanted === undefined) expect(megapixels).toBeUndefined();
  else expect(megapixels).toBeCloseTo(wanted, 6);
});
