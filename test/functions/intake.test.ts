import { describe, expect, test } from 'vitest';
import { callerOf } from '../../functions/intake/caller.ts';
import { submit } from '../../functions/intake/submit.ts';
import { acceptedSchema } from '../../shared/contracts/http.ts';
import { json, openDoor, path, problemOf } from './door.ts';
import { at, caller, newJob } from './jobs.ts';

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
    expect(booth.queued).toEqual([{ jobId: accepted.jobId, group: caller }]);
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

test.each(['POST', 'GET'])('a %s whose signature stands in its query is served', async (method) => {
  const { ask } = openDoor();
  const signature = new URLSearchParams({
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': 'AKIA/20261201/eu-west-1/execute-api/aws4_request',
    'X-Amz-Date': '20261201T000000Z',
    'X-Amz-Expires': '60',
    'X-Amz-SignedHeaders': 'host',
    'X-Amz-Signature': 'a'.repeat(64),
  });
  const [at, more] =
    method === 'POST' ? [path, { headers: json, body: '{"prompt":"a"}' }] : ['/api/jobs', undefined];
  const response = await ask(`${at}?${signature}`, { method, ...more });
  expect([response.status, await response.text()]).toEqual([
    method === 'POST' ? 202 : 200,
    expect.any(String),
  ]);
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
    expect(booth.ledger.jobs()).toEqual([]);
    const other = await post('{"prompt":"a kite","constructor":1}');
    expect((await problemOf(other)).fields).toEqual(['constructor']);
  });

  const unread: [string, string | Uint8Array<ArrayBuffer>, Record<string, string>, number][] = [
    ['a key twice', '{"prompt":"a kite","prompt":"a gun"}', json, 400],
    ['a key twice, once escaped', '{"maxPrice":"0.01","prompt":"a","maxPric\\u0065":"9"}', json, 400],
    ['bytes that are not UTF-8', Uint8Array.from(Buffer.from('{"prompt":"k\xffte"}', 'latin1')), json, 400],
    ['what a gateway makes of such bytes', '{"prompt":"k\ufffdte"}', json, 400],
    ['JSON nested 17 deep', `{"prompt":"a","seed":${'['.repeat(17)}${']'.repeat(17)}}`, json, 400],
    ['broken JSON', '{"prompt":', json, 400],
    ['no body', '', json, 400],
    ['two values', '{"prompt":"a"}{"prompt":"b"}', json, 400],
    ['2 MB', JSON.stringify({ prompt: 'x'.repeat(2_000_000) }), json, 413],
    ['a form', 'prompt=a', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
    ['text', '{"prompt":"a"}', { 'content-type': 'text/plain' }, 415],
    ['JSON of another kind', '{"prompt":"a"}', { 'content-type': 'application/ld+json' }, 415],
    ['an empty content type', '{"prompt":"a"}', { 'content-type': '' }, 415],
    ['another charset', '{"prompt":"a"}', { 'content-type': 'application/json; charset=utf-16' }, 415],
    ['plain JSON that is called compressed', '{"prompt":"a"}', { ...json, 'content-encoding': 'gzip' }, 415],
  ];
  test.each(unread)('%s', async (_name, body, headers, status) => {
    const { booth, post } = openDoor();
    const response = await post(body, headers);
    expect(response.status).toBe(status);
    expect((await problemOf(response)).type).toContain('InputInvalid');
    expect([booth.ledger.jobs(), booth.queued]).toEqual([[], []]);
  });

  test.each([path, '/api/quote', '/api/upload'])('a query at %s, with what it says', async (at) => {
    const { booth, send } = openDoor();
    const response = await send(`${at}?maxPrice=0.01&idempotencyKey=mine`, { prompt: 'a' });
    expect(await problemOf(response)).toMatchObject({
      status: 400,
      fields: ['?idempotencyKey', '?maxPrice'],
    });
    expect([booth.ledger.jobs(), booth.queued]).toEqual([[], []]);
  });

  test('a query without a name, which says something all the same', async () => {
    const { booth, send } = openDoor();
    expect((await problemOf(await send(`${path}?=0.01`, { prompt: 'a' }))).fields).toEqual(['?']);
    expect(booth.ledger.jobs()).toEqual([]);
  });

  test.each(['x-idempotency-key', 'idempotencykey', 'max-price', 'X-Max-Price', 'reuse'])(
    'the header %s, which nobody would read',
    async (name) => {
      const { booth, send } = openDoor();
      const response = await send(path, { prompt: 'a' }, { [name]: '1', 'idempotency-key': 'mine' });
      expect((await problemOf(response)).fields).toEqual([name.toLowerCase()]);
      expect(booth.ledger.jobs()).toEqual([]);
    },
  );

  test('a field by its name, without what would turn the reading of it', async () => {
    const { send } = openDoor();
    expect((await problemOf(await send(path, { prompt: 'a', '\u202eeciRpxam': 1 }))).fields).toEqual([
      'eciRpxam',
    ]);
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

  test.each(['POST', 'PUT', 'PATCH', 'OPTIONS'])('%s to a job', async (method) => {
    const response = await openDoor().ask(`/api/jobs/${newJob().jobId}`, { method });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD, DELETE']);
  });

  test.each(['PUT', 'DELETE', 'OPTIONS'])('%s to what is listed or described', async (method) => {
    for (const at of ['/api/jobs', '/api/models', '/openapi.json', '/llms.txt']) {
      const response = await openDoor().ask(at, { method });
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    }
    for (const at of ['/api/quote', '/api/upload'])
      expect((await openDoor().ask(at, { method })).headers.get('allow')).toBe('POST');
  });

  test.each(['/', '/api/job', '/api/generate/flux-3/generate', '/api/generate/flux-2-pro/generate/'])(
    'and a path that is not served is 404: %s',
    async (elsewhere) => {
      const response = await openDoor().ask(elsewhere, { method: 'POST' });
      expect(response.status).toBe(404);
      expect((await problemOf(response)).detail).toContain('/openapi.json');
    },
  );
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
