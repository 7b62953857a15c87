import { describe, expect, test } from 'vitest';
import { describeModels } from '../../../functions/intake/describe.ts';
import { curlOf } from '../../../infra/console/page/curl.ts';
import { bodyOf, draftOf, emptyDraft, missingIn, named } from '../../../infra/console/page/draft.ts';
import { explain } from '../../../infra/console/page/explain.ts';
import { type Field, waysOf } from '../../../infra/console/page/request-form.ts';
import { stagesOf } from '../../../infra/console/page/stages.ts';
import { jobAnswerSchema } from '../../../shared/contracts/http.ts';
import { catalogue } from '../../../shared/core/catalogue.ts';

/** What the page makes of what the booth says: forms of its schemas, requests of what was typed, words of its answers. */

const { models } = describeModels({
  origin: 'https://seller.test',
  pictureOrigins: [],
  payees: [],
  assets: [],
  ceilingsAtomic: {},
});
const picture = '0471baad-1491-4c32-9ad5-ea4dfe446e84';

const filled = (field: Field) => {
  switch (field.kind) {
    case 'media':
      return [named(picture)];
    case 'choice':
      return field.values.at(-1) ?? '';
    case 'number':
      return String(field.least ?? 1);
    case 'switch':
      return true;
    case 'seed':
      return '7';
    default:
      return 'a kite';
  }
};

describe.each(models.map((model) => [model.name, model] as const))('%s', (name, model) => {
  test.each(waysOf(model).map((way, index) => [way.label, way, index] as const))(
    'asked by "%s", with every field and with the needed ones alone, fits what the booth takes',
    (_, way, index) => {
      const draft = { ...emptyDraft(name), way: index };
      expect(missingIn(way, draft).length).toBeGreaterThan(0);
      for (const fields of [way.fields, way.fields.filter(({ isRequired }) => isRequired)]) {
        const values = Object.fromEntries(fields.map((field) => [field.name, filled(field)]));
        expect(missingIn(way, { ...draft, values })).toEqual([]);
        const body = bodyOf(way, { ...draft, values });
        expect(catalogue[name]?.request.safeParse(body).error).toBeUndefined();
        const again = draftOf(model, body);
        expect(bodyOf(waysOf(model)[again.way] ?? way, again)).toEqual(body);
      }
    },
  );
});

test('what is random is said, and what the person says is not changed', () => {
  const flux = models.find(({ name }) => name === 'flux-2-pro/generate');
  const [way] = flux ? waysOf(flux) : [];
  if (!way) throw new Error('There is no Flux.');
  const draft = { ...emptyDraft('flux-2-pro/generate'), values: { prompt: ' a kite ', resolution: '' } };
  expect(bodyOf(way, draft, 7)).toEqual({ prompt: ' a kite ', seed: 7 });
  const said = { ...draft, values: { prompt: 'a kite', seed: '0' }, maxPrice: ' 0.05 ' };
  expect(bodyOf(way, said, 7)).toEqual({ prompt: 'a kite', seed: 0, maxPrice: '0.05' });
});

test('a command for the shell holds whatever the prompt holds', () => {
  const local = { apiOrigin: 'http://127.0.0.1:4402', isLocal: true };
  const command = curlOf(local, 'flux-2-pro/generate', { prompt: "it's $(rm -rf ~)" });
  expect(command).toContain(`-d '{"prompt":"it'\\''s $(rm -rf ~)"}'`);
  expect(command).not.toContain('sigv4');
  const api = 'https://a1.execute-api.eu-west-1.amazonaws.com';
  const signed = curlOf({ apiOrigin: api, isLocal: false }, 'flux-2-pro/generate', {});
  expect(signed).toContain('aws:amz:eu-west-1:execute-api');
});

const failed = (more: object) => {
  const job = jobAnswerSchema.parse({
    type: 'flux-2-pro-generate',
    model: 'flux-2-pro/generate',
    acceptedAt: '2026-11-25T00:00:00.000Z',
    jobId: picture,
    success: false,
    money: 'none',
    status: 'failed',
    outcome: 'refused',
    reason: { name: 'PaymentRefused', message: 'Too dear.' },
    retryCanHelp: false,
    ...more,
  });
  if (job.status !== 'failed') throw new Error('It did not fail.');
  return job;
};

test.each([
  [{}, /Nothing was spent/, /refused again/, true],
  [{ money: 'open', outcome: 'unresolved' }, /cannot be taken twice/, /Do not ask again/, false],
  [{ money: 'spent', outcome: 'undelivered' }, /was paid/, /buys another one/, false],
  [{ retryCanHelp: true, reason: { name: 'SellerUnavailable', message: '' } }, /Nothing/, /can help/, true],
])('a failure with %j says where the money is and whether to ask again', (more, money, again, isHarmless) => {
  const explained = explain(failed(more));
  expect(explained.money).toMatch(money);
  expect(explained.again).toMatch(again);
  expect(explained.isHarmless).toBe(isHarmless);
});

test('a job that failed after it was paid shows how far it came', () => {
  const states = (more: object, times: object = {}) =>
    stagesOf(failed(more), {
      jobId: picture,
      status: 'undelivered',
      request: {},
      times: { accepted: 1, ...times },
      hasClaim: false,
    }).map(({ state }) => state);
  expect(states({})).toEqual(['done', 'failed', 'ahead', 'ahead']);
  expect(states({ money: 'spent' }, { submitted: 2 })).toEqual(['done', 'done', 'failed', 'ahead']);
  expect(states({ money: 'spent' }, { submitted: 2, rendered: 3 })).toEqual([
    'done',
    'done',
    'done',
    'failed',
  ]);
});
