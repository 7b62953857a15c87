import * as z from 'zod';
import { sizeInPixels } from '../asked-size.ts';
import { type Offering, offering, pollingFor } from '../offering.ts';
import { looseSchema, promptSchema, referenceSchema } from '../request-fields.ts';

/** Alibaba's video model, priced by the second and the resolution (a fit of the published range). */

/** That there are such fields is documented; their names are those of the model's other hosts. */
const unpublished = {
  negative_prompt: looseSchema.optional(),
  enable_prompt_expansion: looseSchema.optional(),
  multi_shots: looseSchema.optional(),
  audio_url: looseSchema.optional(),
  seed: looseSchema.optional(),
};
const fields = {
  prompt: promptSchema,
  duration: z.enum(['5', '10', '15']).optional(),
  ...unpublished,
};
const fromText = z.strictObject({
  ...fields,
  size: z.enum(['1280*720', '720*1280', '1920*1080', '1080*1920']).optional(),
});
const fromImage = z.strictObject({
  ...fields,
  image: referenceSchema,
  resolution: z.enum(['720p', '1080p']).optional(),
});

const perSecondAtomic = { small: 100_000n, large: 150_000n } as const;

const shared = {
  loose: Object.keys(unpublished),
  ceilingRangeAtomic: [5n * perSecondAtomic.small, 15n * perSecondAtomic.large],
  defaults: {},
  returns: 'video',
  typicalSeconds: 210,
  deadlineSeconds: 2400,
  polling: pollingFor(210),
} as const;

/** @param size of the video, or its resolution */
const ceiling = (duration = '15', size = '1080p'): bigint =>
  BigInt(duration) * (size.includes('720') ? perSecondAtomic.small : perSecondAtomic.large);

const lasting = (duration: string | undefined) => (duration ? { durationSeconds: Number(duration) } : {});

export const wan: Readonly<Record<string, Offering>> = {
  'wan-2.6/t2v': offering<z.infer<typeof fromText>>({
    ...shared,
    title: 'Wan 2.6: from text',
    type: 'wan-2.6-t2v',
    request: fromText,
    media: [],
    ceilingAtomic: ({ duration, size }) => ceiling(duration, size),
    expected: ({ duration, size }) => ({ format: 'mp4', ...sizeInPixels(size), ...lasting(duration) }),
  }),
  'wan-2.6/i2v': offering<z.infer<typeof fromImage>>({
    ...shared,
    title: 'Wan 2.6: from a picture',
    type: 'wan-2.6-i2v',
    request: fromImage,
    media: ['image'],
    ceilingAtomic: ({ duration, resolution }) => ceiling(duration, resolution),
    expected: ({ duration }) => ({ format: 'mp4', ...lasting(duration) }),
  }),
};
