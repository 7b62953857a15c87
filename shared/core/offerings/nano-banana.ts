import * as z from 'zod';
import { aspectOf, type Offering, offering, pollingFor, rangeOf } from '../offering.ts';
import { promptSchema, referencesSchema } from '../request-fields.ts';

/** Google's picture models. An `imageSize` is the side of a square picture. */

const sides = { '512': 512, '1K': 1024, '2K': 2048, '4K': 4096 } as const;
type ImageSize = keyof typeof sides;
type Prices = Readonly<Partial<Record<ImageSize, bigint>>>;

const ratios = ['1:1', '2:3', '3:2', '3:4', '4:3', '4:5', '5:4', '9:16', '16:9', '21:9'] as const;
const longRatios = ['1:4', '4:1', '1:8', '8:1'] as const;

interface Model {
  readonly name: string;
  readonly title: string;
  readonly prices: Prices;
  readonly ratios: readonly string[];
  readonly more: z.core.$ZodShape;
  readonly typicalSeconds: number;
}

function operations({ name, title, prices, typicalSeconds, ...model }: Model) {
  const range = rangeOf(Object.values(prices));
  const entry = (operation: 'generate' | 'edit'): Offering => {
    const request = z.strictObject({
      prompt: promptSchema,
      aspectRatio: z.enum(model.ratios).optional(),
      imageSize: z.enum(Object.keys(prices) as ImageSize[]).optional(),
      ...model.more,
      ...(operation === 'edit' && { images: referencesSchema(14) }),
    });
    return offering<z.infer<typeof request>>({
      title: operation === 'edit' ? `${title}: edit` : title,
      type: `${name}-${operation}`,
      request,
      media: operation === 'edit' ? ['images'] : [],
      loose: [],
      ceilingAtomic: ({ imageSize = '1K' }) => prices[imageSize] ?? range[1],
      ceilingRangeAtomic: range,
      defaults: { imageSize: '1K' },
      returns: 'picture',
      expected: ({ aspectRatio, imageSize = '1K' }) => ({
        ...(aspectRatio !== undefined && { aspect: aspectOf(aspectRatio) }),
        megapixels: sides[imageSize] ** 2 / 1_000_000,
      }),
      typicalSeconds,
      deadlineSeconds: 600,
      polling: pollingFor(typicalSeconds),
    });
  };
  return { [`${name}/generate`]: entry('generate'), [`${name}/edit`]: entry('edit') };
}

export const nanoBanana: Readonly<Record<string, Offering>> = {
  ...operations({
    name: 'nano-banana',
    title: 'Nano Banana',
    prices: { '512': 45_000n, '1K': 70_000n, '2K': 100_000n, '4K': 151_000n },
    ratios: [...ratios, ...longRatios],
    more: { thinkingLevel: z.enum(['minimal', 'high']).optional() },
    typicalSeconds: 5,
  }),
  ...operations({
    name: 'nano-banana-pro',
    title: 'Nano Banana Pro',
    prices: { '1K': 134_000n, '2K': 134_000n, '4K': 240_000n },
    ratios,
    more: {},
    typicalSeconds: 10,
  }),
};
