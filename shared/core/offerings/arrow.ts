import * as z from 'zod';
import { type Offering, offering, pollingFor } from '../offering.ts';
import { referenceSchema } from '../request-fields.ts';

/** Quiver's models: a picture in, a drawing out, at a fixed price. */

const request = z.strictObject({
  image: referenceSchema,
  target_size: z.int().min(128).max(4096).optional(),
  auto_crop: z.boolean().optional(),
});

const model = (name: string, title: string, priceAtomic: bigint): Record<string, Offering> => ({
  [`${name}/vectorize`]: offering<z.infer<typeof request>>({
    title,
    type: `${name}-vectorize`,
    request,
    media: ['image'],
    loose: [],
    ceilingAtomic: () => priceAtomic,
    ceilingRangeAtomic: [priceAtomic, priceAtomic],
    defaults: { target_size: 1024, auto_crop: false },
    returns: 'svg',
    expected: () => ({ format: 'svg' }),
    // Not published; a drawing of a picture takes others of its kind so long.
    typicalSeconds: 10,
    deadlineSeconds: 600,
    polling: pollingFor(10),
  }),
});

export const arrow: Readonly<Record<string, Offering>> = {
  ...model('arrow-1.1', 'Arrow 1.1', 150_000n),
  ...model('arrow-1.1-max', 'Arrow 1.1 Max', 200_000n),
};
