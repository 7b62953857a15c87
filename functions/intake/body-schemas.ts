import * as z from 'zod';
import { catalogue } from '../../shared/core/catalogue.ts';
import { controlsSchema } from '../../shared/core/controls.ts';
import type { Offering } from '../../shared/core/offering.ts';
import { referenceSchema } from '../../shared/core/request-fields.ts';

/** JSON Schema, 2020-12, as far as it is walked here. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
  /** `false` stands for a field that may not be there. */
  readonly properties?: Readonly<Record<string, JsonSchema | boolean>>;
  readonly required?: readonly string[];
}

const plain = (schema: z.ZodType): JsonSchema => {
  const { $schema: _draft, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  return rest as JsonSchema;
};

/** How a caller names media; `reference.ts` reads it. */
export const referenceDescription: JsonSchema = {
  ...plain(referenceSchema),
  description:
    'The id of a delivered job of yours, `upload:ID` of a file of yours, `s3://bucket/key` in a bucket that is ' +
    'allow-listed, or an https URL of a public host.',
  examples: ['https://pictures.example.com/kite.webp'],
};

/** What is said to us beside the seller's own fields. */
export const controlsDescription = (): JsonSchema => {
  const { additionalProperties: _open, ...controls } = plain(controlsSchema);
  return describe(controls, {
    maxPrice: 'The most that the job may cost in all, its uploads included: dollars such as "0.05".',
    reuse: 'Whether a delivered job of yours that asked for exactly the same will do; it costs nothing.',
  });
};

/**
 * The fields of an entry of the catalogue, open for others beside them.
 * @param reference the schema of one piece of media, or where it is
 */
export function fieldsOf(entry: Offering, reference: JsonSchema): JsonSchema {
  const loose = Object.fromEntries(
    entry.loose.map((field) => [field, 'The seller does not publish its form: it is passed on as it comes.']),
  );
  return describe(opened(plain(entry.request), entry.media, reference), loose);
}

/** The whole body of a request, complete in itself. */
export const bodySchema = (name: string): JsonSchema => {
  const entry = catalogue[name];
  if (!entry) throw new Error(`There is no ${name}.`);
  return {
    allOf: [fieldsOf(entry, { $ref: '#/$defs/Reference' }), controlsDescription()],
    unevaluatedProperties: false,
    ...(entry.media.length > 0 && { $defs: { Reference: referenceDescription } }),
  };
};

/**
 * Whether further fields are allowed is said once, of all parts together. An alternative that needs a field shows what
 * it is as well: tools look no further.
 */
function opened(
  schema: JsonSchema,
  media: readonly string[],
  reference: JsonSchema,
  above: JsonSchema['properties'] = {},
): JsonSchema {
  const { additionalProperties: _closed, properties = {}, required = [], ...rest } = schema;
  const shown = required.flatMap((field) =>
    above[field] === undefined ? [] : [[field, above[field]] as const],
  );
  const fields = Object.entries(properties).map(([field, form]) => {
    if (typeof form === 'boolean' || !media.includes(field)) return [field, form] as const;
    return [field, form.type === 'array' ? { ...form, items: reference } : reference] as const;
  });
  const all = Object.fromEntries([...shown, ...fields]);
  const branches = ['anyOf', 'oneOf', 'allOf'].flatMap((keyword) => {
    const parts = rest[keyword] as readonly JsonSchema[] | undefined;
    return parts ? [[keyword, parts.map((part) => opened(part, media, reference, all))] as const] : [];
  });
  return {
    ...rest,
    ...Object.fromEntries(branches),
    ...(Object.keys(all).length > 0 && { properties: all }),
    ...(required.length > 0 && { required }),
  };
}

const describe = (schema: JsonSchema, words: Readonly<Record<string, string>>): JsonSchema => ({
  ...schema,
  properties: Object.fromEntries(
    Object.entries(schema.properties ?? {}).map(([field, form]) => {
      const description = words[field];
      if (description === undefined || typeof form === 'boolean') return [field, form];
      return [field, { ...form, description }];
    }),
  ),
});
