import * as z from 'zod';
import { sizeInPixels } from '../asked-size.ts';
import { type Offering, offering, pollingFor, rangeOf } from '../offering.ts';
import { promptSchema, referenceSchema } from '../request-fields.ts';

/** OpenAI's video models, priced by the second and the size (a fit of the published range). */

type Size = '1280x720' | '720x1280' | '1792x1024' | '1024x1792';
type PerSecond = Readonly<Partial<Record<Size, bigint>>>;

function model(name: string, title: string, perSecond: PerSecond, typicalSeconds: number) {
  const request = z.strictObject({
    prompt: promptSchema,
    seconds: z.enum(['4', '8', '12']).optional(),
    size: z.enum(Object.keys(perSecond) as Size[]).optional(),
    input_reference: referenceSchema.optional(),
    autoCrop: z.boolean().optional(),
  });
  const [lowest, highest] = rangeOf(Object.values(perSecond));
  const entry = offering<z.infer<typeof request>>({
    title,
    type: `${name}-video`,
    request,
    media: ['input_reference'],
    loose: [],
    ceilingAtomic: ({ seconds = '12', size }) => BigInt(seconds) * ((size && perSecond[size]) ?? highest),
    ceilingRangeAtomic: [4n * lowest, 12n * highest],
    defaults: { autoCrop: true },
    returns: 'video',
    expected: ({ seconds, size }) => ({
      format: 'mp4',
      ...sizeInPixels(size),
      ...(seconds && { durationSeconds: Number(seconds) }),
    }),
    typicalSeconds,
    deadlineSeconds: 2400,
    polling: pollingFor(typicalSeconds),
  });
  return { [`${name}/generate`]: entry };
}

export const sora: Readonly<Record<string, Offering>> = {
  ...model('sora-2', 'Sora 2', { '1280x720': 100_000n, '720x1280': 100_000n }, 120),
  ...model(
    'sora-2-pro',
    'Sora 2 Pro',
    { '1280x720': 300_000n, '720x1280': 300_000n, '1792x1024': 500_000n, '1024x1792': 500_000n },
    210,
  ),
};
