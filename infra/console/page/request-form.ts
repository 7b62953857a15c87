import type { ModelList } from '../../../shared/contracts/http-offers.ts';

/** How a model's request is asked of a person: read from the JSON Schema that the booth gives. */

export type Model = ModelList['models'][number];

export type Field = {
  readonly name: string;
  readonly label: string;
  readonly isRequired: boolean;
} & (
  | { readonly kind: 'prompt' | 'text' | 'switch' }
  | { readonly kind: 'choice'; readonly values: readonly string[] }
  | { readonly kind: 'number'; readonly least?: number | undefined; readonly most?: number | undefined }
  /** Random where the person does not say it. */
  | { readonly kind: 'seed' }
  | { readonly kind: 'media'; readonly most: number; readonly isList: boolean }
);

/** One way of asking: some models have several, such as with a first frame or with references. */
export interface Way {
  readonly label: string;
  /** Fields that tell which way it is. */
  readonly fixed: Readonly<Record<string, string>>;
  readonly fields: readonly Field[];
}

interface Schema {
  readonly type?: string;
  readonly $ref?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly allOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
}

const order: readonly Field['kind'][] = ['prompt', 'media', 'choice', 'number', 'seed', 'text', 'switch'];

/** Says of each of `urls` that it is a picture: nobody needs to be asked. */
export const derivedField = 'urlMediaTypes';

/** @returns the ways of asking, one at least */
export function waysOf({ request, media }: Model): readonly Way[] {
  const [fields = {}] = (request as Schema).allOf ?? [request as Schema];
  const ways = fields.oneOf ?? fields.anyOf ?? [fields];
  return ways.map((way) => {
    const properties = Object.entries(way.properties ?? {});
    const fixed = Object.fromEntries(
      properties.flatMap(([name, { const: value }]) => (typeof value === 'string' ? [[name, value]] : [])),
    );
    const asked = properties
      .filter(([name]) => !(name in fixed) && name !== derivedField)
      .map(([name, schema]) => fieldOf(name, schema, way.required?.includes(name) ?? false, media));
    const needed = asked.filter(({ kind, isRequired }) => kind === 'media' && isRequired);
    return {
      label: Object.values(fixed)[0] ?? (needed.map(({ label }) => label).join(' and ') || 'plain'),
      fixed,
      fields: asked.toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind)),
    };
  });
}

function fieldOf(name: string, schema: Schema, isRequired: boolean, media: readonly string[]): Field {
  const field = { name, label: labelOf(name), isRequired };
  if (name === 'prompt') return { ...field, kind: 'prompt' };
  if (name === 'seed') return { ...field, kind: 'seed' };
  if (media.includes(name)) {
    const isList = schema.type === 'array';
    return { ...field, kind: 'media', isList, most: isList ? (schema.maxItems ?? 1) : 1 };
  }
  const values = schema.enum?.filter((value) => typeof value === 'string');
  if (values && values.length > 0) return { ...field, kind: 'choice', values };
  if (schema.type === 'boolean') return { ...field, kind: 'switch' };
  if (schema.type === 'integer' || schema.type === 'number')
    return { ...field, kind: 'number', least: schema.minimum, most: schema.maximum };
  return { ...field, kind: 'text' };
}

/** `output_format` and `durationSeconds` for people. */
export function labelOf(name: string): string {
  const words = name
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll(/[_-]/g, ' ')
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
