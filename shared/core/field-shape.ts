import * as z from 'zod';

/** What one field of a request may hold, as far as its JSON Schema says so in the ways that sellers say it. */
export interface FieldShape {
  readonly kind: 'text' | 'number' | 'integer' | 'boolean' | 'list' | 'other';
  /** The only texts that are taken. */
  readonly values?: readonly string[];
  /** Of a number its bounds, of a text its length, of a list its count. */
  readonly least?: number;
  readonly most?: number;
}

/** Fields of a request, and which of them must be there. */
export interface RequestShape {
  readonly fields: Readonly<Record<string, FieldShape>>;
  readonly required: readonly string[];
}

const mostFields = 200;
const mostValues = 500;
const mostHops = 6;
/** Of schemas that one request is put together from; a schema may refer to itself. */
const mostParts = 100;

const nodeSchema = z.looseObject({
  $ref: z.string().max(300).optional(),
  type: z.union([z.string(), z.array(z.string()).max(8)]).optional(),
  enum: z.array(z.unknown()).max(mostValues).optional(),
  const: z.unknown().optional(),
  allOf: z.array(z.unknown()).max(20).optional(),
  anyOf: z.array(z.unknown()).max(20).optional(),
  oneOf: z.array(z.unknown()).max(20).optional(),
  properties: z.record(z.string().regex(/^[\w.$-]{1,100}$/), z.unknown()).optional(),
  required: z.array(z.string().max(100)).max(mostFields).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  minLength: z.number().optional(),
  maxLength: z.number().optional(),
  minItems: z.number().optional(),
  maxItems: z.number().optional(),
});
type Node = z.infer<typeof nodeSchema>;

const kinds: Readonly<Record<string, FieldShape['kind']>> = {
  string: 'text',
  number: 'number',
  integer: 'integer',
  boolean: 'boolean',
  array: 'list',
};

/**
 * Reads a request's JSON Schema. Schemas that are put together (`allOf`, `anyOf`, `oneOf`) count as one: every field of
 * any part, required where each way of asking requires it.
 * @param schema a stranger's: within bounds, but of any form
 * @param document where its `$ref`s lead, such as `#/components/schemas/Flux`
 * @returns undefined when it is not the schema of an object
 */
export function readRequestShape(schema: unknown, document: unknown): RequestShape | undefined {
  const { fields, required } = gather(schema, document, { left: mostParts }) ?? {};
  if (!fields || fields.size === 0 || fields.size > mostFields) return undefined;
  return {
    fields: Object.fromEntries(
      [...fields].map(([name, nodes]) => [name, asOne(nodes.map((node) => readField(node, document)))]),
    ),
    required: [...(required ?? [])],
  };
}

interface Gathered {
  /** What each part says of a field. */
  readonly fields: ReadonlyMap<string, readonly unknown[]>;
  readonly required: ReadonlySet<string>;
}

function gather(schema: unknown, document: unknown, parts: { left: number }): Gathered | undefined {
  const node = follow(schema, document);
  if (!node || parts.left-- <= 0) return undefined;
  const read = (list: readonly unknown[] = []) => list.flatMap((part) => gather(part, document, parts) ?? []);
  const together = read(node.allOf);
  const either = read([...(node.anyOf ?? []), ...(node.oneOf ?? [])]);
  const [first = new Set<string>(), ...others] = either.map(({ required }) => required);
  const inEach = [...first].filter((name) => others.every((required) => required.has(name)));
  const fields = new Map<string, readonly unknown[]>();
  const own = Object.entries(node.properties ?? {}).map(([name, field]) => [name, [field]] as const);
  for (const [name, said] of [...[...together, ...either].flatMap((part) => [...part.fields]), ...own])
    fields.set(name, [...(fields.get(name) ?? []), ...said]);
  return {
    fields,
    required: new Set([
      ...together.flatMap(({ required }) => [...required]),
      ...inEach,
      ...(node.required ?? []),
    ]),
  };
}

/** Choices that are divided among the parts belong together; otherwise all parts are taken to say the same. */
function asOne([first = { kind: 'other' }, ...others]: readonly FieldShape[]): FieldShape {
  const values = [first, ...others].map((shape) => shape.values ?? []);
  return values.every(({ length }) => length > 0) ? { ...first, values: [...new Set(values.flat())] } : first;
}

function readField(schema: unknown, document: unknown): FieldShape {
  const node = follow(schema, document);
  const [type, ...others] = [node?.type ?? []].flat().filter((name) => name !== 'null');
  const values = (node?.enum ?? (node?.const === undefined ? undefined : [node.const]))?.filter(
    (value) => value !== null,
  );
  if (node && values?.every((value) => typeof value === 'string')) return { kind: 'text', values };
  const kind = others.length === 0 && values === undefined ? (kinds[type ?? ''] ?? 'other') : 'other';
  const [least, most] = node ? boundsOf(kind, node) : [];
  return { kind, ...(least !== undefined && { least }), ...(most !== undefined && { most }) };
}

/** What bounds nothing is no bound: a text of at least one character, a number that JavaScript can hold. */
function boundsOf(kind: FieldShape['kind'], node: Node): [number | undefined, number | undefined] {
  if (kind === 'text') return [(node.minLength ?? 0) > 1 ? node.minLength : undefined, node.maxLength];
  if (kind === 'list') return [node.minItems, node.maxItems];
  if (kind !== 'number' && kind !== 'integer') return [undefined, undefined];
  const bounding = (bound: number | undefined) =>
    bound !== undefined && Math.abs(bound) < Number.MAX_SAFE_INTEGER ? bound : undefined;
  return [bounding(node.minimum), bounding(node.maximum)];
}

/** A schema, or the one in the same document that it refers to. */
function follow(schema: unknown, document: unknown): Node | undefined {
  let node = nodeSchema.safeParse(schema).data;
  for (let hops = 0; node?.$ref !== undefined; hops++) {
    if (hops === mostHops || !node.$ref.startsWith('#/')) return undefined;
    const steps = node.$ref.slice(2).split('/');
    const target = steps.reduce<unknown>(
      (at, step) =>
        typeof at === 'object' && at !== null && Object.hasOwn(at, step)
          ? (at as Record<string, unknown>)[step]
          : undefined,
      document,
    );
    node = nodeSchema.safeParse(target).data;
  }
  return node;
}
