import {
  controlsDescription,
  fieldsOf,
  type JsonSchema,
  referenceDescription,
} from '../../functions/intake/body-schemas.ts';
import { catalogue } from '../../shared/core/catalogue.ts';

/** What is read of a schema here, beside its fields. */
interface Form {
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly type?: string;
  readonly items?: JsonSchema;
  readonly description?: string;
}

/** The catalogue's requests as TypeScript, unformatted: the text of `requests.ts`, which a test holds to it. */
export function describeRequests(): string {
  const entries = Object.entries(catalogue).map(
    ([name, entry]) =>
      `/** ${entry.title}. */\n'${name}': ${typeOf(fieldsOf(entry, referenceDescription))};\n`,
  );
  return `/**
 * Made from the catalogue by \`npm run client-types\`: what may be asked of each entry, in the seller's own field names.
 * Bounds that a type cannot say are in the JSON Schema of \`models()\`; the API checks them.
 */
export interface Requests {
${entries.join('')}}

/** What the booth is told beside the seller's own fields. */
export interface Controls ${typeOf(controlsDescription())}
`;
}

function typeOf(schema: JsonSchema): string {
  const form = schema as Form;
  const either = form.anyOf ?? form.oneOf;
  if (either) return union(either.map(typeOf));
  if (form.const !== undefined) return literal(form.const);
  if (form.enum) return union(form.enum.map(literal));
  if (form.type === 'object' || schema.properties) return objectType(schema);
  if (form.type === 'array' && form.items) return `readonly ${typeOf(form.items)}[]`;
  return form.type === 'integer' ? 'number' : (form.type ?? 'unknown');
}

const literal = (value: unknown): string =>
  typeof value === 'string' ? `'${value}'` : JSON.stringify(value);
const union = (parts: readonly string[]): string => [...new Set(parts)].join(' | ');

function objectType({ properties = {}, required = [] }: JsonSchema): string {
  const fields = Object.entries(properties).flatMap(([name, field]) => {
    if (typeof field === 'boolean') return [];
    const { description } = field as Form;
    // What is said of every reference is said once, in the guide.
    const words = description === undefined || description === referenceDescription.description;
    const comment = words ? '' : `/** ${description} */\n`;
    return [`${comment}readonly ${name}${required.includes(name) ? '' : '?'}: ${typeOf(field)};\n`];
  });
  return `{\n${fields.join('')}}`;
}
