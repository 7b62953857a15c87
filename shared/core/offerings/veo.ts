import * as z from 'zod';
import { sizeOfFrames } from '../asked-size.ts';
import { type Offering, offering, pollingFor } from '../offering.ts';
import { promptSchema, referenceSchema, referencesSchema } from '../request-fields.ts';

/** Google's video models, priced by the second (a fit of the published range). */

const fields = {
  prompt: promptSchema,
  durationSeconds: z.enum(['4', '6', '8']).optional(),
  aspectRatio: z.enum(['16:9', '9:16']).optional(),
  resolution: z.enum(['720p', '1080p']).optional(),
  negativePrompt: z.string().max(10_000).optional(),
};

/** Each mode takes what it looks at; anything else would be brought along for nothing. */
const request = z.discriminatedUnion('imageMode', [
  z.strictObject({ ...fields, imageMode: z.literal('none').optional() }),
  z.strictObject({ ...fields, imageMode: z.literal('first-frame'), image: referenceSchema }),
  z.strictObject({ ...fields, imageMode: z.literal('reference'), referenceImages: referencesSchema(3) }),
  z.strictObject({
    ...fields,
    imageMode: z.literal('interpolation'),
    image: referenceSchema,
    lastFrame: referenceSchema,
  }),
]);

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
    media: ['image', 'lastFrame', 'referenceImages'],
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
