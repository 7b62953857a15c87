import { pictureAt } from './key.ts';
import { derivedField, type Field, type Model, type Way, waysOf } from './request-form.ts';

/** A picture that a request names: a file of the person's, or something that the booth delivered before. */
export interface Named {
  readonly reference: string;
  /** Where it can be seen. */
  readonly preview: string;
}

export type Value = string | boolean | readonly Named[];

/** What the person is about to ask for. Values are as they were typed, by field. */
export interface Draft {
  readonly model: string;
  /** Which of the model's ways of asking. */
  readonly way: number;
  readonly values: Readonly<Record<string, Value>>;
  /** Dollars as they were typed; empty for no limit of their own. */
  readonly maxPrice: string;
  /** A delivered job that asked for exactly the same will do. */
  readonly reuse: boolean;
}

export const emptyDraft = (model: string): Draft => ({
  model,
  way: 0,
  values: {},
  maxPrice: '',
  reuse: false,
});

export const wayOf = (model: Model, { way }: Draft): Way => {
  const ways = waysOf(model);
  return ways[way] ?? ways[0] ?? { label: '', fixed: {}, fields: [] };
};

const isEmpty = (value: Value | undefined): boolean =>
  value === undefined ||
  (typeof value === 'string' ? value.trim() === '' : value !== true && value !== false && value.length === 0);

/** Required fields that the person has not filled in yet. */
export const missingIn = (way: Way, { values }: Draft): readonly Field[] =>
  way.fields.filter(({ name, isRequired }) => isRequired && isEmpty(values[name]));

/**
 * The body of the request.
 * @param seed for a model that takes one, where the person said none: what is random is said too, so that the same can
 *   be asked again
 */
export function bodyOf(way: Way, { values, maxPrice, reuse }: Draft, seed?: number): Record<string, unknown> {
  const body: Record<string, unknown> = { ...way.fixed };
  for (const field of way.fields) {
    const value = values[field.name];
    // With a seed that nobody has asked for before, nothing would be the same.
    if (field.kind === 'seed' && isEmpty(value) && seed !== undefined && !reuse) body[field.name] = seed;
    if (value === undefined || isEmpty(value)) continue;
    body[field.name] = written(field, value);
    if (field.name === 'urls' && Array.isArray(value)) body[derivedField] = value.map(() => 'image');
  }
  if (maxPrice.trim() !== '') body.maxPrice = maxPrice.trim();
  if (reuse) body.reuse = true;
  return body;
}

function written(field: Field, value: Value): unknown {
  if (field.kind === 'media') {
    const references = (value as readonly Named[]).map(({ reference }) => reference);
    return field.isList ? references : references[0];
  }
  if (field.kind === 'number' || field.kind === 'seed') return asNumber(value as string);
  return typeof value === 'string' && field.kind !== 'prompt' ? value.trim() : value;
}

/** What is no number is passed on as it was typed: the booth says what is wrong with it. */
const asNumber = (text: string): number | string => {
  const number = Number(text);
  return Number.isFinite(number) ? number : text;
};

/** A draft that asks for the same as an earlier request did. */
export function draftOf(model: Model, request: Readonly<Record<string, unknown>>): Draft {
  const ways = waysOf(model);
  const fits = ({ fixed, fields }: Way): boolean =>
    Object.entries(fixed).every(([name, value]) => request[name] === value) &&
    fields.every(({ name, isRequired }) => !isRequired || name in request) &&
    Object.keys(request).every(
      (name) => name === derivedField || name in fixed || fields.some((field) => field.name === name),
    );
  const way = Math.max(ways.findIndex(fits), 0);
  const values = Object.fromEntries(
    (ways[way]?.fields ?? []).flatMap((field) => {
      const value = request[field.name];
      return value === undefined ? [] : [[field.name, typed(field, value)]];
    }),
  );
  return { model: model.name, way, values, maxPrice: '', reuse: false };
}

function typed({ kind }: Field, value: unknown): Value {
  if (kind === 'media') return [value].flat().map((reference) => named(String(reference)));
  return typeof value === 'boolean' ? value : String(value);
}

const jobId = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;

/** What a reference names, where it can be seen: of a delivered job here, of the web there; of others nowhere. */
export const named = (reference: string): Named => ({
  reference,
  preview: jobId.test(reference) ? pictureAt(reference) : '',
});

/** For a model that takes a seed. */
export const drawSeed = (): number => (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) >>> 1;
