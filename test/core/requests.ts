import fc from 'fast-check';
import * as z from 'zod';
import type { Offering } from '../../shared/core/offering.ts';

/** The part of JSON Schema that the catalogue's requests are made of. */
export interface Shape {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly const?: string;
  readonly oneOf?: readonly Shape[];
  readonly anyOf?: readonly Shape[];
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly items?: Shape;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
}

export type Request = Readonly<Record<string, unknown>>;

/** An entry's request as JSON Schema, as a caller may write it. */
const shapeOf = ({ request }: Offering): Shape => z.toJSONSchema(request, { io: 'input' }) as Shape;

/** The ways of asking that an entry knows, each with its own fields; mostly there is one. */
const waysOf = (entry: Offering): readonly Shape[] => {
  const shape = shapeOf(entry);
  return shape.anyOf ?? shape.oneOf ?? [shape];
};

/** Every field of an entry, with what any way of asking lets one choose; and those that every way needs. */
export function fieldsOf(entry: Offering): { fields: Record<string, Shape>; required: readonly string[] } {
  const ways = waysOf(entry);
  const fields: Record<string, Shape> = {};
  for (const [field, shape] of ways.flatMap(({ properties = {} }) => Object.entries(properties))) {
    const choices = [
      ...(fields[field]?.enum ?? []),
      ...(shape.enum ?? []),
      ...(shape.const ? [shape.const] : []),
    ];
    fields[field] = { ...shape, ...(choices.length > 0 && { enum: [...new Set(choices)] }) };
  }
  const [first = [], ...others] = ways.map(({ required = [] }) => required);
  return { fields, required: first.filter((field) => others.every((one) => one.includes(field))) };
}

const uuid = '0b5f7a1c-2d3e-4f56-8a9b-0c1d2e3f4a5b';
const references = fc.constantFrom(
  uuid,
  `upload:${uuid}`,
  's3://drawings/a folder/kite.png',
  'https://pictures.example.com/kite.png?v=1',
);

/**
 * Requests that an entry should take: every field by itself is made from its schema, and what does not hold together is
 * thrown away.
 * @param options.media what stands where media goes; by default a reference of each kind
 * @param options.without fields that are left out where they are optional
 */
export function requestsOf(
  entry: Offering,
  options: { media?: fc.Arbitrary<string>; without?: readonly string[] } = {},
): fc.Arbitrary<Request> {
  const { media = references, without = [] } = options;
  const ways = waysOf(entry).map(({ properties = {}, required = [] }) => {
    const kept = Object.entries(properties).filter(
      ([field]) => required.includes(field) || !without.includes(field),
    );
    const fields = Object.fromEntries(
      kept.map(([field, shape]) => [field, valuesOf(shape, entry.media.includes(field) ? media : undefined)]),
    );
    return fc.record(fields, { requiredKeys: [...required], noNullPrototype: true });
  });
  return fc
    .oneof(...ways)
    .map(evenLists)
    .filter((request) => entry.request.safeParse(request).success);
}

function valuesOf(shape: Shape, media: fc.Arbitrary<string> | undefined): fc.Arbitrary<unknown> {
  if (shape.const !== undefined) return fc.constant(shape.const);
  if (shape.enum) return fc.constantFrom(...shape.enum);
  if (shape.anyOf) return fc.oneof(...shape.anyOf.map((one) => valuesOf(one, media)));
  const { minLength = 0, maxLength = 50, minItems = 0, maxItems = 3, items = {} } = shape;
  switch (shape.type) {
    case 'string':
      return media ?? fc.string({ unit: 'grapheme', minLength, maxLength: Math.min(maxLength, 50) });
    case 'integer':
      return fc.integer({
        min: Math.max(shape.minimum ?? -1e6, -1e6),
        max: Math.min(shape.maximum ?? 1e6, 1e6),
      });
    case 'number':
      return fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0);
    case 'boolean':
      return fc.boolean();
    case 'array':
      return fc.array(valuesOf(items, media), { minLength: minItems, maxLength: maxItems });
    default:
      throw new Error(`No request was made of ${JSON.stringify(shape)} before`);
  }
}

/** Lists that belong together (`urls` and their types) are of one length. */
function evenLists(request: Request): Request {
  const length = Math.min(
    ...Object.values(request).map((value) => (Array.isArray(value) ? value.length : 99)),
  );
  return Object.fromEntries(
    Object.entries(request).map(([field, value]) => [
      field,
      Array.isArray(value) ? value.slice(0, length) : value,
    ]),
  );
}
