import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { intakeApp } from '../../functions/intake/app.ts';
import { callerOf } from '../../functions/intake/caller.ts';
import { submit } from '../../functions/intake/submit.ts';
import { acceptedSchema, jobAnswerSchema, problemSchema } from '../../shared/contracts/http.ts';
import { openBooth } from './booth.ts';
import { at, caller, happened, jobAfter, newJob, stages } from './jobs.ts';

const path = '/api/generate/flux-2-pro/generate';

function openDoor() {
  const booth = openBooth();
  const warnings: string[] = [];
  const intake = {
    ...booth.process().ports,
    newId: randomUUID,
    warn: (message: string) => void warnings.push(message),
  };
  const app = intakeApp(intake, booth.ports.pictures);
  const ask = (at: string, init: RequestInit = {}, who = caller) => app.request(at, init, { caller: who });
  const post = (body: string, headers: Record<string, string> = { 'content-type': 'application/json' }) =>
    ask(path, { method: 'POST', headers, body });
  return { booth, intake, warnings, ask, post };
}

/** The problem document of an answer, and the fields that it names. */
async function problemOf(response: Response) {
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  const problem = problemSchema.parse(await response.json());
  expect(problem.status).toBe(response.status);
  return { ...problem, fields: (problem.errors ?? []).map(({ field }) => field).toSorted() };
}

describe('a request', () => {
  test('is taken: written, queued under its caller, answered as the seller would', async () => {
    const { booth, post } = openDoor();
    const response = await post('{"prompt":"a kite","seed":7}');
    const accepted = acceptedSchema.parse(await response.json());
    expect([response.status, accepted.type]).toEqual([202, 'flux-2-pro-generate']);
    expect(response.headers.get('location')).toBe(`/api/jobs/${accepted.jobId}`);
    expect(await booth.read(accepted.jobId)).toMatchObject({
      status: 'accepted',
      caller,
      offering: 'flux-2-pro/generate',
      body: '{"prompt":"a kite","seed":7}',
      deadlineAt: at(1800),
      dueAt: at(60),
    });
    expect(booth.queued).toEqual([{ jobId: accepted.jobId, caller }]);
  });

  test.each([
    [
      'every field',
      {
        aspect_ratio: '3:4',
        resolution: '0.5 MP',
        output_format: 'png',
        output_quality: 0,
        safety_tolerance: 5,
        prompt_upsampling: true,
        seed: 0,
      },
    ],
    ['a prompt of 10,000 characters', { prompt: 'x'.repeat(10_000) }],
    ['a prompt of 10,000 characters that JSON escapes', { prompt: '\u0001'.repeat(10_000) }],
    ['a prompt of one character', { prompt: '雪' }],
  ])('is taken with %s', async (_name, change) => {
    const { booth, post } = openDoor();
    const body = { prompt: 'a kite', ...change };
    const { jobId } = acceptedSchema.parse(await (await post(JSON.stringify(body))).json());
    expect(JSON.parse((await booth.read(jobId)).body)).toEqual(body);
  });

  test('is taken with a charset in its content type', async () => {
    const { post } = openDoor();
    expect((await post('{"prompt":"a"}', { 'content-type': 'Application/JSON; charset=utf-8' })).status).toBe(
      202,
    );
  });

  test('is taken while the queue is down: the sweeper will find it', async () => {
    const { booth, warnings, post } = openDoor();
    booth.ports.queue.send = async () => {
      throw new Error('the queue is down');
    };
    const { jobId } = acceptedSchema.parse(await (await post('{"prompt":"a kite"}')).json());
    expect((await booth.read(jobId)).dueAt).toBe(at(60));
    expect(warnings).toHaveLength(1);
  });

  test('that could not be written is a problem of ours, and is not queued', async () => {
    const { booth, post } = openDoor();
    booth.ledger.failNext('accept', 'throw-before');
    const response = await post('{"prompt":"a kite"}');
    expect(response.status).toBe(500);
    const problem = await problemOf(response);
    expect(problem.type).toContain('Defect');
    expect(JSON.stringify(problem)).not.toContain('failed before it took effect');
    expect(booth.queued).toEqual([]);
  });
});

describe('bad input is refused by name, and nothing is written or queued', () => {
  const prompt = 'a kite';
  const wrong: [string, unknown, string[]][] = [
    ['an empty prompt', { prompt: '' }, ['prompt']],
    ['no prompt', {}, ['prompt']],
    ['a prompt of 10,001 characters', { prompt: 'x'.repeat(10_001) }, ['prompt']],
    ['a prompt that is a number', { prompt: 7 }, ['prompt']],
    ['an unknown field', { prompt, style: 'oil' }, ['style']],
    ['many unknown fields', { prompt, style: 'oil', payTo: '0x1', price: 0 }, ['payTo', 'price', 'style']],
    ['a caller of its own', { prompt, caller: 'AIDAANOTHER' }, ['caller']],
    ['a wrong aspect ratio', { prompt, aspect_ratio: '2:1' }, ['aspect_ratio']],
    ['a wrong resolution', { prompt, resolution: '4 MP' }, ['resolution']],
    ['a resolution of a prototype', { prompt, resolution: 'toString' }, ['resolution']],
    ['a wrong format', { prompt, output_format: 'gif' }, ['output_format']],
    ['a quality of 101', { prompt, output_quality: 101 }, ['output_quality']],
    ['a quality of -1', { prompt, output_quality: -1 }, ['output_quality']],
    ['a quality of 1.5', { prompt, output_quality: 1.5 }, ['output_quality']],
    ['a tolerance of 0', { prompt, safety_tolerance: 0 }, ['safety_tolerance']],
    ['a tolerance of 6', { prompt, safety_tolerance: 6 }, ['safety_tolerance']],
    ['a word for a flag', { prompt, prompt_upsampling: 'yes' }, ['prompt_upsampling']],
    ['a seed beyond whole numbers', { prompt, seed: 2 ** 60 }, ['seed']],
    ['null for a field', { prompt, seed: null }, ['seed']],
    [
      'all at once',
      { prompt: '', seed: 'x', output_format: 'bmp', a: 1 },
      ['a', 'output_format', 'prompt', 'seed'],
    ],
    ['a list', [{ prompt }], ['body']],
    ['text', 'a kite', ['body']],
    ['null', null, ['body']],
  ];
  test.each(wrong)('%s', async (_name, body, fields) => {
    const { booth, post } = openDoor();
    const response = await post(JSON.stringify(body));
    expect(response.status).toBe(400);
    expect((await problemOf(response)).fields).toEqual(fields);
    expect([booth.ledger.jobs(), booth.queued]).toEqual([[], []]);
  });

  test('a field that would reach for the prototype', async () => {
    const { booth, post } = openDoor();
    const response = await post('{"prompt":"a kite","__proto__":{"caller":"x"},"constructor":1}');
    expect(response.status).toBe(400);
    expect((await problemOf(response)).fields).toEqual(['__proto__', 'constructor']);
    expect(booth.ledger.jobs()).toEqual([]);
  });

  const json = { 'content-type': 'application/json' };
  const unread: [string, string, Record<string, string>, number][] = [
    ['broken JSON', '{"prompt":', json, 400],
    ['no body', '', json, 400],
    ['two values', '{"prompt":"a"}{"prompt":"b"}', json, 400],
    ['2 MB', JSON.stringify({ prompt: 'x'.repeat(2_000_000) }), json, 413],
    ['a form', 'prompt=a', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
    ['text', '{"prompt":"a"}', { 'content-type': 'text/plain' }, 415],
    ['JSON of another kind', '{"prompt":"a"}', { 'content-type': 'application/ld+json' }, 415],
    ['an empty content type', '{"prompt":"a"}', { 'content-type': '' }, 415],
  ];
  test.each(unread)('%s', async (_name, body, headers, status) => {
    const { booth, post } = openDoor();
    const response = await post(body, headers);
    expect(response.status).toBe(status);
    expect((await problemOf(response)).type).toContain('InputInvalid');
    expect([booth.ledger.jobs(), booth.queued]).toEqual([[], []]);
  });

  test('2 MB that does not say how much it is', async () => {
    const { booth, ask } = openDoor();
    const body = new Blob([JSON.stringify({ prompt: 'x'.repeat(2_000_000) })]).stream();
    const response = await ask(path, { method: 'POST', headers: json, body, duplex: 'half' } as RequestInit);
    expect(response.status).toBe(413);
    expect(booth.ledger.jobs()).toEqual([]);
  });

  test('a model that is not there, at any other door', async () => {
    const { intake, booth } = openDoor();
    const taken = await submit(intake, caller, 'flux-3/generate', { prompt });
    expect(taken).toEqual({ wrong: [{ field: 'model', message: expect.stringContaining('flux-3') }] });
    expect(booth.ledger.jobs()).toEqual([]);
  });
});

describe('a method that does not belong', () => {
  test.each(['GET', 'HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])('%s where POST does', async (method) => {
    const response = await openDoor().ask(path, { method });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
    if (method === 'HEAD') expect(await response.text()).toBe('');
    else await problemOf(response);
  });

  test.each(['POST', 'PUT', 'DELETE'])('%s to a job', async (method) => {
    const response = await openDoor().ask(`/api/jobs/${newJob().jobId}`, { method });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });

  test.each(['/', '/api/jobs', '/api/generate/flux-3/generate', '/api/generate/flux-2-pro/generate/'])(
    'and a path that is not served is 404: %s',
    async (elsewhere) => {
      const response = await openDoor().ask(elsewhere, { method: 'POST' });
      expect(response.status).toBe(404);
      expect((await problemOf(response)).detail).toContain(path);
    },
  );
});

describe('a job', () => {
  const expected: Record<keyof ReturnType<typeof stages>, object> = {
    accepted: { status: 'pending', success: true, money: 'none' },
    reserved: { status: 'pending', success: true, money: 'none' },
    authorized: { status: 'pending', success: true, money: 'open', cost: { usd: '$0.03' } },
    unsettled: { status: 'pending', success: true, money: 'open', cost: { amountAtomic: '30000' } },
    submitted: { status: 'processing', success: true, money: 'spent', cost: { transaction: '0xfeed' } },
    watched: { status: 'processing', success: true },
    rendered: { status: 'processing', success: true },
    delivered: { status: 'complete', success: true, money: 'spent', cost: { usd: '$0.03' } },
    refused: { status: 'failed', success: false, money: 'none', outcome: 'refused', retryCanHelp: false },
    undelivered: { status: 'failed', success: false, money: 'spent', outcome: 'undelivered' },
    unresolved: {
      status: 'failed',
      success: false,
      money: 'open',
      outcome: 'unresolved',
      retryCanHelp: false,
    },
  };
  test.each(Object.entries(stages()))('that is %s is shown so', async (name, job) => {
    const { booth, ask } = openDoor();
    booth.ledger.put(job);
    const response = await ask(`/api/jobs/${job.jobId}`);
    expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'no-store']);
    const answer: unknown = await response.json();
    expect(jobAnswerSchema.parse(answer)).toMatchObject(expected[name as keyof typeof expected]);
    expect(JSON.stringify(answer)).not.toMatch(/a kite|pictures\.test|nonce|signed/);
  });

  test('that is complete comes with a URL made for this answer', async () => {
    const { booth, ask } = openDoor();
    const { delivered } = stages();
    booth.ledger.put(delivered);
    expect(await (await ask(`/api/jobs/${delivered.jobId}`)).json()).toMatchObject({
      imageUrl: 'https://bucket.test/pictures/x.webp?expires=300',
      expiresInSeconds: 300,
      sha256: 'a'.repeat(64),
    });
  });

  test('at HEAD has the same headers and no body', async () => {
    const { booth, ask } = openDoor();
    const job = newJob();
    booth.ledger.put(job);
    const response = await ask(`/api/jobs/${job.jobId}`, { method: 'HEAD' });
    expect([response.status, await response.text()]).toEqual([200, '']);
  });

  test('of somebody else is not there, and neither is one that nobody has', async () => {
    const { booth, ask } = openDoor();
    const job = newJob();
    booth.ledger.put(job);
    const theirs = await ask(`/api/jobs/${job.jobId}`, {}, 'AIDAANOTHER');
    const nobodys = await ask(`/api/jobs/${newJob().jobId}`);
    expect([theirs.status, nobodys.status]).toEqual([404, 404]);
    expect(await theirs.json()).toEqual(await nobodys.json());
  });

  test('that failed before anything was signed says that asking again can help', async () => {
    const { booth, ask } = openDoor();
    const reason = { name: 'SellerUnavailable', message: 'It was down.' } as const;
    const job = jobAfter(newJob(), { type: 'refused', reason, at: at(3) }, happened.announced());
    booth.ledger.put(job);
    expect(await (await ask(`/api/jobs/${job.jobId}`)).json()).toMatchObject({ retryCanHelp: true, reason });
  });
});

test.each([
  ['an IAM user', { iam: { userId: 'AIDAEXAMPLE', userArn: 'arn:aws:iam::1:user/x' } }, 'AIDAEXAMPLE'],
  [
    'a role, whatever its session calls itself',
    { iam: { userId: 'AROAEXAMPLE:AIDAANOTHER' } },
    'AROAEXAMPLE',
  ],
  ['a JWT', { jwt: { claims: { iss: 'https://issuer.test', sub: 'a' } } }, 'https://issuer.test a'],
  ['a JWT beside an empty IAM part', { iam: null, jwt: { claims: { iss: 'i', sub: 's' } } }, 'i s'],
  ['nobody', undefined, undefined],
  ['an empty authorizer', {}, undefined],
  ['an id that is empty', { iam: { userId: '' } }, undefined],
  ['a session without an id', { iam: { userId: ':session' } }, undefined],
  ['a JWT without a subject', { jwt: { claims: { iss: 'i' } } }, undefined],
  ['text', 'AIDAEXAMPLE', undefined],
])('the caller is %s', (_name, authorizer, who) => {
  expect(callerOf(authorizer)).toBe(who);
});
