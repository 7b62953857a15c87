import type { z } from 'zod';
import type { Drawing } from '../drawing.ts';
import { atomic, type Priced, type Ware } from '../ware.ts';

/** A checked and priced request to a model. */
export interface Generation extends Priced {
  /** As the job echoes it: defaults filled in, unknown fields dropped. */
  input: Record<string, unknown>;
  drawing: Drawing;
  /** From payment to result, as a rule. */
  typicalSeconds: number;
}

/** One operation of one model. */
export interface Offer extends Ware<Generation> {
  model: string;
  operation: 'generate' | 'edit' | 't2v' | 'i2v' | 'vectorize';
  /** The job's type on the wire. */
  type: string;
}

interface Terms<Schema extends z.ZodObject> {
  model: string;
  operation: Offer['operation'];
  summary: string;
  /** Default: model and operation. */
  type?: string;
  /** The seller's own rules for a body. */
  request: Schema;
  /** A good body. */
  example: z.input<Schema> & Record<string, unknown>;
  /** The published range in dollars. */
  range: readonly [low: number, high: number];
  /** Of one request, in dollars. */
  price: (request: z.output<Schema>) => number;
  /** What a bad body is quoted, in dollars. Default 10. */
  maximum?: number;
  seconds: number | ((request: z.output<Schema>) => number);
  result: (request: z.output<Schema>) => Drawing;
}

/** Makes a model's entry in the catalogue into something that the routes can sell without knowing its fields. */
export function offer<Schema extends z.ZodObject>(terms: Terms<Schema>): Offer {
  const { model, operation, summary, request, example, range, price, seconds, result } = terms;
  const type = terms.type ?? `${model}-${operation}`;
  const [min, max] = range.map(String) as [string, string];
  return {
    model,
    operation,
    type,
    path: `/api/generate/${model}/${operation}`,
    summary,
    maximumAtomic: atomic(terms.maximum ?? 10),
    price: { mode: 'dynamic', min, max },
    request,
    example,
    answerExample: { success: true, jobId: 'cmn0000000000000000000000', status: 'pending', type },
    read(body) {
      const parsed = request.safeParse(body);
      if (!parsed.success) return { issues: parsed.error.issues };
      const typicalSeconds = typeof seconds === 'number' ? seconds : seconds(parsed.data);
      const priceAtomic = atomic(price(parsed.data));
      return { order: { priceAtomic, input: parsed.data, drawing: result(parsed.data), typicalSeconds } };
    },
  };
}
