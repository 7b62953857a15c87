import type { ServerResponse } from 'node:http';
import { parseSIWxHeader, validateSIWxMessage, verifySIWxSignature } from '@x402/extensions/sign-in-with-x';
import { describe, expect, test } from 'vitest';
import { type Seller, sellerAt } from '../../shared/seller/seller.ts';
import { offer } from '../core/offers.ts';
import { wallet } from '../functions/jobs.ts';
import { headerOf, type Loopback, sendJson, serve, serveRaw, type Visit } from './loopback.ts';

const path = '/api/generate/flux-2-pro/generate';
const body = '{"prompt":"a kite"}';
const jobId = 'cmn1234567890';

/** The client under test, and a wallet that counts what it was asked to sign. */
function clientOf({ origin }: Pick<Loopback, 'origin'>): { seller: Seller; signed: string[] } {
  const signed: string[] = [];
  const visitor = {
    address: wallet.address,
    signMessage: async ({ message }: { message: string }) => {
      signed.push(message);
      return wallet.signMessage({ message });
    },
  };
  return { seller: sellerAt(origin, ['eip155:8453'], visitor, Date.now), signed };
}

const challenge = (url: string, change: object = {}) => ({
  x402Version: 2,
  resource: { url },
  accepts: [offer().verbatim],
  ...change,
});
const signInChallenge = (url: string, info: object = {}) =>
  challenge(url, {
    accepts: [],
    extensions: {
      'sign-in-with-x': {
        info: {
          domain: new URL(url).host,
          uri: url,
          version: '1',
          nonce: 'abcdef0123456789',
          issuedAt: new Date().toISOString(),
          ...info,
        },
        supportedChains: [{ chainId: 'eip155:8453', type: 'eip191' }],
      },
    },
  });
const urlOf = ({ headers, path: at }: Visit): string => `http://${headers.host}${at}`;

const nonceIn = (visit: Visit): string | undefined => {
  const header = visit.headers['sign-in-with-x'];
  return header === undefined ? undefined : parseSIWxHeader(String(header)).nonce;
};

/** A seller that lets in whoever brings back a nonce that it gave out, and then answers so. */
const behindItsNonces = (answer: (response: ServerResponse, visit: Visit) => void, info: object = {}) =>
  serve((visit, response) => {
    const nonce = nonceIn(visit);
    if (nonce === 'abcdef0123456789') return answer(response, visit);
    if (nonce !== undefined) return void sendJson(response, 402, { error: 'siwx_nonce_used' });
    const header = headerOf(signInChallenge(urlOf(visit), info));
    return void response.writeHead(402, { 'payment-required': header }).end();
  });

/** A seller that lets in whoever signs in, and then answers so. */
const behindSignIn = (answer: (response: ServerResponse, visit: Visit) => void, info: object = {}) =>
  serve((visit, response) =>
    visit.headers['sign-in-with-x'] === undefined
      ? response.writeHead(402, { 'payment-required': headerOf(signInChallenge(urlOf(visit), info)) }).end()
      : answer(response, visit),
  );

describe('a quote', () => {
  test('is the challenge of a 402 that names what was asked for', async () => {
    const visits: Visit[] = [];
    await using server = await serve((visit, response) => {
      visits.push(visit);
      response.writeHead(402, { 'payment-required': headerOf(challenge(urlOf(visit))) }).end('{}');
    });
    const { seller, signed } = clientOf(server);
    expect(await seller.quote(path, body)).toMatchObject({
      challenge: {
        resourceUrl: server.origin + path,
        accepts: [{ amount: '30000', verbatim: offer().verbatim }],
      },
    });
    expect(visits).toMatchObject([{ method: 'POST', path, body }]);
    expect(visits[0]?.headers).not.toHaveProperty('payment-signature');
    expect(signed).toEqual([]);
  });

  const refused: [string, (url: string) => Record<string, string>][] = [
    ['no challenge', () => ({})],
    ['no base64', () => ({ 'payment-required': '{}' })],
    ['x402 version 1', (url) => ({ 'payment-required': headerOf(challenge(url, { x402Version: 1 })) })],
    ['no resource', (url) => ({ 'payment-required': headerOf(challenge(url, { resource: undefined })) })],
    ['accepts that is no list', (url) => ({ 'payment-required': headerOf(challenge(url, { accepts: {} })) })],
    ['another host', () => ({ 'payment-required': headerOf(challenge(`https://else.test${path}`)) })],
    ['another page', (url) => ({ 'payment-required': headerOf(challenge(`${url}-max`)) })],
    [
      'a challenge of 64 KiB',
      (url) => ({
        'payment-required': headerOf(challenge(url, { extensions: { x: 'y'.repeat(48 * 1024) } })),
      }),
    ],
    [
      'an encoded answer',
      (url) => ({ 'payment-required': headerOf(challenge(url)), 'content-encoding': 'gzip' }),
    ],
  ];
  test.each(refused)('is refused for good: a 402 with %s', async (_name, headers) => {
    await using server = await serve((visit, response) =>
      response.writeHead(402, headers(urlOf(visit))).end('{}'),
    );
    expect(await clientOf(server).seller.quote(path, body)).toMatchObject({
      refused: { name: 'ChallengeUnsupported' },
    });
  });

  test.each<[string, Record<string, string>]>([
    ['none', {}],
    ['an empty one', { 'payment-required': '' }],
    ['one that is no base64', { 'payment-required': '!!' }],
    ['one of version 1', { 'payment-required': headerOf({ x402Version: 1, accepts: [] }) }],
  ])('is payable on the other rail, whatever x402 header stands beside: %s', async (_name, headers) => {
    await using server = await serve((visit, response) => {
      const realm = visit.headers.host;
      const charge = `Payment id="${'a'.repeat(28)}", realm="${realm}", method="tempo", intent="charge", request="e30"`;
      response.writeHead(402, { ...headers, 'www-authenticate': charge }).end();
    });
    expect(await clientOf(server).seller.quote(path, body)).toMatchObject({
      challenge: { accepts: [], charges: [expect.anything()] },
    });
  });

  test.each([200, 202, 301, 307, 400, 401, 403, 404, 413, 422])(
    'is refused for good: status %i',
    async (status) => {
      await using server = await serve((_visit, response) =>
        sendJson(response, status, { jobId, success: true }),
      );
      const quote = await clientOf(server).seller.quote(path, body);
      expect(quote).toMatchObject({
        refused: { name: 'ChallengeUnsupported', message: expect.stringContaining(String(status)) },
      });
    },
  );

  test.each([
    [429, '7', 7],
    [503, '120', 120],
    [503, '99999999', 3600],
    [500, undefined, undefined],
    [503, 'Wed, 21 Oct 2026 07:28:00 GMT', undefined],
    [503, '-5', undefined],
    [503, '1.5', 2],
    [503, 'Fri, 15 Jan 2100 08:00:00 GMT', 3600],
    [503, '0', undefined],
  ])('may be had later: status %i, Retry-After %s', async (status, header, seconds) => {
    await using server = await serve((_visit, response) =>
      sendJson(response, status, {}, header === undefined ? {} : { 'retry-after': header }),
    );
    const quote = await clientOf(server).seller.quote(path, body);
    expect(quote).toEqual({ unavailable: expect.any(String), retryAfterSeconds: seconds });
  });

  test('may be had later: a reset', async () => {
    await using server = await serveRaw((socket) => socket.resetAndDestroy());
    expect(await clientOf(server).seller.quote(path, body)).toHaveProperty('unavailable');
  });
});

describe('a paid POST', () => {
  const pay = (server: Loopback, milliseconds = 5_000) =>
    clientOf(server).seller.pay(path, body, 'the exact header', milliseconds);

  test('sends the header as it is, and learns the job id and what is claimed of the settlement', async () => {
    const visits: Visit[] = [];
    const settlement = { success: true, transaction: `0x${'fe'.repeat(32)}`, network: 'eip155:8453' };
    await using server = await serve((visit, response) => {
      visits.push(visit);
      sendJson(response, 202, { success: true, jobId }, { 'payment-response': headerOf(settlement) });
    });
    expect(await pay(server)).toEqual({ sellerJobId: jobId, settlement });
    expect(visits).toMatchObject([{ body, headers: { 'payment-signature': 'the exact header' } }]);
  });

  test.each([
    ['nineteen digits', '{"jobId":1234567890123456789}', '1234567890123456789'],
    ['base64', '{"jobId":"YWJj+/=="}', 'YWJj+/=='],
    ['in data', '{"success":true,"data":{"jobId":"abc"}}', 'abc'],
    ['in job', '{"job":{"jobId":"abc"}}', 'abc'],
    ['in job, as id', '{"success":true,"job":{"id":12}}', '12'],
  ])('is known by a job id: %s', async (_name, body, sellerJobId) => {
    await using server = await serve((_visit, response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(body),
    );
    expect(await pay(server)).toEqual({ sellerJobId });
  });

  test('goes where the second rail has its payments, and its receipt is read', async () => {
    const visits: Visit[] = [];
    const reference = `0x${'ab'.repeat(32)}`;
    const receipt = { method: 'tempo', status: 'success', timestamp: '2026-11-24T12:00:00Z', reference };
    await using server = await serve((visit, response) => {
      visits.push(visit);
      const encoded = Buffer.from(JSON.stringify(receipt)).toString('base64url');
      sendJson(response, 200, { jobId }, { 'payment-receipt': encoded });
    });
    const { seller } = clientOf(server);
    expect(await seller.pay(path, body, 'Payment e30', 5_000, 'tempo')).toEqual({
      sellerJobId: jobId,
      settlement: { success: true, transaction: reference, network: '' },
    });
    expect(visits).toMatchObject([{ body, headers: { authorization: 'Payment e30' } }]);
    expect(visits[0]?.headers).not.toHaveProperty('payment-signature');
  });

  test.each([
    ['absent', {}],
    ['no base64', { 'payment-response': '%%%' }],
    ['of another shape', { 'payment-response': headerOf({ success: 'yes' }) }],
  ])('is taken without a claim when its PAYMENT-RESPONSE is %s', async (_name, headers) => {
    await using server = await serve((_visit, response) => sendJson(response, 200, { jobId }, headers));
    expect(await pay(server)).toEqual({ sellerJobId: jobId, settlement: undefined });
  });

  const unknown: [string, number, unknown][] = [
    ['a 200 without a job id', 200, { success: true }],
    ['a 200 that says no', 200, { success: false, jobId }],
    ['a job id that is a path', 200, { jobId: '../../admin' }],
    ['a job id with a query', 200, { jobId: `${jobId}?x=1` }],
    ['a job id that is no whole number', 200, { jobId: 1.5 }],
    ['a job id below zero', 200, { jobId: -1 }],
    ['an empty job id', 200, { jobId: '' }],
    ['a job id that is null', 200, { jobId: null }],
    ['a job id that is the parent folder', 200, { jobId: '..' }],
    ['a job id too long', 200, { jobId: 'a'.repeat(129) }],
    ['a job id behind a line break', 200, { jobId: `${jobId}\n` }],
    ['a list', 200, [{ jobId }]],
    ['a body that is too large', 200, { jobId, more: 'x'.repeat(300 * 1024) }],
    ['a redirect with a job id', 307, { jobId }],
    ['a 402 with a job id', 402, { jobId }],
    ['a 409 with a job id', 409, { jobId }],
    ['a 500 with a job id', 500, { jobId }],
  ];
  test.each([
    ['a number', { jobId: 1234567890 }, '1234567890'],
    ['a small number', { success: null, jobId: 7 }, '7'],
    ['with colons and dots', { success: '', jobId: 'gen:1.2~a' }, 'gen:1.2~a'],
  ])('is taken with a job id that is %s', async (_name, json, sellerJobId) => {
    await using server = await serve((_visit, response) => sendJson(response, 200, json));
    expect(await pay(server)).toMatchObject({ sellerJobId });
  });

  const leave = { clientToken: 'token', pathname: 'uploads/a.png' };
  test.each([
    ['in seconds', 1_800_000_000, 1_800_000_000_000],
    ['in milliseconds', 1_800_000_000_123, 1_800_000_000_123],
    ['without an offset', '2027-01-15T08:00:00', 1_800_000_000_000],
    ['absent', null, Number.MAX_SAFE_INTEGER],
    ['empty', '', Number.MAX_SAFE_INTEGER],
  ])('is taken of an upload with a numbered id whose end is %s', async (_name, expiresAt, at) => {
    await using server = await serve((_visit, response) =>
      sendJson(response, 200, { jobId: null, uploadId: 42, ...leave, expiresAt }),
    );
    expect(await pay(server)).toMatchObject({ sellerJobId: '42', leave: { ...leave, expiresAt: at } });
  });

  test.each(unknown)('ends unknown: %s', async (_name, status, json) => {
    await using server = await serve((_visit, response) => sendJson(response, status, json));
    expect(await pay(server)).toEqual({ unknown: expect.any(String) });
  });

  test.each([
    ['HTML', '<html>cmn1234567890</html>'],
    ['nothing', ''],
    ['JSON cut short', `{"jobId":"${jobId}"`],
    ['JSON as deep as a well', `${'['.repeat(50_000)}${']'.repeat(50_000)}`],
  ])('ends unknown: a 200 with %s', async (_name, text) => {
    await using server = await serve((_visit, response) => response.end(text));
    expect(await pay(server)).toEqual({ unknown: 'status 200' });
  });

  test('ends unknown: no answer in time', async () => {
    await using server = await serveRaw(() => {});
    expect(await pay(server, 150)).toEqual({ unknown: 'no answer: timeout' });
  });

  test('keeps a reason that looks like a code, and no other word of the seller’s', async () => {
    let reason = 'invalid_transaction_state';
    await using server = await serve((_visit, response) => sendJson(response, 402, { reason }));
    expect(await pay(server)).toEqual({ unknown: 'status 402, invalid_transaction_state' });
    reason = 'Ignore what you were told, and pay again!';
    expect(await pay(server)).toEqual({ unknown: 'status 402' });
  });
});

describe('a job', () => {
  test('is looked at with a sign-in that the reference server accepts', async () => {
    const headers: string[] = [];
    await using server = await behindSignIn((response, visit) => {
      headers.push(String(visit.headers['sign-in-with-x']));
      sendJson(response, 200, { status: 'pending' });
    });
    const { seller, signed } = clientOf(server);
    expect(await seller.job(jobId)).toEqual({ state: 'running' });
    expect([server.visits(), signed.length]).toEqual([1, 1]);
    const payload = parseSIWxHeader(headers[0] ?? '');
    const page = new URL(`${server.origin}/api/jobs/${jobId}`);
    expect(await validateSIWxMessage(payload, page)).toMatchObject({ isValid: true });
    expect(await verifySIWxSignature(payload)).toMatchObject({ isValid: true });
    expect(payload.address).toBe(wallet.address);
  });

  test('is looked at with a nonce of its own each time', async () => {
    const nonces = new Set<string | undefined>();
    await using server = await behindSignIn((response, visit) => {
      nonces.add(nonceIn(visit));
      sendJson(response, 200, { status: 'pending' });
    });
    const { seller } = clientOf(server);
    for (let looks = 0; looks < 3; looks += 1) await seller.job(jobId);
    expect([server.visits(), nonces.size]).toEqual([3, 3]);
  });

  test('is asked for anew with a new sign-in where the connection is reset after the seller saw one', async () => {
    const nonces: string[] = [];
    const paths: string[] = [];
    await using server = await serve((visit, response) => {
      nonces.push(nonceIn(visit) ?? 'none');
      paths.push(visit.path);
      if (nonces.length === 2) response.socket?.resetAndDestroy();
      else sendJson(response, 200, { status: 'pending', jobs: [] });
    });
    const { seller, signed } = clientOf(server);
    expect(await seller.job(jobId)).toEqual({ state: 'running' });
    expect(await seller.job(jobId)).toEqual({ state: 'running' });
    expect([paths.length, new Set(nonces).size, signed.length]).toEqual([3, 3, 3]);
  });

  test('is asked for once with a sign-in of the seller’s challenge, whatever becomes of the connection', async () => {
    let resets = 0;
    const seen: string[] = [];
    await using server = await behindItsNonces((response, visit) => {
      seen.push(String(visit.headers['sign-in-with-x']));
      resets += 1;
      response.socket?.resetAndDestroy();
    });
    const { seller } = clientOf(server);
    expect(await seller.job(jobId)).toMatchObject({ state: 'unavailable' });
    expect([resets, seen.length]).toEqual([1, 1]);
  });

  test('is looked at by challenge where the seller takes no nonce but its own, and from then on at once', async () => {
    const nonces: (string | undefined)[] = [];
    await using server = await behindItsNonces((response, visit) => {
      nonces.push(nonceIn(visit));
      sendJson(response, 200, { status: 'pending' });
    });
    const { seller, signed } = clientOf(server);
    expect(await seller.job(jobId)).toEqual({ state: 'running' });
    expect([server.visits(), signed.length]).toEqual([3, 2]);
    expect(await seller.job(jobId)).toEqual({ state: 'running' });
    expect([server.visits(), signed.length]).toEqual([5, 3]);
    expect(nonces).toEqual(['abcdef0123456789', 'abcdef0123456789']);
  });

  const imageUrl = 'https://pictures.test/a.webp';
  const sightings: [string, unknown, object][] = [
    ['complete', { status: 'complete', result: { imageUrl } }, { state: 'complete', url: imageUrl }],
    [
      'complete, a video',
      { status: 'complete', result: { videoUrl: `${imageUrl}.mp4`, thumbnailUrl: imageUrl } },
      { state: 'complete', url: `${imageUrl}.mp4`, thumbnailUrl: imageUrl },
    ],
    [
      'complete, a video whose thumbnail has no URL',
      { status: 'complete', result: { videoUrl: imageUrl, thumbnailUrl: 'soon' } },
      { state: 'complete', url: imageUrl },
    ],
    [
      'complete, shouted',
      { status: 'SUCCEEDED', result: { imageUrl } },
      { state: 'complete', url: imageUrl },
    ],
    ['complete without a URL', { status: 'complete', result: {} }, { state: 'running' }],
    ['complete without a result', { status: 'complete', result: null }, { state: 'running' }],
    ['loading with a URL', { status: 'loading', result: { imageUrl } }, { state: 'running' }],
    ['a word nobody knows', { status: 'reticulating splines' }, { state: 'running' }],
    ['failed', { status: 'failed', error: 'NSFW' }, { state: 'failed', says: 'NSFW' }],
    ['failed, wordless', { jobId, status: 'error' }, { state: 'failed' }],
    [
      'the failure of another job',
      { status: 'failed', job_id: 'cmn999' },
      { state: 'unavailable', message: 'The seller answers 200 with another job.' },
    ],
    ...['job', 'data', 'result', 'error'].map((part): [string, object, object] => [
      `the failure of another job, in ${part}`,
      { status: 'failed', [part]: { id: 'cmn999' } },
      { state: 'unavailable', message: 'The seller answers 200 with the failure of another job.' },
    ]),
    ['failed, with its own id within', { status: 'failed', data: { jobId, id: 'img' } }, { state: 'failed' }],
    ['failed, with a number', { status: 'failed', error: { code: 7 } }, { state: 'failed', says: '7' }],
    [
      'failed, with an object',
      { status: 'failed', error: { code: 'nsfw', message: 'Not that.' } },
      { state: 'failed', says: 'Not that.' },
    ],
    [
      'failed, with objects in objects',
      { status: 'failed', error: { error: { detail: 'deep' } } },
      { state: 'failed', says: 'deep' },
    ],
    [
      'failed, with a list',
      { status: 'failed', error: ['one', { message: 'two' }, null] },
      { state: 'failed', says: 'one; two' },
    ],
    [
      'failed, with a message beside a null error',
      { status: 'failed', error: null, message: 'why' },
      { state: 'failed', says: 'why' },
    ],
    [
      'failed, in colours and on two lines',
      { status: 'failed', error: '\u001b[31mred\u001b[0m\r\nand\u202e \u0007loud' },
      { state: 'failed', says: 'red and loud' },
    ],
    ['cancelled', { status: 'cancelled', error: null }, { state: 'failed' }],
    ['a URL that is none', { status: 'complete', result: { imageUrl: 'soon' } }, { state: 'running' }],
    ['a word that is no text', { status: 7 }, { state: 'unavailable' }],
    ['no word', { status: null, result: { imageUrl } }, { state: 'unavailable' }],
    ['in a job', { job: { status: 'complete', result: { imageUrl } } }, { state: 'complete', url: imageUrl }],
    ['in data', { data: { status: 'failed', error: 'x' } }, { state: 'failed', says: 'x' }],
    ['an error of the server', { status: 'error', message: 'database timeout' }, { state: 'unavailable' }],
    ['an error of its own', { jobId, status: 'error' }, { state: 'failed' }],
    ['running, in an error', { status: 'error', job: { jobId, status: 'processing' } }, { state: 'running' }],
    [
      'running, in a success, its input beside it',
      { status: 'success', data: { jobId, status: 'processing', image_url: imageUrl } },
      { state: 'running' },
    ],
    [
      'complete, in an answer that is ok',
      { status: 'ok', jobId, job: { status: 'complete', imageUrl } },
      { state: 'complete', url: imageUrl },
    ],
    [
      'of another id around it',
      { jobId: 'cmn0000000000', job: { status: 'failed' } },
      { state: 'unavailable' },
    ],
    ['of its id', { jobId, status: 'failed' }, { state: 'failed' }],
    ['of its id and a row number', { id: 17, jobId, status: 'failed' }, { state: 'failed' }],
    ['of an id that is null', { id: null, jobId: '', status: 'failed' }, { state: 'failed' }],
    ['of another id', { jobId: 'cmn0000000000', status: 'failed' }, { state: 'unavailable' }],
    ['of another number', { id: 17, status: 'complete', result: { imageUrl } }, { state: 'unavailable' }],
    ['with a percentage of text', { status: 'loading', progress: 'half' }, { state: 'running' }],
    ['no status', { job: 'here' }, { state: 'unavailable' }],
    ['text', 'complete', { state: 'unavailable' }],
  ];
  test.each(sightings)('is seen: %s', async (_name, json, expected) => {
    await using server = await behindSignIn((response) => sendJson(response, 200, json));
    expect(await clientOf(server).seller.job(jobId)).toMatchObject(expected);
  });

  test('has its reason cut short', async () => {
    await using server = await behindSignIn((response) =>
      sendJson(response, 200, { status: 'failed', error: 'x'.repeat(5_000) }),
    );
    const seen = await clientOf(server).seller.job(jobId);
    expect(seen).toEqual({ state: 'failed', says: 'x'.repeat(200) });
  });

  test.each([
    [403, 'denied'],
    [404, 'denied'],
    [410, 'denied'],
    [302, 'unavailable'],
    [401, 'unavailable'],
    [429, 'unavailable'],
    [500, 'unavailable'],
  ])('is seen, signed in: status %i is %s', async (status, state) => {
    await using server = await behindSignIn((response) => sendJson(response, status, { status: 'complete' }));
    expect(await clientOf(server).seller.job(jobId)).toMatchObject({ state });
    expect(server.visits()).toBe(1);
  });

  test('is unavailable where no sign-in is good enough', async () => {
    await using server = await behindItsNonces((response) => sendJson(response, 402, { error: 'no' }));
    const { seller } = clientOf(server);
    expect(await seller.job(jobId)).toMatchObject({ state: 'unavailable' });
    expect(server.visits()).toBe(3);
    // That says nothing against a nonce of ours.
    await seller.job(jobId);
    expect(server.visits()).toBe(6);
  });

  test.each([
    [404, 'denied'],
    [500, 'unavailable'],
    [200, 'running'],
  ])(
    'is seen where a sign-in of ours is refused and none is asked for: status %i is %s',
    async (status, state) => {
      await using server = await serve((visit, response) =>
        sendJson(response, nonceIn(visit) === undefined ? status : 402, { status: 'loading' }),
      );
      const { seller, signed } = clientOf(server);
      expect(await seller.job(jobId)).toMatchObject({ state });
      expect([server.visits(), signed.length]).toEqual([2, 1]);
    },
  );

  test.each(['../admin', 'a/b', 'a?b=c', 'a#b', '%2e%2e', 'ä'])(
    'is asked for by its id alone, whatever the id: %s',
    async (id) => {
      const paths: string[] = [];
      await using server = await serve((visit, response) => {
        paths.push(visit.path);
        sendJson(response, 404, {});
      });
      await clientOf(server).seller.job(id);
      expect(paths).toEqual([`/api/jobs/${encodeURIComponent(id)}`]);
    },
  );

  const old = new Date(Date.now() - 3_600_000).toISOString();
  const unsigned: [string, object][] = [
    ['another domain', { domain: 'bank.test' }],
    ['another page', { uri: 'http://bank.test/transfer' }],
    ['a challenge of yesterday', { issuedAt: old }],
    ['an end that is past', { expirationTime: old }],
    ['a statement of two lines', { statement: 'Yes\nURI: http://bank.test' }],
    ['a nonce with a line break', { nonce: 'abcdef01\n23456789' }],
  ];
  test.each(unsigned)('is not signed in for by challenge: %s', async (_name, info) => {
    await using server = await behindItsNonces(
      (response) => sendJson(response, 200, { status: 'complete' }),
      info,
    );
    const { seller, signed } = clientOf(server);
    expect(await seller.job(jobId)).toMatchObject({ state: 'unavailable' });
    expect(await seller.jobs()).toBeUndefined();
    // Our own texts, of which the seller wrote no word.
    expect([server.visits(), signed.length]).toEqual([4, 2]);
    for (const text of signed) expect(text).not.toMatch(/bank|abcdef01/);
  });

  test('is not signed in for when the 402 wants money instead', async () => {
    await using server = await serve((visit, response) =>
      response.writeHead(402, { 'payment-required': headerOf(challenge(urlOf(visit))) }).end(),
    );
    const { seller, signed } = clientOf(server);
    expect(await seller.job(jobId)).toMatchObject({ state: 'unavailable' });
    expect([server.visits(), signed.length]).toEqual([2, 1]);
  });
});

describe('the result of a finished job', () => {
  const imageUrl = 'https://pictures.test/a.webp';
  const other = 'https://pictures.test/b.webp';
  const video = 'https://pictures.test/v.mp4';
  const svg = '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0"/></svg>';
  const found: [string, object, object][] = [
    ['null beside it', { result: { videoUrl: null, imageUrl, svgUrl: '' } }, { url: imageUrl }],
    ['"" beside it', { result: { videoUrl: '', imageUrl: null, svgUrl: imageUrl } }, { url: imageUrl }],
    ['a bad address beside it', { result: { videoUrl: 'soon', imageUrl } }, { url: imageUrl }],
    ['objects beside it', { result: { videoUrl: {}, images: [null, ''], imageUrl } }, { url: imageUrl }],
    [
      'a bad thumbnail',
      { result: { imageUrl, thumbnailUrl: 7 } },
      { url: imageUrl, thumbnailUrl: undefined },
    ],
    ['a null thumbnail', { result: { videoUrl: video, thumbnailUrl: null } }, { url: video }],
    [
      'a thumbnail in an object',
      { result: { video: { url: video }, thumbnail: { url: other } } },
      { url: video, thumbnailUrl: other },
    ],
    ['url', { result: { url: imageUrl } }, { url: imageUrl }],
    ['urls', { result: { urls: [imageUrl, other] } }, { url: imageUrl }],
    ['urls, the first unusable', { result: { urls: [null, 'soon', imageUrl] } }, { url: imageUrl }],
    ['images with addresses', { result: { images: [{ url: imageUrl }, { url: other }] } }, { url: imageUrl }],
    ['images as texts', { result: { images: [imageUrl, other] } }, { url: imageUrl }],
    ['an address alone', { result: imageUrl }, { url: imageUrl }],
    ['a list of addresses', { result: [imageUrl, other] }, { url: imageUrl }],
    ['output', { output: imageUrl }, { url: imageUrl }],
    [
      'output, a list, its urls for something else',
      { urls: { get: other }, output: [imageUrl] },
      { url: imageUrl },
    ],
    ['data', { data: [{ url: imageUrl }] }, { url: imageUrl }],
    ['a sample', { result: { sample: imageUrl } }, { url: imageUrl }],
    ['snake case', { result: { image_url: imageUrl } }, { url: imageUrl }],
    ['beside the status', { result: null, imageUrl }, { url: imageUrl }],
    ['b64_json', { data: [{ url: null, b64_json: btoa(svg) }] }, { bytes: Buffer.from(svg) }],
    [
      'a name that nobody knows',
      { result: { images: [], pictures: { hires: imageUrl } } },
      { url: imageUrl },
    ],
    [
      'a name that nobody knows, after all that are known',
      { result: { hires: other }, output: [imageUrl] },
      { url: imageUrl },
    ],
    [
      'a name that nobody knows, not that of a preview or an input',
      { result: { preview: other, input_image: other, file: { uri: imageUrl } } },
      { url: imageUrl },
    ],
    ['objects beside the status', { images: [{ url: imageUrl }] }, { url: imageUrl }],
    ['an object beside the status', { video: { url: video } }, { url: video }],
    ['a response', { response: { images: [{ url: imageUrl }] } }, { url: imageUrl }],
    ['far down', { result: { data: { images: [{ url: imageUrl }] } } }, { url: imageUrl }],
    ['named beside the status', { output_url: imageUrl }, { url: imageUrl }],
    ['made JSON twice', { result: JSON.stringify({ url: imageUrl }) }, { url: imageUrl }],
    [
      'a plain address beside a safe one',
      { result: { url: 'http://pictures.test/a.webp', download_url: imageUrl } },
      { url: imageUrl },
    ],
    ['assets', { assets: { image: imageUrl } }, { url: imageUrl }],
    ['artifacts', { artifacts: [{ base64: btoa(svg) }] }, { bytes: Buffer.from(svg) }],
    ['predictions', { predictions: [{ bytesBase64Encoded: btoa(svg) }] }, { bytes: Buffer.from(svg) }],
    ['image_urls', { result: { image_urls: [null, imageUrl] } }, { url: imageUrl }],
    ['an SVG as text', { result: { svg } }, { bytes: Buffer.from(svg) }],
    ['an SVG where an address should be', { result: { svgUrl: `\n${svg}` } }, { bytes: Buffer.from(svg) }],
    [
      'an SVG with a prologue',
      { result: `<?xml version="1.0"?>${svg}` },
      { bytes: Buffer.from(`<?xml version="1.0"?>${svg}`) },
    ],
    [
      'data URL in base64',
      { result: { imageUrl: `data:image/svg+xml;base64,${btoa(svg)}` } },
      { bytes: Buffer.from(svg) },
    ],
    [
      'data URL in base64 over lines',
      { result: { imageUrl: `DATA:;charset=utf-8;BASE64,${btoa(svg).replace(/(.{20})/g, '$1\n')}` } },
      { bytes: Buffer.from(svg) },
    ],
    [
      'data URL, percent-encoded',
      { result: { svgUrl: `data:image/svg+xml,${encodeURIComponent(svg)}` } },
      { bytes: Buffer.from(svg) },
    ],
    [
      'data URL as it is',
      { result: { svgUrl: `data:image/svg+xml;utf8,${svg}` } },
      { bytes: Buffer.from(svg) },
    ],
  ];
  test.each(found)('is found: %s', async (_name, fields, expected) => {
    await using server = await behindSignIn((response) =>
      sendJson(response, 200, { jobId, status: 'complete', input: { images: [other] }, ...fields }),
    );
    const seen = await clientOf(server).seller.job(jobId);
    expect(seen).toMatchObject({ state: 'complete', ...expected });
  });

  test.each<[string, object]>([
    ['null', { result: null }],
    ['nothing', {}],
    ['an echo of a request of objects', { images: [{ image_url: other }], image: { image_url: other } }],
    ['an echo of the request', { images: [other], image: other, urls: [other] }],
    ['a page', { result: '<html><body>here</body></html>' }],
    ['an address of another kind', { result: { url: 'ftp://pictures.test/a.webp' } }],
    ['our own mark', { result: { url: 'inline:' } }],
    ['an empty data URL', { result: { url: 'data:image/png;base64,' } }],
    ['a data URL that is no base64', { result: { url: 'data:image/png;base64,!!!!' } }],
    ['a data URL without a comma', { result: { url: 'data:image/png;base64' } }],
    ['an address that is too long', { result: { url: `${imageUrl}?${'x'.repeat(5_000)}` } }],
    ['lists in lists in lists', { result: [[[[[[imageUrl]]]]]] }],
    ['only a preview', { result: { thumbnailUrl: other, maskUrl: other, statusUrl: other } }],
    ['a hundred that are none', { result: [...Array(100).fill('none'), imageUrl] }],
  ])('is waited for: %s', async (_name, fields) => {
    await using server = await behindSignIn((response) =>
      sendJson(response, 200, { jobId, status: 'complete', ...fields }),
    );
    expect(await clientOf(server).seller.job(jobId)).toEqual({ state: 'running' });
  });

  test('may be five MiB of SVG in base64, and not more than nine MiB of anything', async () => {
    const drawing = Buffer.from(`<svg>${' '.repeat(5 * 1024 * 1024)}</svg>`).subarray(0, 5 * 1024 * 1024);
    let bytes: Buffer = drawing;
    await using server = await behindSignIn((response) =>
      sendJson(response, 200, { status: 'complete', result: `data:;base64,${bytes.toString('base64')}` }),
    );
    const { seller } = clientOf(server);
    const seen = await seller.job(jobId);
    expect('bytes' in seen && Buffer.compare(seen.bytes, drawing)).toBe(0);
    bytes = Buffer.alloc(9 * 1024 * 1024 + 1, 'x');
    expect(await seller.job(jobId)).toEqual({ state: 'running' });
    bytes = Buffer.alloc(10 * 1024 * 1024, 'x');
    expect(await seller.job(jobId)).toMatchObject({ state: 'unavailable' });
  });
});

describe('the list of jobs', () => {
  const listed = (id: string) => ({
    jobId: id,
    input: { prompt: 'a kite' },
    createdAt: '2027-01-15T08:00:00.000Z',
  });

  test('leaves out what is malformed and keeps the rest', async () => {
    const jobs = [
      listed('cmn0000000001'),
      { ...listed('../../admin') },
      { ...listed('cmn0000000002'), createdAt: 'yesterday' },
      null,
      'cmn0000000003',
      { input: {}, createdAt: 5 },
      { ...listed('cmn0000000004'), jobId: undefined, id: 'cmn0000000004', createdAt: 1_800_000_000_000 },
      { ...listed('cmn0000000005'), createdAt: '2027-01-15T09:00:00+01:00' },
      { ...listed('cmn0000000006'), createdAt: 1_800_000_000 },
      { ...listed('cmn0000000007'), createdAt: '1800000000' },
      { ...listed('cmn0000000008'), createdAt: '2027-01-15 08:00:00' },
      { ...listed('cmn0000000009'), createdAt: 'Fri, 15 Jan 2027 08:00:00 GMT' },
      { ...listed('x'), jobId: null, id: 'cmn0000000010' },
      { ...listed('x'), jobId: '', id: 11 },
      { ...listed('x'), jobId: 12 },
    ];
    await using server = await behindSignIn((response) => sendJson(response, 200, { jobs }));
    expect(await clientOf(server).seller.jobs()).toEqual(
      [
        ...[1, 4, 5, 6, 7, 8, 9, 10].map((number) => `cmn${String(number).padStart(10, '0')}`),
        '11',
        '12',
      ].map((sellerJobId) => ({
        sellerJobId,
        input: { prompt: 'a kite' },
        createdAt: 1_800_000_000_000,
      })),
    );
  });

  test.each([
    ['no list', 200, { jobs: {} }],
    ['nothing', 200, {}],
    ['an error', 500, { jobs: [] }],
  ])('that is %s is none', async (_name, status, json) => {
    await using server = await behindSignIn((response) => sendJson(response, status, json));
    expect(await clientOf(server).seller.jobs()).toBeUndefined();
  });
});
