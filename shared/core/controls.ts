import * as z from 'zod';

/**
 * What a caller may say to us beside the seller's own fields, in the same body; none of it is sent to the seller.
 */

/** Dollars, exactly: "0.05", "$0.05" or 0.05, of at most six decimals and below ten thousand. */
const priceSchema = z
  .union([z.string().meta({ examples: ['0.25'] }), z.number()])
  .transform((price) => String(price).replace(/^\$/, ''))
  .refine((text) => /^\d{1,4}(\.\d{1,6})?$/.test(text), 'must be dollars such as "0.05"')
  .transform((text) => {
    const [whole = '0', fraction = ''] = text.split('.');
    return (BigInt(whole) * 1_000_000n + BigInt(fraction.padEnd(6, '0'))).toString();
  });

export const controlsSchema = z.object({
  /** The most that the job may cost in all, its uploads included. Atomic units of a six-decimal dollar asset. */
  maxPrice: priceSchema.optional(),
  /** Whether a job of the same caller that is delivered, and asked for exactly the same, will do. */
  reuse: z.boolean().optional(),
});
export type Controls = z.infer<typeof controlsSchema>;

export const controlNames = Object.keys(controlsSchema.shape);
