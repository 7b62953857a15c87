import * as z from 'zod';
import { sizeInPixels } from '../asked-size.ts';
import { type Offering, offering, pollingFor, rangeOf } from '../offering.ts';
import { promptSchema, referencesSchema } from '../request-fields.ts';

/**
 * OpenAI's picture models. GPT Image 1 and 1.5 cost at the seller what they cost at OpenAI, whose price
 * list fits the published ranges to the cent; of GPT Image 2 a few prices are documented, and the rest is bounded by
 * them.
 */

const sizes = ['1024x1024', '1536x1024', '1024x1536'] as const;
type Size = (typeof sizes)[number] | 'auto';
type Quality = 'low' | 'medium' | 'high';
/** The most that a square picture costs, and one of the other sizes. */
type Sheet = Readonly<Record<Quality, readonly [square: bigint, oblong: bigint]>>;

interface Request {
  readonly quality?: Quality | undefined;
  readonly size?: Size | undefined;
  readonly output_format?: 'png' | 'jpeg' | 'webp' | undefined;
}

interface Model {
  readonly name: string;
  readonly title: string;
  readonly sheet: Sheet;
  readonly backgrounds: readonly string[];
  readonly operations: readonly ('generate' | 'edit')[];
  /** Beside the pictures of an edit. */
  readonly ofEdits?: z.core.$ZodShape;
  readonly typicalSeconds: number;
  readonly deadlineSeconds: number;
}

/** Left to the seller, quality and size may turn out to be the dearest. */
const ceilingFrom =
  (sheet: Sheet) =>
  ({ quality = 'high', size = 'auto' }: Request): bigint => {
    const [square, oblong] = sheet[quality];
    if (size === 'auto') return rangeOf([square, oblong])[1];
    return size === '1024x1024' ? square : oblong;
  };

const operationsOf = ({ name, title, sheet, typicalSeconds, deadlineSeconds, ...model }: Model) =>
  Object.fromEntries(
    model.operations.map((operation) => {
      const isEdit = operation === 'edit';
      const request = z.strictObject({
        prompt: promptSchema,
        quality: z.enum(['low', 'medium', 'high']).optional(),
        size: z.enum([...sizes, 'auto']).optional(),
        background: z.enum(model.backgrounds).optional(),
        output_format: z.enum(['png', 'jpeg', 'webp']).optional(),
        output_compression: z.int().min(0).max(100).optional(),
        moderation: z.enum(['auto', 'low']).optional(),
        ...(isEdit && { images: referencesSchema(16), ...model.ofEdits }),
      });
      const entry = offering<Request>({
        title: isEdit ? `${title}: edit` : title,
        type: `${name}-${operation}`,
        request,
        media: isEdit ? ['images'] : [],
        // How many the seller takes is not captured; sixteen is OpenAI's own limit.
        loose: isEdit ? ['images'] : [],
        ceilingAtomic: ceilingFrom(sheet),
        ceilingRangeAtomic: rangeOf(Object.values(sheet).flat()),
        defaults: {},
        returns: 'picture',
        expected: ({ output_format, size }) => ({
          ...(output_format && { format: output_format === 'jpeg' ? 'jpg' : output_format }),
          ...sizeInPixels(size),
        }),
        typicalSeconds,
        deadlineSeconds,
        polling: pollingFor(typicalSeconds),
      });
      return [`${name}/${operation}`, entry] as const;
    }),
  );

const opaque = ['opaque', 'auto'];
const anyBackground = ['transparent', ...opaque];
const fidelity = { input_fidelity: z.enum(['high', 'low']).optional() };

export const gptImage: Readonly<Record<string, Offering>> = {
  ...operationsOf({
    name: 'gpt-image-2',
    title: 'GPT Image 2',
    // The documents say "≈ 0.17" of a high landscape, and 0.21 of a request without options.
    sheet: { low: [10_000n, 20_000n], medium: [70_000n, 70_000n], high: [210_000n, 175_000n] },
    backgrounds: opaque,
    operations: ['generate', 'edit'],
    typicalSeconds: 120,
    deadlineSeconds: 1200,
  }),
  ...operationsOf({
    name: 'gpt-image-2.5-flare',
    title: 'GPT Image 2.5 Flare',
    sheet: { low: [10_000n, 10_000n], medium: [10_000n, 10_000n], high: [50_000n, 50_000n] },
    backgrounds: anyBackground,
    operations: ['generate'],
    typicalSeconds: 40,
    deadlineSeconds: 600,
  }),
  ...operationsOf({
    name: 'gpt-image-1.5',
    title: 'GPT Image 1.5',
    sheet: { low: [9_000n, 13_000n], medium: [34_000n, 50_000n], high: [133_000n, 200_000n] },
    backgrounds: anyBackground,
    operations: ['generate', 'edit'],
    ofEdits: fidelity,
    typicalSeconds: 3,
    deadlineSeconds: 600,
  }),
  ...operationsOf({
    name: 'gpt-image-1',
    title: 'GPT Image 1',
    sheet: { low: [11_000n, 16_000n], medium: [42_000n, 63_000n], high: [167_000n, 250_000n] },
    backgrounds: anyBackground,
    operations: ['generate', 'edit'],
    ofEdits: fidelity,
    typicalSeconds: 10,
    deadlineSeconds: 600,
  }),
};
