import { describe, expect, test } from 'vitest';
import {
  balancesSchema,
  boothSchema,
  jobDetailsSchema,
  moneySchema,
  resumedSchema,
} from '../../../infra/console/answers.ts';
import { problemSchema } from '../../../shared/contracts/http.ts';
import { stages } from '../../functions/jobs.ts';
import { openConsole } from './console-deployment.ts';

/** What the console's server passes on, and what it tells beside. */

const jobId = '0471baad-1491-4c32-9ad5-ea4dfe446e84';

describe('the booth’s API', () => {
  test('is asked under the person’s own name, with what belongs to it and nothing that belongs here', async () => {
    const { say, asked } = openConsole(() =>
      Response.json({ jobId }, { status: 202, headers: { location: '/api/jobs/1', 'x-secret': 'no' } }),
    );
    const answer = await say('/api/generate/flux-2-pro/generate?a=b', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'idempotency-key': 'one',
        cookie: 'coinbooth-4460=key',
        origin: 'http://127.0.0.1:4460',
      },
      body: '{"prompt":"a kite"}',
    });
    expect([answer.status, await answer.json()]).toEqual([202, { jobId }]);
    expect(answer.headers.get('location')).toBe('/api/jobs/1');
    expect(answer.headers.get('x-secret')).toBeNull();
    const [request] = asked;
    expect(request?.url).toBe('https://api.test/api/generate/flux-2-pro/generate?a=b');
    expect(Object.fromEntries(request?.headers ?? [])).toEqual({
      authorization: 'AWS4-HMAC-SHA256 signed',
      'content-type': 'application/json',
      'idempotency-key': 'one',
    });
    expect(await request?.text()).toBe('{"prompt":"a kite"}');
  });

  test('that refuses is passed on as it is', async () => {
    const { say } = openConsole(() => Response.json({ detail: 'no' }, { status: 422 }));
    expect((await say('/api/quote', { method: 'POST', body: '{}' })).status).toBe(422);
  });

  test('that does not answer is told as a problem', async () => {
    const { say } = openConsole(() => Promise.reject(new TypeError('fetch failed')));
    const answer = await say('/api/jobs');
    expect([answer.status, answer.headers.get('content-type')]).toEqual([502, 'application/problem+json']);
    expect(await answer.json()).toMatchObject({ detail: expect.stringContaining('Nobody answers') });
  });
});

describe('what an operator sees', () => {
  test('the booth, its money and its wallet', async () => {
    const { say } = openConsole();
    const booth = boothSchema.parse(await (await say('/operator/booth')).json());
    expect(booth).toMatchObject({ name: 'Booth', isLocal: false, apiOrigin: 'https://api.test' });
    const money = moneySchema.parse(await (await say('/operator/money')).json());
    expect(money.today.find(({ scope }) => scope === 'total')).toEqual({
      scope: 'total',
      limit: 25_000_000,
      held: 30_000,
      committed: 40_000,
    });
    expect(money.purchases.byModel).toEqual({ 'flux-2-pro/generate': { held: 30_000, committed: 0 } });
    expect(balancesSchema.parse(await (await say('/operator/balances')).json())).toMatchObject({
      balances: [{ network: 'eip155:8453', name: 'USD Coin', unknown: expect.stringContaining('no nodes') }],
    });
  });

  test('of jobs, what was asked and when they came how far', async () => {
    const { say, put } = openConsole();
    const { delivered, undelivered } = stages();
    put(delivered);
    const path = `/operator/jobs?ids=${delivered.jobId},${jobId}`;
    const { jobs } = jobDetailsSchema.parse(await (await say(path)).json());
    expect(jobs).toHaveLength(1);
    expect(jobs[0]).toMatchObject({ status: 'delivered', request: { prompt: expect.any(String) } });
    expect(jobs[0]?.times.ended).toBeGreaterThanOrEqual(jobs[0]?.times.accepted ?? Infinity);
    put(undelivered);
    const failed = await say(`/operator/jobs?ids=${undelivered.jobId}`);
    expect(jobDetailsSchema.parse(await failed.json()).jobs[0]?.hasClaim).toBe(true);
  });

  test.each([
    ['no id', ''],
    ['what is none', `${jobId},x`],
    ['more than a hundred', Array.from({ length: 101 }, () => jobId).join(',')],
  ])('%s is refused', async (_, ids) => {
    const { say } = openConsole();
    expect((await say(`/operator/jobs?ids=${ids}`)).status).toBe(400);
  });
});

describe('the switch', () => {
  const post = (reason: unknown) => ({ method: 'POST', body: JSON.stringify({ reason }) });

  test('stops with a reason, and says who did', async () => {
    const { say, signing } = openConsole();
    expect((await say('/operator/stop', post('the prices look odd'))).status).toBe(200);
    expect(signing()).toMatchObject({
      enabled: false,
      reason: 'the prices look odd',
      by: expect.any(String),
    });
  });

  test.each([
    ['empty', ''],
    ['blank', '   '],
    ['endless', 'x'.repeat(501)],
    ['missing', undefined],
    ['a number', 7],
  ])('takes no reason that is %s', async (_, reason) => {
    const { say, signing } = openConsole();
    expect((await say('/operator/stop', post(reason))).status).toBe(400);
    expect((await say('/operator/resume', post(reason))).status).toBe(400);
    expect((await say('/operator/stop', { method: 'POST', body: 'no JSON' })).status).toBe(400);
    expect(signing()).toBeUndefined();
  });

  test('does not resume what is not ready', async () => {
    const { say, signing } = openConsole();
    const answer = await say('/operator/resume', post('all is well'));
    const { resumed, findings } = resumedSchema.parse(await answer.json());
    expect([resumed, signing()]).toEqual([false, undefined]);
    expect(findings.some(({ isReady }) => !isReady)).toBe(true);
  });
});

describe('the switch of one of them', () => {
  const post = (body: object) => ({ method: 'POST', body: JSON.stringify(body) });
  const payee = `payee:0x${'BB'.repeat(20)}`;

  test.each([payee, 'model:flux-2-pro/generate', 'caller:AIDAEXAMPLE'])(
    'stops and resumes %s',
    async (scope) => {
      const { say, stopped } = openConsole();
      expect((await say('/operator/switch', post({ scope, enabled: false, reason: 'a drill' }))).status).toBe(
        200,
      );
      const kept = scope === payee ? payee.toLowerCase() : scope;
      expect(stopped()).toEqual([kept]);
      const shown = moneySchema.parse(await (await say('/operator/money')).json());
      expect(shown.stopped).toMatchObject([{ scope: kept, reason: 'a drill', enabled: false }]);
      expect((await say('/operator/switch', post({ scope, enabled: true, reason: 'over' }))).status).toBe(
        200,
      );
      expect(stopped()).toEqual([]);
    },
  );

  test.each([
    ['a model that is none', { scope: 'model:flux-2-pro' }, 'it is one of flux-2-pro/generate'],
    ['a payee of somebody else', { scope: `payee:0x${'cc'.repeat(20)}` }, 'pays nobody at'],
    ['no address', { scope: 'payee:0xbb' }, 'is no address'],
    ['a kind that is none', { scope: 'colour:red' }, 'must be a caller, model or payee'],
    ['no reason', { reason: ' ' }, 'Say what to stop'],
    ['no answer', { enabled: 'no' }, 'Say what to stop'],
  ])('stops nothing for %s, and says why', async (_, change, words) => {
    const { say, stopped } = openConsole();
    const body = { scope: 'caller:AIDAEXAMPLE', enabled: false, reason: 'a drill', ...change };
    const answer = await say('/operator/switch', post(body));
    expect([answer.status, stopped()]).toEqual([400, []]);
    expect(problemSchema.parse(await answer.json()).detail).toContain(words);
  });
});

test('what is not there is told as a whole problem', async () => {
  const { ask } = openConsole();
  const answer = await ask('/no-such.js');
  expect([answer.status, problemSchema.parse(await answer.json())]).toMatchObject([404, { status: 404 }]);
});

test.each([
  ['web page', 'text/html', 'x', 415],
  ['drawing', 'image/svg+xml', '<svg/>', 415],
  ['nothing', 'image/png', '', 400],
  ['more than fits', 'image/png', 'x'.repeat(20 * 1024 * 1024 + 1), 413],
])('as a file, %s is refused', async (_, type, body, status) => {
  const { say, asked } = openConsole();
  const answer = await say('/files', { method: 'POST', headers: { 'content-type': type }, body });
  expect([answer.status, asked]).toEqual([status, []]);
});

test('what is no job’s file is not shown', async () => {
  const { ask } = openConsole(() => Response.json({ status: 'pending' }));
  expect((await ask(`/pictures/${jobId}`)).status).toBe(404);
  expect((await ask('/pictures/..%2Fapi%2Fjobs')).status).toBe(404);
});
