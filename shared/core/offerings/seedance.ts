import * as z from 'zod';
import { sizeOfFrames } from '../asked-size.ts';
import { type Offering, offering, pollingFor, rangeOf } from '../offering.ts';
import { promptSchema, referenceSchema, referencesSchema } from '../request-fields.ts';

/**
 * ByteDance's video models, priced by the second and the resolution. A video enlarged to 4k may cost the
 * dearest rate, whatever it was enlarged from.
 */

type Resolution = '480p' | '720p' | '1080p';
type Rates = Readonly<Partial<Record<Resolution, bigint>>>;

const durations = ['4', '5', '6', '7', '8', '9', '10', '11', '12', '13', '14', '15'] as const;

/** Key frames: as many media types as pictures, and the mode that says so. */
const keyFrames = {
  mode: z.literal('keyframe'),
  urls: referencesSchema(9),
  urlMediaTypes: z.array(z.string().min(1).max(64)).min(1).max(9),
};

interface Model {
  readonly name: string;
  readonly title: string;
  /** Per second. */
  readonly rates: Rates;
  readonly typicalSeconds: number;
  readonly firstLookSeconds: number;
}

function operations({ name, title, rates, typicalSeconds, firstLookSeconds }: Model) {
  const [lowest, highest] = rangeOf(Object.values(rates));
  const fromText = z.strictObject({
    prompt: promptSchema,
    duration: z.enum(durations),
    aspectRatio: z.enum(['1:1', '3:4', '4:3', '16:9', '9:16', '21:9']),
    outputResolution: z.enum(Object.keys(rates) as Resolution[]),
    upscaleResolution: z.enum(['4k']).optional(),
  });
  const fromPictures = z.union([
    fromText.extend({ image: referenceSchema }),
    fromText.extend(keyFrames).check(({ value: { urls, urlMediaTypes }, issues }) => {
      if (urls.length === urlMediaTypes.length) return;
      const message = 'must be as many as urls';
      issues.push({ code: 'custom', path: ['urlMediaTypes'], message, input: urlMediaTypes });
    }),
  ]);
  const entry = (operation: 't2v' | 'i2v'): Offering =>
    offering<z.infer<typeof fromText>>({
      title: `${title}: ${operation === 't2v' ? 'from text' : 'from pictures'}`,
      type: `${name}-${operation}`,
      request: operation === 't2v' ? fromText : fromPictures,
      media: operation === 't2v' ? [] : ['image', 'urls'],
      loose: operation === 't2v' ? [] : ['urls', 'urlMediaTypes'],
      ceilingAtomic: ({ duration, outputResolution, upscaleResolution }) =>
        BigInt(duration) * (upscaleResolution ? highest : (rates[outputResolution] ?? highest)),
      ceilingRangeAtomic: [4n * lowest, 15n * highest],
      defaults: {},
      returns: 'video',
      expected: ({ duration, aspectRatio, outputResolution, upscaleResolution }) => ({
        format: 'mp4',
        ...sizeOfFrames(aspectRatio, upscaleResolution ? undefined : outputResolution),
        durationSeconds: Number(duration),
      }),
      typicalSeconds,
      deadlineSeconds: 2400,
      polling: { ...pollingFor(typicalSeconds), firstSeconds: firstLookSeconds },
    });
  return { [`${name}/t2v`]: entry('t2v'), [`${name}/i2v`]: entry('i2v') };
}

export const seedance: Readonly<Record<string, Offering>> = {
  ...operations({
    name: 'seedance',
    title: 'Seedance',
    rates: { '480p': 90_000n, '720p': 240_000n, '1080p': 540_000n },
    // From one minute for four seconds to nearly six for fifteen: looked at as soon as the shortest can be there.
    typicalSeconds: 150,
    firstLookSeconds: 50,
  }),
  ...operations({
    name: 'seedance-fast',
    title: 'Seedance Fast',
    rates: { '480p': 80_000n, '720p': 170_000n },
    typicalSeconds: 40,
    firstLookSeconds: 30,
  }),
};
