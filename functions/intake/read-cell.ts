import * as z from 'zod';
import { catalogue } from '../../shared/core/catalogue.ts';
import { controlsSchema } from '../../shared/core/controls.ts';
import { manifestLimits } from '../../shared/core/manifest.ts';
import { parseCallerJson } from '../../shared/protocol/caller-json.ts';

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** What a field may hold, as JSON Schema names it. */
type Kind = 'string' | 'number' | 'integer' | 'boolean' | 'array' | 'object' | 'null';

/**
 * Reads one cell of a table as the model's schema has the field: text as it is, everything else as JSON, and a list of
 * media as references with spaces between. What cannot be read so stays text, and the check will name it.
 * @param model `model/operation`, of the same row
 */
export function readCell(model: string, field: string, cell: string): unknown {
  const kinds = kindsOf(model).get(field);
  if (kinds === undefined) return cell;
  const text = cell.trim();
  if (kinds.has('array') && !text.startsWith('[')) {
    const items = text.split(/\s+/);
    return kinds.has('string') && items.length === 1 ? text : items;
  }
  const isText = kinds.has('string') && !kinds.has('array') && !kinds.has('object');
  return isText ? cell : (fromJson(text) ?? text);
}

/** What a request of the model may say, to the seller and to us. */
export const fieldNames = (model: string): readonly string[] => [...kindsOf(model).keys()];

function fromJson(text: string): unknown {
  const read = parseCallerJson(text, { bytes: manifestLimits.lineBytes, depth: manifestLimits.depth });
  return 'fault' in read ? undefined : read.value;
}

type Fields = ReadonlyMap<string, ReadonlySet<Kind>>;

/** By model; the empty name has the fields that every model takes. */
const known = new Map<string, Fields>();

function kindsOf(model: string): Fields {
  const entry = Object.hasOwn(catalogue, model) ? catalogue[model] : undefined;
  const name = entry ? model : '';
  const there = known.get(name);
  if (there) return there;
  const fields = new Map([...fieldsOf(controlsSchema), ...(entry ? fieldsOf(entry.request) : [])]);
  known.set(name, fields);
  return fields;
}

function fieldsOf(schema: z.ZodType): Map<string, ReadonlySet<Kind>> {
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
  return propertiesOf(json);
}

/** Of a schema that is a choice or a sum of objects too. */
function propertiesOf(schema: JsonSchema): Map<string, ReadonlySet<Kind>> {
  const parts = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])] as JsonSchema[];
  const found = new Map(parts.flatMap((part) => [...propertiesOf(part)]));
  for (const [name, property] of Object.entries(schema.properties ?? {}))
    found.set(name, new Set([...(found.get(name) ?? []), ...kindsIn(property as JsonSchema)]));
  return found;
}

function kindsIn(schema: JsonSchema): Kind[] {
  const { type, anyOf = [], oneOf = [], allOf = [] } = schema;
  const values = schema.enum ?? (schema.const === undefined ? [] : [schema.const]);
  return [
    ...[type ?? []].flat(),
    ...values.map((value) => typeof value as Kind),
    ...([...anyOf, ...oneOf, ...allOf] as JsonSchema[]).flatMap(kindsIn),
  ];
}
