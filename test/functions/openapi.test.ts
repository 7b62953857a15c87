import { createRequire } from 'node:module';
import { Validator } from '@seriousme/openapi-schema-validator';
import { sample } from 'openapi-sampler';
import { beforeAll, describe, expect, test } from 'vitest';
import { openApi } from '../../functions/intake/openapi.ts';
import { modelListSchema } from '../../shared/contracts/http-offers.ts';
import { catalogue, offeringPath } from '../../shared/core/catalogue.ts';
import { openDoor, stranger } from './door.ts';
import { newJob, stages } from './jobs.ts';

/** The document cannot lie: it is valid, lists what is served, and what it promises is sent and answered. */

interface Operation {
  readonly operationId: string;
  readonly requestBody?: { content: Record<string, { schema: Schema }> };
  readonly responses: Record<string, { content?: Record<string, { schema: Schema }> }>;
}
type Schema = Readonly<Record<string, unknown>>;
type Check = ((value: unknown) => boolean) & { errors?: unknown };
type Ajv = { compile(schema: Schema): Check };

const document = JSON.parse(JSON.stringify(openApi())) as {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
};

// The validator's own JSON Schema validator.
const within = createRequire(import.meta.resolve('@seriousme/openapi-schema-validator'));
const { default: Ajv2020 } = within('ajv/dist/2020.js') as { default: new (options: object) => Ajv };
const { default: addFormats } = within('ajv-formats') as { default: (ajv: Ajv) => void };
const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats(ajv);

/** What does not fit a schema of the document; nothing when all does. */
function misfits(schema: Schema, value: unknown): unknown {
  const fits = ajv.compile({ ...schema, components: document.components });
  return fits(value) ? undefined : fits.errors;
}

const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item)
    .filter(([method]) => method !== 'parameters')
    .map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
);
const posts = operations.filter(({ method }) => method === 'POST');
const bodyOf = ({ requestBody }: Operation): Schema => requestBody?.content['application/json']?.schema ?? {};

/** Expects an answer that its operation describes, to the letter. */
async function expectDescribed({ operation }: (typeof operations)[number], response: Response) {
  const described = operation.responses[String(response.status)] ?? operation.responses.default;
  const type = response.headers.get('content-type')?.split(';')[0] ?? '';
  const schema = described?.content?.[type]?.schema;
  if (!schema) throw new Error(`${operation.operationId} does not describe ${response.status} ${type}.`);
  const value: unknown = type.endsWith('json') ? await response.json() : await response.text();
  expect(misfits(schema, value)).toBeUndefined();
  return value;
}

test('is a valid document of OpenAPI 3.1', async () => {
  const validator = new Validator();
  expect(await validator.validate(JSON.parse(JSON.stringify(openApi())))).toEqual({ valid: true });
  expect(validator.version).toBe('3.1');
  const ids = operations.map(({ operation }) => operation.operationId);
  expect(new Set(ids).size).toBe(ids.length);
});

test('lists every route that is served, and no other', () => {
  const served = openDoor()
    .app.routes.filter(({ method, path }) => method !== 'ALL' && path.startsWith('/'))
    .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);
  const listed = operations.map(({ method, path }) => `${method} ${path}`);
  expect(listed.toSorted()).toEqual([...new Set(served)].toSorted());
  for (const name of Object.keys(catalogue)) expect(listed).toContain(`POST ${offeringPath(name)}`);
});

/** Bodies for an operation: the least that it allows, with one optional field each, and with all of them. */
function bodiesFor({ operation }: (typeof operations)[number]): { least: object; others: object[] } {
  const make = (skipNonRequired: boolean) =>
    sample(bodyOf(operation), { skipNonRequired, quiet: true }, document) as Record<string, unknown>;
  const [least, most] = [make(true), make(false)];
  const more = Object.entries(most).filter(([field]) => !Object.hasOwn(least, field));
  return { least, others: [...more.map(([field, value]) => ({ ...least, [field]: value })), most] };
}

describe('a request that fits it is taken, one that does not is refused, and the answer is as it says', () => {
  test.each(posts.map((post) => [post.operation.operationId, post] as const))('%s', async (_id, post) => {
    const { send } = openDoor();
    const { least, others } = bodiesFor(post);
    expect(misfits(bodyOf(post.operation), least)).toBeUndefined();
    for (const body of [least, ...others]) {
      const fits = misfits(bodyOf(post.operation), body) === undefined;
      const response = await send(post.path, body, { 'idempotency-key': JSON.stringify(body).slice(-255) });
      const { status } = response;
      expect([body, await response.clone().text(), status >= 200 && status <= 299]).toEqual([
        body,
        expect.any(String),
        fits,
      ]);
      if (!fits) expect(status).toBe(400);
      await expectDescribed(post, response);
    }
  });
});

describe('what the door refuses, the document does not allow', () => {
  test.each(posts.map((post) => [post.operation.operationId, post] as const))('%s', async (_id, post) => {
    const { send } = openDoor();
    const good = sample(bodyOf(post.operation), { skipNonRequired: true, quiet: true }, document) as object;
    for (const bad of [{}, [], 'text', { ...good, colour: 'red' }]) {
      const response = await send(post.path, bad);
      expect(response.status).toBe(400);
      await expectDescribed(post, response);
      expect(misfits(bodyOf(post.operation), bad)).toBeDefined();
    }
    await expectDescribed(post, await send(post.path, good, { 'content-type': 'text/plain' }));
    await expectDescribed(post, await send(post.path, { ...good, prompt: 'x'.repeat(70_000) }));
  });
});

describe('answers about jobs are as it says', () => {
  const at = (path: string, method: string) => {
    const found = operations.find((operation) => operation.path === path && operation.method === method);
    if (!found) throw new Error(`${method} ${path} is not described.`);
    return found;
  };
  const one = '/api/jobs/{jobId}';

  test.each(Object.entries(stages()))('%s', async (_name, job) => {
    const { booth, ask } = openDoor();
    booth.ledger.put(job);
    await expectDescribed(at(one, 'GET'), await ask(`/api/jobs/${job.jobId}`));
    await expectDescribed(at('/api/jobs', 'GET'), await ask('/api/jobs'));
    await expectDescribed(at(one, 'DELETE'), await ask(`/api/jobs/${job.jobId}`, { method: 'DELETE' }));
    await expectDescribed(at(one, 'GET'), await ask(`/api/jobs/${job.jobId}`, {}, stranger));
  });

  test('and about wrong queries, lost ledgers and what is not there', async () => {
    const { booth, ask } = openDoor();
    await expectDescribed(at('/api/jobs', 'GET'), await ask('/api/jobs?limit=0'));
    await expectDescribed(at(one, 'DELETE'), await ask(`/api/jobs/${newJob().jobId}`, { method: 'DELETE' }));
    booth.ledger.failNext('list', 'throw-before');
    await expectDescribed(at('/api/jobs', 'GET'), await ask('/api/jobs'));
  });
});

describe('what describes the door', () => {
  test.each(['/api/openapi.json', '/openapi.json'])('the document is at %s', async (path) => {
    const response = await openDoor().ask(path);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/json']);
    expect(await response.json()).toEqual(document);
    const head = await openDoor().ask(path, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  test('every model is listed, with a schema of its body that is complete in itself', async () => {
    const response = await openDoor().ask('/api/models');
    const { models } = modelListSchema.parse(await response.json());
    expect(models.map(({ name }) => name)).toEqual(Object.keys(catalogue));
    for (const { name, path, request, loose, media } of models) {
      expect(path).toBe(offeringPath(name));
      const body = sample(request, { skipNonRequired: true, quiet: true }, request) as object;
      expect(ajv.compile(request)(body)).toBe(true);
      expect(ajv.compile(request)({ ...body, colour: 'red' })).toBe(false);
      for (const field of [...media, ...loose]) expect(JSON.stringify(request)).toContain(`"${field}":`);
    }
    expect(models[0]).toMatchObject({
      name: 'flux-2-pro/generate',
      returns: 'picture',
      ceiling: { lowestUsd: '$0.02', highestUsd: '$0.04' },
      typicalSeconds: 5,
    });
  });

  test('a ceiling of the settings stands in the place of the catalogue’s', async () => {
    const { intake } = openDoor();
    const ceilingsAtomic = { 'flux-2-pro/generate': '25000' };
    const { ask } = openDoor({ policy: { ...intake.policy, ceilingsAtomic } });
    const { models } = modelListSchema.parse(await (await ask('/api/models')).json());
    expect(models[0]?.ceiling).toEqual({ lowestUsd: '$0.025', highestUsd: '$0.025' });
  });

  test('the guide is text, and names every way in', async () => {
    const response = await openDoor().ask('/llms.txt');
    expect([response.status, response.headers.get('content-type')]).toEqual([
      200,
      'text/plain; charset=utf-8',
    ]);
    const guide = await response.text();
    for (const way of ['/api/models', '/api/quote', '/api/upload', 'Idempotency-Key', 'Prefer: wait'])
      expect(guide).toContain(way);
  });
});

beforeAll(() => {
  expect(posts.length).toBe(Object.keys(catalogue).length + 2);
});
