import { describe, expect, test } from 'vitest';
import { derivedId } from '../../functions/derived-id.ts';
import { callerOfPrincipal, callerOfSender } from '../../functions/intake/caller-of-principal.ts';
import { type RequestDoor, takeRequest } from '../../functions/intake/take-request.ts';
import { type Notices, noticeSchemas } from '../../shared/contracts/event.ts';
import { type Booth, openBooth, type Watch } from './booth.ts';
import { caller, stages } from './jobs.ts';

const request = { model: 'flux-2-pro/generate', prompt: 'a kite' };

/** A request queue before a deployment in memory. */
function openDoor() {
  const booth = openBooth();
  const refused: Notices['RequestRefused'][] = [];
  const door = (watch?: Watch): RequestDoor => ({
    ...booth.process(watch).ports,
    newId: () => {
      throw new Error('The id follows from the message.');
    },
    warn: () => {},
    notices: {
      post: async (_name, detail) => {
        refused.push(noticeSchemas.RequestRefused.parse(detail));
      },
    },
  });
  const send = (body: unknown, messageId = 'm-1', as = caller, attributes: readonly string[] = []) =>
    takeRequest(door(), {
      messageId,
      caller: as,
      body: typeof body === 'string' ? body : JSON.stringify(body),
      attributes,
    });
  return { booth, refused, door, send };
}

const nothingBought = ({ ledger, queued }: Booth) => [ledger.jobs().filter(({ end }) => !end), queued];

test('a message becomes a job of its sender, named after the message, with what it says to us taken apart', async () => {
  const { booth, send } = openDoor();
  const jobId = await send({ ...request, seed: 7, maxPrice: '$0.03', reuse: false });
  expect(jobId).toBe(derivedId('request', 'm-1'));
  expect(await booth.read(jobId ?? '')).toMatchObject({
    caller,
    offering: 'flux-2-pro/generate',
    body: '{"prompt":"a kite","seed":7}',
    maxPriceAtomic: '30000',
  });
  expect(booth.queued).toEqual([{ jobId, group: caller }]);
});

test('delivered twice, also after a crash in between, it is one job; another message is another', async () => {
  const { booth, send } = openDoor();
  booth.ledger.failNext('accept', 'throw-after');
  await expect(send(request)).rejects.toThrow('accept');
  const jobId = await send(request);
  expect(await send(request)).toBe(jobId);
  expect(booth.ledger.jobs()).toHaveLength(1);
  expect(booth.queued[0]).toEqual({ jobId, group: caller });
  expect(await send(request, 'm-2')).not.toBe(jobId);
  expect(booth.ledger.jobs()).toHaveLength(2);
});

test('what was taken is not refused later, when what it refers to is gone', async () => {
  const { booth, refused, send } = openDoor();
  const uploadId = 'ffffffff-ffff-4fff-8fff-ffffffffffff';
  booth.uploads.set(uploadId, {
    uploadId,
    caller,
    key: 'uploads/x',
    contentType: 'image/png',
    bytes: 1,
    expiresAt: 1,
  });
  const edit = { model: 'flux-2-pro/edit', prompt: 'x', images: [`upload:${uploadId}`] };
  const jobId = await send(edit);
  booth.uploads.clear();
  expect(await send(edit)).toBe(jobId);
  expect(refused).toEqual([]);
});

describe("a caller's own key", () => {
  test('names one request, by whatever message', async () => {
    const { booth, send } = openDoor();
    const jobId = await send({ ...request, idempotencyKey: 'k' });
    expect(await send({ ...request, idempotencyKey: 'k' }, 'm-2')).toBe(jobId);
    expect(await send({ ...request, idempotencyKey: 'k' }, 'm-3', 'AIDAANOTHER')).not.toBe(jobId);
    expect(booth.ledger.jobs()).toHaveLength(2);
  });

  test('for another request is a conflict, announced and done with', async () => {
    const { booth, refused, send } = openDoor();
    const jobId = await send({ ...request, idempotencyKey: 'k' });
    expect(await send({ ...request, prompt: 'another', idempotencyKey: 'k' }, 'm-2')).toBeUndefined();
    expect(refused).toMatchObject([
      { caller, messageId: 'm-2', jobId, reason: { name: 'IdempotencyConflict' } },
    ]);
    expect(booth.ledger.jobs()).toHaveLength(1);
  });
});

describe('is refused, announced under one id with its fields, and spends nothing', () => {
  const deep = `{"model":"${request.model}","prompt":${'['.repeat(17)}${']'.repeat(17)}}`;
  test.each<[string, unknown, string[]]>([
    ['no JSON', 'a kite, please', ['body']],
    ['a list', [request], ['body']],
    ['more than 64 KiB', { ...request, prompt: 'x'.repeat(64 * 1024) }, ['body']],
    ['64 KiB of three-byte characters', { ...request, prompt: '語'.repeat(30_000) }, ['body']],
    ['JSON nested 18 deep', deep, ['body']],
    ['100,000 brackets', '['.repeat(60_000), ['body']],
    ['no model', { prompt: 'x' }, ['model']],
    ['a prompt for a model', { ...request, model: 'a kite over the snow' }, ['model']],
    ['a model that is not there', { ...request, model: 'flux-9/generate' }, ['model']],
    ['a name of every object', { ...request, model: 'constructor/generate' }, ['model']],
    ['a key that is no text', { ...request, idempotencyKey: 7 }, ['idempotencyKey']],
    ['a prototype', `{"model":"${request.model}","__proto__":{"prompt":"x"}}`, ['body']],
    [
      'a duration for a picture',
      { ...request, durationSeconds: 8, seconds: '4' },
      ['durationSeconds', 'seconds'],
    ],
    ['seconds as a number', { model: 'sora-2/generate', prompt: 'x', seconds: 8 }, ['seconds']],
    ['a price in words', { ...request, maxPrice: 'little' }, ['maxPrice']],
    [
      'nine images',
      { model: 'flux-2-pro/edit', prompt: 'x', images: Array(9).fill('https://a.example/1.png') },
      ['images'],
    ],
    [
      'an address inside',
      { model: 'flux-2-pro/edit', prompt: 'x', images: ['http://169.254.169.254/'] },
      ['images.0'],
    ],
  ])('%s', async (_name, body, fields) => {
    const { booth, refused, send } = openDoor();
    expect(await send(body)).toBeUndefined();
    expect(await send(body)).toBeUndefined();
    expect(refused.map(({ errors }) => errors?.map(({ field }) => field))).toEqual([fields, fields]);
    expect(refused[0]).toMatchObject({ caller, messageId: 'm-1', reason: { name: 'InputInvalid' } });
    expect(new Set(refused.map(({ id }) => id)).size).toBe(1);
    expect(JSON.stringify(refused)).not.toMatch(/kite|語|xxx/);
    expect(nothingBought(booth)).toEqual([[], []]);
  });

  test("another caller's job", async () => {
    const { booth, refused, send } = openDoor();
    const theirs = { ...stages().delivered, caller: 'AIDAANOTHER' };
    booth.ledger.put(theirs);
    await send({ model: 'flux-2-pro/edit', prompt: 'x', images: [theirs.jobId] });
    expect(refused[0]?.errors).toEqual([{ field: 'images.0', message: 'is no delivered picture of yours' }]);
    expect(nothingBought(booth)).toEqual([[], []]);
  });

  test('a thousand unknown fields, of which an event holds as many as it can', async () => {
    const { refused, send } = openDoor();
    const unknown = Object.fromEntries(
      Array.from({ length: 1000 }, (_, index) => [`f${index}${'x'.repeat(30)}`, 1]),
    );
    await send({ ...request, ...unknown });
    expect(refused[0]?.errors).toHaveLength(20);
    expect(Buffer.byteLength(JSON.stringify(refused[0]))).toBeLessThan(16_000);
  });
});

test.each([
  ['AROAEXAMPLE:session', 'AROAEXAMPLE'],
  ['AIDAEXAMPLE', 'AIDAEXAMPLE'],
  [undefined, undefined],
  ['', undefined],
])('the sender %s is %s', (senderId, expected) => {
  expect(callerOfSender(senderId)).toBe(expected);
});

test.each([
  ['AWS:AROAEXAMPLE:a-session:with colons', 'AROAEXAMPLE'],
  ['AWS:AIDAEXAMPLE', 'AIDAEXAMPLE'],
  ['AWS:', undefined],
  ['A3EXAMPLECANONICAL', undefined],
  ['Service:AIDAEXAMPLE', undefined],
])('the principal %s is %s', (principalId, expected) => {
  expect(callerOfPrincipal(principalId)).toBe(expected);
});

test('what a request says is refused as a message attribute, and what tracing writes there is not', async () => {
  const { booth, refused, send } = openDoor();
  const misplaced = ['idempotencyKey', 'max_price', 'X-Max-Price', 'seed', 'model', 'Idempotency-Key'];
  expect(await send(request, 'm-1', caller, misplaced)).toBeUndefined();
  expect(nothingBought(booth)).toEqual([[], []]);
  expect(refused[0]?.errors?.map(({ field }) => field)).toEqual(misplaced);
  const tracing = ['traceparent', 'tracestate', 'baggage', '_datadog', 'b3', 'AWSTraceHeader', 'source'];
  expect(await send(request, 'm-2', caller, tracing)).toBe(derivedId('request', 'm-2'));
});
