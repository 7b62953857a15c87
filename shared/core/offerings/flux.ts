import * as z from 'zod';
import { aspectOf, type Offering, offering, pollingFor, rangeOf } from '../offering.ts';
import { promptSchema, referencesSchema } from '../request-fields.ts';

/** Flux 2. The split of the prices by resolution is an assumption. */

const megapixels = { '0.5 MP': 0.5, '1 MP': 1, '2 MP': 2, '4 MP': 4 } as const;
type Resolution = keyof typeof megapixels;
type Prices = Readonly<Partial<Record<Resolution, bigint>>>;

const fields = {
  prompt: promptSchema,
  aspect_ratio: z.enum(['1:1', '16:9', '9:16', '3:2', '2:3', '4:5', '5:4', '4:3', '3:4']).optional(),
  output_format: z.enum(['webp', 'jpg', 'png']).optional(),
  output_quality: z.int().min(0).max(100).optional(),
  safety_tolerance: z.int().min(1).max(5).optional(),
  prompt_upsampling: z.boolean().optional(),
  seed: z.int().optional(),
};

function model(
  name: string,
  title: string,
  typicalSeconds: number,
  prices: Record<'generate' | 'edit', Prices>,
) {
  const entry = (operation: 'generate' | 'edit'): Offering => {
    const sheet = prices[operation];
    const range = rangeOf(Object.values(sheet));
    const request = z.strictObject({
      ...fields,
      resolution: z.enum(Object.keys(sheet) as Resolution[]).optional(),
      ...(operation === 'edit' && { images: referencesSchema(8) }),
    });
    return offering<z.infer<typeof request>>({
      title: operation === 'edit' ? `${title}: edit` : title,
      type: `${name}-${operation}`,
      request,
      media: operation === 'edit' ? ['images'] : [],
      loose: [],
      ceilingAtomic: ({ resolution = '1 MP' }) => sheet[resolution] ?? range[1],
      ceilingRangeAtomic: range,
      defaults: { aspect_ratio: '1:1', resolution: '1 MP', output_format: 'webp' },
      returns: 'picture',
      expected: ({ output_format = 'webp', aspect_ratio = '1:1', resolution = '1 MP' }) => ({
        format: output_format,
        aspect: aspectOf(aspect_ratio),
        megapixels: megapixels[resolution],
      }),
      typicalSeconds,
      deadlineSeconds: 600,
      polling: pollingFor(typicalSeconds),
    });
  };
  return { [`${name}/generate`]: entry('generate'), [`${name}/edit`]: entry('edit') };
}

const pro = {
  generate: { '0.5 MP': 20_000n, '1 MP': 30_000n, '2 MP': 40_000n },
  edit: { '0.5 MP': 30_000n, '1 MP': 45_000n, '2 MP': 60_000n },
};
const max = { '0.5 MP': 40_000n, '1 MP': 70_000n, '2 MP': 110_000n, '4 MP': 170_000n };

export const flux: Readonly<Record<string, Offering>> = {
  ...model('flux-2-pro', 'Flux 2 Pro', 5, pro),
  // Its time is not published: half as long again as the smaller one's.
  ...model('flux-2-max', 'Flux 2 Max', 8, { generate: max, edit: max }),
};
