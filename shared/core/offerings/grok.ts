import * as z from 'zod';
import { sizeOfFrames } from '../asked-size.ts';
import { aspectOf, type Offering, offering, pollingFor } from '../offering.ts';
import { looseSchema, promptSchema, referenceSchema, referencesSchema } from '../request-fields.ts';

/** xAI's models. Of the edit no more is known than the names of its fields. */

const ratios = [
  ...['1:1', '16:9', '9:16', '4:3', '3:4', '3:2', '2:3'],
  ...['2:1', '1:2', '19.5:9', '9:19.5', '20:9', '9:20'],
] as const;

const generate = z.strictObject({ prompt: promptSchema, aspect_ratio: z.enum(ratios).optional() });
const edit = z.strictObject({
  prompt: promptSchema,
  images: referencesSchema(5),
  aspect_ratio: looseSchema.optional(),
});
const video = z.strictObject({
  prompt: promptSchema,
  duration: z.enum(['3', '6', '9', '12', '15']).optional(),
  resolution: z.enum(['480p', '720p']).optional(),
  aspect_ratio: z.enum(['1:1', '16:9', '9:16', '4:3', '3:4', '3:2', '2:3']).optional(),
  image: referenceSchema.optional(),
});

const picture = {
  returns: 'picture',
  typicalSeconds: 3,
  deadlineSeconds: 600,
  polling: pollingFor(3),
} as const;
const perSecondAtomic = 50_000n;

export const grok: Readonly<Record<string, Offering>> = {
  'grok/generate': offering<z.infer<typeof generate>>({
    ...picture,
    title: 'Grok',
    type: 'grok-generate',
    request: generate,
    media: [],
    loose: [],
    ceilingAtomic: () => 70_000n,
    ceilingRangeAtomic: [70_000n, 70_000n],
    defaults: {},
    expected: ({ aspect_ratio }) => (aspect_ratio === undefined ? {} : { aspect: aspectOf(aspect_ratio) }),
  }),
  'grok/edit': offering<z.infer<typeof edit>>({
    ...picture,
    title: 'Grok: edit',
    type: 'grok-edit',
    request: edit,
    media: ['images'],
    loose: ['images', 'aspect_ratio'],
    ceilingAtomic: () => 22_000n,
    ceilingRangeAtomic: [22_000n, 22_000n],
    defaults: {},
    expected: () => ({}),
  }),
  'grok-video/generate': offering<z.infer<typeof video>>({
    title: 'Grok video',
    type: 'grok-video-generate',
    request: video,
    media: ['image'],
    loose: [],
    ceilingAtomic: ({ duration = '15' }) => BigInt(duration) * perSecondAtomic,
    ceilingRangeAtomic: [3n * perSecondAtomic, 15n * perSecondAtomic],
    defaults: {},
    returns: 'video',
    expected: ({ duration, resolution, aspect_ratio }) => ({
      format: 'mp4',
      ...sizeOfFrames(aspect_ratio, resolution),
      ...(duration && { durationSeconds: Number(duration) }),
    }),
    typicalSeconds: 17,
    deadlineSeconds: 1800,
    polling: pollingFor(17),
  }),
};
