import * as z from 'zod';
import { sizeOfFrames } from '../asked-size.ts';
import { type Offering, offering, pollingFor } from '../offering.ts';
import { promptSchema, referenceSchema, referencesSchema } from '../request-fields.ts';

/** Google's video models, priced by the second (wire.md §1.2, a fit of the published range). */

/** What each mode looks at; what it does not look at would be brought along for nothing. */
const looksAt = {
  none: [],
  'first-frame': ['image'],
  reference: ['referenceImages'],
  interpolation: ['image', 'lastFrame'],
} as const;
const media = ['image', 'lastFrame', 'referenceImages'] as const;

const request = z
  .strictObject({
    prompt: promptSchema,
    durationSeconds: z.enum(['4', '6', '8']).optional(),
    aspectRatio: z.enum(['16:9', '9:16']).optional(),
    resolution: z.enum(['720p', '1080p']).optional(),
    negativePrompt: z.string().max(10_000).optional(),
    imageMode: z.enum(['none', 'first-frame', 'reference', 'interpolation']).optional(),
    image: referenceSchema.optional(),
    lastFrame: referenceSchema.optional(),
    referenceImages: referencesSchema(3).optional(),
  })
  .check(({ value, issues }) => {
    const mode = value.imageMode ?? 'none';
    const wanted: readonly string[] = looksAt[mode];
    for (const field of media) {
      const given = value[field] !== undefined;
      if (given === wanted.includes(field)) continue;
      const message = given ? `is not looked at with imageMode ${mode}` : `is needed for imageMode ${mode}`;
      issues.push({ code: 'custom', path: [field], message, input: value[field] });
    }
  });

const model = (
  name: string,
  title: string,
  perSecondAtomic: bigint,
  typicalSeconds: number,
): Record<string, Offering> => ({
  [`${name}/generate`]: offering<z.infer<typeof request>>({
    title,
    type: `${name}-generate`,
    request,
    media,
    loose: [],
    ceilingAtomic: ({ durationSeconds = '8' }) => BigInt(durationSeconds) * perSecondAtomic,
    ceilingRangeAtomic: [4n * perSecondAtomic, 8n * perSecondAtomic],
    defaults: { imageMode: 'none' },
    returns: 'video',
    expected: ({ durationSeconds, aspectRatio, resolution }) => ({
      format: 'mp4',
      ...sizeOfFrames(aspectRatio, resolution),
      ...(durationSeconds && { durationSeconds: Number(durationSeconds) }),
    }),
    typicalSeconds,
    deadlineSeconds: 1800,
    polling: pollingFor(typicalSeconds),
  }),
});

export const veo: Readonly<Record<string, Offering>> = {
  ...model('veo-3.1', 'Veo 3.1', 400_000n, 90),
  ...model('veo-3.1-fast', 'Veo 3.1 Fast', 250_000n, 30),
};
