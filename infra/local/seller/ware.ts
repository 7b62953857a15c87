import { z } from 'zod';

/** What a paid route sells, as the challenge and the API's description tell it. */
export interface Ware<Order extends Priced = Priced> {
  path: string;
  summary: string;
  /** What a probe with a bad body is quoted: the route's maximum, not an error. */
  maximumAtomic: bigint;
  /** In dollars, as published. */
  price: { mode: 'dynamic'; min: string; max: string } | { mode: 'fixed'; amount: string };
  request: z.ZodObject;
  /** A good body, and what it is answered. */
  example: Readonly<Record<string, unknown>>;
  answerExample: Readonly<Record<string, unknown>>;
  /** Checks a body and prices it; otherwise says what is wrong with it. */
  read(body: unknown): { order: Order } | { issues: z.core.$ZodIssue[] };
}

export interface Priced {
  priceAtomic: bigint;
}

/** Dollars in atomic USDC. */
export function atomic(dollars: number): bigint {
  return BigInt(Math.round(dollars * 1_000_000));
}

/**
 * The body's JSON schema, as the seller publishes it. Inside the 402 it is zod's output view, where a field with a
 * default counts as required; the OpenAPI document has the input view, where it does not. Both are the real
 * seller's, contradiction included.
 */
export function jsonSchemaOf({ request }: Ware, view: 'input' | 'output'): Record<string, unknown> {
  const { $schema: _, ...schema } = z.toJSONSchema(request, { io: view });
  return schema;
}
