import * as z from 'zod';
import { type RequestShape, readRequestShape } from './field-shape.ts';

/** One paid operation, as a seller's own description has it. */
export interface Advertised {
  /** Undefined when the description does not say, or not in a way that we read. */
  readonly request?: RequestShape | undefined;
  /** Atomic units of a six-decimal dollar asset. */
  readonly priceAtomic?: readonly [lowest: bigint, highest: bigint] | undefined;
}

const mostPaths = 500;

const dollars = z
  .union([z.string().max(20), z.number().nonnegative()])
  .transform((price) => String(price).replace(/^\$/, ''))
  .refine((text) => /^\d{1,4}(\.\d{1,6})?$/.test(text))
  .transform((text) => {
    const [whole = '0', fraction = ''] = text.split('.');
    return BigInt(whole) * 1_000_000n + BigInt(fraction.padEnd(6, '0'));
  });

const priceSchema = z.union([
  z.looseObject({ min: dollars, max: dollars }).transform(({ min, max }) => [min, max] as const),
  z.looseObject({ amount: dollars }).transform(({ amount }) => [amount, amount] as const),
]);

const operationSchema = z.looseObject({
  'x-payment-info': z.looseObject({ price: z.unknown() }).optional(),
  requestBody: z
    .looseObject({ content: z.looseObject({ 'application/json': z.looseObject({ schema: z.unknown() }) }) })
    .optional(),
});

const documentSchema = z.looseObject({
  openapi: z.string().startsWith('3.'),
  paths: z
    .record(z.string().regex(/^\/[\x21-\x7e]{0,199}$/), z.looseObject({ post: z.unknown() }).partial())
    .refine((paths) => Object.keys(paths).length <= mostPaths, `has more than ${mostPaths} paths`),
});

/**
 * Reads what a seller sells from its OpenAPI 3.1 document: every POST that is paid, by its path.
 * @param document a stranger's, of any form
 * @returns the operations, or in words why the document is none
 */
export function readAdvertised(document: unknown): Map<string, Advertised> | { readonly unreadable: string } {
  const parsed = documentSchema.safeParse(document);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return {
      unreadable: `${issue?.path.join('.') || 'the document'}: ${issue?.message ?? 'is not OpenAPI'}`,
    };
  }
  const operations = new Map<string, Advertised>();
  for (const [path, { post }] of Object.entries(parsed.data.paths)) {
    if (post === undefined) continue;
    const { data } = operationSchema.safeParse(post);
    const payment = data?.['x-payment-info'];
    if (payment === undefined && !path.startsWith('/api/generate/')) continue;
    const schema = data?.requestBody?.content['application/json'].schema;
    operations.set(path, {
      request: readRequestShape(schema, document),
      priceAtomic: priceSchema.safeParse(payment?.price).data,
    });
  }
  return operations;
}
