import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { catalogue, offeringPath } from '../../shared/core/catalogue.ts';
import { compareWithSeller, type Difference } from '../../shared/core/drift.ts';

type Json = Record<string, unknown>;
/** A document that can be changed at any place. */
interface Document extends Json {
  openapi: string;
  paths: Record<string, { post: { 'x-payment-info': { price: Json }; requestBody: Json } & Json }>;
}

const usd = (atomic: bigint): string => String(Number(atomic) / 1_000_000);

/** What a seller would say that sells exactly what we know. */
function describeOurselves(): Document {
  const entries = Object.entries(catalogue).map(
    ([
      name,
      {
        request,
        ceilingRangeAtomic: [min, max],
      },
    ]) => [
      offeringPath(name),
      operation(z.toJSONSchema(request, { io: 'input' }), { mode: 'dynamic', min: usd(min), max: usd(max) }),
    ],
  );
  const upload = operation({ type: 'object' }, { mode: 'fixed', amount: '0.01' });
  return {
    openapi: '3.1.0',
    paths: {
      ...Object.fromEntries(entries),
      '/api/upload': upload,
      '/api/upload/confirm': { post: { security: [{ siwx: [] }] } },
      '/api/jobs': { get: {} },
    },
  } as Document;
}

const operation = (schema: unknown, price: unknown) => ({
  post: {
    'x-payment-info': { price, protocols: [{ x402: {} }] },
    requestBody: { required: true, content: { 'application/json': { schema } } },
  },
});

const flux = '/api/generate/flux-2-pro/generate';
const postAt = (document: Document, path: string) => {
  const found = document.paths[path];
  if (found === undefined) throw new Error(`There is no ${path}`);
  return found.post;
};
const schemaAt = (document: Document, path: string) =>
  (postAt(document, path).requestBody as { content: { 'application/json': { schema: Json } } }).content[
    'application/json'
  ];
const fieldsAt = (document: Document, path: string) =>
  schemaAt(document, path).schema.properties as Record<string, Json>;

/** The differences after a change. */
function after(change: (document: Document) => void): readonly Difference[] {
  const document = structuredClone(describeOurselves());
  change(document);
  const compared = compareWithSeller(document);
  if ('unreadable' in compared) throw new Error(compared.unreadable);
  return compared;
}

test('a seller that says what we say differs in nothing', () => {
  expect(after(() => {})).toEqual([]);
});

describe('each change is told', () => {
  const at = { operation: 'flux-2-pro/generate' };
  const ofField = (field: string, change: (shape: Json) => Json) => (document: Document) => {
    const fields = fieldsAt(document, flux);
    fields[field] = change(fields[field] ?? {});
  };

  test.each<[string, (document: Document) => void, Difference[]]>([
    [
      'an operation is gone, others are new',
      ({ paths }) => {
        Object.assign(paths, { '/api/generate/flux-3/generate': paths[flux], '/api/speak': paths[flux] });
        delete paths[flux];
      },
      [
        { what: 'operation', ...at, onlyIn: 'ours' },
        { what: 'operation', operation: 'flux-3/generate', onlyIn: 'theirs' },
        { what: 'operation', operation: '/api/speak', onlyIn: 'theirs' },
      ],
    ],
    [
      'a field is gone',
      (document) => delete fieldsAt(document, flux).seed,
      [{ what: 'field', ...at, field: 'seed', onlyIn: 'ours' }],
    ],
    [
      'a field is new',
      (document) => Object.assign(fieldsAt(document, flux), { steps: { type: 'integer' } }),
      [{ what: 'field', ...at, field: 'steps', onlyIn: 'theirs' }],
    ],
    [
      'a field must be there now, another no longer',
      (document) => Object.assign(schemaAt(document, flux).schema, { required: ['resolution'] }),
      [
        { what: 'required', ...at, field: 'prompt', onlyIn: 'ours' },
        { what: 'required', ...at, field: 'resolution', onlyIn: 'theirs' },
      ],
    ],
    [
      'a choice is gone, another is new',
      ofField('resolution', () => ({ type: 'string', enum: ['1 MP', '2 MP', '4 MP'] })),
      [{ what: 'values', ...at, field: 'resolution', ours: ['0.5 MP'], theirs: ['4 MP'] }],
    ],
    [
      'a number has other bounds',
      ofField('output_quality', () => ({ type: 'integer', minimum: 1, exclusiveMaximum: 101 })),
      [
        { what: 'least', ...at, field: 'output_quality', ours: 0, theirs: 1 },
        { what: 'most', ...at, field: 'output_quality', ours: 100, theirs: undefined },
      ],
    ],
    [
      'a text may be longer',
      ofField('prompt', (shape) => ({ ...shape, maxLength: 32_000 })),
      [{ what: 'most', ...at, field: 'prompt', ours: 10_000, theirs: 32_000 }],
    ],
    [
      'a number has become a text',
      ofField('output_quality', () => ({ type: 'string' })),
      [{ what: 'kind', ...at, field: 'output_quality', ours: 'integer', theirs: 'text' }],
    ],
    [
      'an edit takes more pictures',
      (document) =>
        Object.assign(fieldsAt(document, '/api/generate/flux-2-pro/edit').images ?? {}, { maxItems: 10 }),
      [{ what: 'most', operation: 'flux-2-pro/edit', field: 'images', ours: 8, theirs: 10 }],
    ],
    [
      'the dearest costs more',
      (document) => Object.assign(postAt(document, flux)['x-payment-info'].price, { max: '0.06' }),
      [{ what: 'price', ...at, ours: ['20000', '40000'], theirs: ['20000', '60000'] }],
    ],
    [
      'the dearest costs less: the ceiling is higher than it need be',
      (document) => Object.assign(postAt(document, flux)['x-payment-info'].price, { max: 0.03 }),
      [{ what: 'price', ...at, ours: ['20000', '40000'], theirs: ['20000', '30000'] }],
    ],
    [
      'the cheapest costs more than we would pay',
      (document) => Object.assign(postAt(document, flux)['x-payment-info'].price, { min: '$0.025' }),
      [{ what: 'price', ...at, ours: ['20000', '40000'], theirs: ['25000', '40000'] }],
    ],
    [
      'uploads cost more',
      (document) =>
        Object.assign(postAt(document, '/api/upload')['x-payment-info'].price, { amount: '0.02' }),
      [{ what: 'price', operation: 'upload', ours: ['10000', '10000'], theirs: ['20000', '20000'] }],
    ],
    [
      'price and request are written in another way',
      (document) => {
        postAt(document, flux)['x-payment-info'] = { price: { usd: 'two cents' } };
        postAt(document, flux).requestBody = { content: { 'text/plain': {} } };
      },
      [
        { what: 'unreadable', ...at, part: 'price' },
        { what: 'unreadable', ...at, part: 'request' },
      ],
    ],
  ])('%s', (_, change, differences) => {
    expect(after(change)).toEqual(differences);
  });
});

describe('what is the same is no difference, however it is written', () => {
  test.each<[string, (document: Document) => void]>([
    [
      'a schema kept elsewhere in the document',
      (document) => {
        document.components = { schemas: { Flux: schemaAt(document, flux).schema } };
        schemaAt(document, flux).schema = { $ref: '#/components/schemas/Flux' };
      },
    ],
    [
      'a schema in parts',
      (document) => {
        const { prompt, ...others } = fieldsAt(document, flux);
        schemaAt(document, flux).schema = {
          allOf: [
            { type: 'object', properties: { prompt }, required: ['prompt'] },
            { type: 'object', properties: others },
          ],
        };
      },
    ],
    [
      'ways of asking that both need the prompt',
      (document) => {
        const properties = fieldsAt(document, flux);
        const { seed, ...others } = properties;
        schemaAt(document, flux).schema = {
          oneOf: [
            { type: 'object', properties: others, required: ['prompt'] },
            { type: 'object', properties, required: ['prompt', 'seed'] },
          ],
        };
      },
    ],
    [
      'values that may be null, lengths that every text has',
      (document) => {
        const fields = fieldsAt(document, flux);
        fields.resolution = { enum: ['2 MP', '1 MP', '0.5 MP', null], default: '1 MP' };
        fields.seed = { type: ['integer', 'null'] };
        fields.prompt = { type: 'string', maxLength: 10_000, minLength: 0 };
      },
    ],
    [
      'a price with a currency sign',
      (document) => Object.assign(postAt(document, flux)['x-payment-info'].price, { max: '$0.040' }),
    ],
    [
      'the form of a field that is not published',
      (document) =>
        Object.assign(fieldsAt(document, '/api/generate/wan-2.6/t2v').seed ?? {}, {
          anyOf: [],
          type: 'integer',
        }),
    ],
  ])('%s', (_, change) => {
    expect(after(change)).toEqual([]);
  });
});

describe('what a stranger may serve is read within bounds', () => {
  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['a list', []],
    ['words', '<!doctype html>'],
    ['another standard', { swagger: '2.0', paths: {} }],
    ['no paths', { openapi: '3.1.0' }],
    ['a path with a control character', { openapi: '3.1.0', paths: { '/api/\u001b[2J': {} } }],
    [
      'thousands of paths',
      { openapi: '3.1.0', paths: Object.fromEntries(Array.from({ length: 501 }, (_, n) => [`/${n}`, {}])) },
    ],
  ])('%s is no description', (_, document) => {
    expect(compareWithSeller(document)).toEqual({ unreadable: expect.any(String) });
  });

  test.each<[string, unknown]>([
    ['refers to itself', { $ref: '#/loop' }],
    ['refers to nowhere', { $ref: '#/components/schemas/None' }],
    ['refers to another machine', { $ref: 'https://elsewhere.example.com/schema.json' }],
    ['is made of itself, many times over', { $ref: '#/bush' }],
    ['reaches for a prototype', { $ref: '#/constructor/prototype' }],
    ['has no field', { type: 'object' }],
    ['names a field with a control character', { properties: { '\u001b[2J': { type: 'string' } } }],
  ])('a schema that %s is unreadable, and the rest is read', (_, schema) => {
    const differences = after((document) => {
      const itself = { $ref: '#/bush' };
      Object.assign(document, {
        loop: { $ref: '#/loop' },
        bush: { anyOf: Array.from({ length: 20 }, () => itself) },
      });
      Object.assign(schemaAt(document, flux), { schema });
    });
    expect(differences).toEqual([{ what: 'unreadable', operation: 'flux-2-pro/generate', part: 'request' }]);
  });
});
