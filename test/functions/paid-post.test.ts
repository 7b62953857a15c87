import type { ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import { sellerAt } from '../../shared/seller/seller.ts';
import { offer } from '../core/offers.ts';
import { headerOf, sendJson, serve, type Visit } from '../seller-client/loopback.ts';
import { openBooth } from './booth.ts';
import { at, wallet } from './jobs.ts';

/** What a paid POST may be answered with that is no job id: the client is the real one. */

const challenge = (url: string, amount = '30000') =>
  headerOf({ x402Version: 2, resource: { url }, accepts: [offer({ amount }).verbatim] });

/** A seller over HTTP that quotes, has no jobs to list, and answers paid POSTs as told. */
async function sellerAnswering(
  answer: (response: ServerResponse, url: string, sends: number) => unknown,
  booth = openBooth(),
) {
  const headers: string[] = [];
  const { clock } = booth;
  const signIn = (url: string) => ({
    x402Version: 2,
    resource: { url },
    accepts: [],
    extensions: {
      'sign-in-with-x': {
        info: {
          domain: new URL(url).host,
          uri: url,
          version: '1',
          nonce: 'abcdef0123456789',
          issuedAt: new Date(clock.now).toISOString(),
        },
        supportedChains: [{ chainId: 'eip155:8453', type: 'eip191' }],
      },
    },
  });
  const server = await serve((visit: Visit, response) => {
    const url = `http://${visit.headers.host}${visit.path}`;
    const payment = visit.headers['payment-signature'];
    if (visit.method === 'GET')
      return visit.headers['sign-in-with-x'] === undefined
        ? response.writeHead(402, { 'payment-required': headerOf(signIn(url)) }).end()
        : sendJson(response, 200, { jobs: [] });
    if (payment === undefined) return response.writeHead(402, { 'payment-required': challenge(url) }).end();
    headers.push(String(payment));
    return answer(response, url, headers.length);
  });
  booth.ports.seller = sellerAt(server.origin, ['eip155:8453'], wallet, () => clock.now);
  return { booth, headers, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

type Row = [string, (response: ServerResponse, url: string) => unknown, string];
const status =
  (code: number, headers: Record<string, string> = {}, body: unknown = {}) =>
  (response: ServerResponse) =>
    sendJson(response, code, body, headers);

const rows: Row[] = [
  ['a bare 402', status(402), 'status 402'],
  [
    'a 402 with the same challenge',
    (response, url) => response.writeHead(402, { 'payment-required': challenge(url) }).end(),
    'status 402',
  ],
  [
    'a 402 with a new price',
    (response, url) => response.writeHead(402, { 'payment-required': challenge(url, '10000') }).end(),
    'status 402',
  ],
  [
    'a 402 that says it was used already',
    status(402, {}, { reason: 'invalid_transaction_state' }),
    'status 402, invalid_transaction_state',
  ],
  ['400', status(400), 'status 400'],
  ['401', status(401), 'status 401'],
  ['403', status(403), 'status 403'],
  ['404', status(404), 'status 404'],
  ['409', status(409), 'status 409'],
  ['413', status(413), 'status 413'],
  ['422', status(422), 'status 422'],
  ['429', status(429, { 'retry-after': '1' }), 'status 429'],
  ['500 with a job id', status(500, {}, { jobId: 'cmn1234567890' }), 'status 500'],
  ['503', status(503, { 'retry-after': '2' }), 'status 503'],
  ['a redirect', status(307, { location: '/elsewhere' }), 'status 307'],
  ['a 200 of garbage', (response) => response.end('<html>'), 'status 200'],
  ['a 200 without a job id', status(200, {}, { success: true }), 'status 200'],
  ['an answer too large', status(200, {}, 'x'.repeat(300 * 1024)), 'no answer: body-too-large'],
  ['a reset', (response) => response.destroy(), 'no answer: connection'],
];

describe('one signature, the same bytes three times at the most, and an end that says the money is open', () => {
  test.each(rows)('after %s', async (name, answer, evidence) => {
    await using seller = await sellerAnswering(answer);
    const { booth, headers } = seller;
    const { jobId } = await booth.accept();
    expect(await booth.pay(jobId)).toMatchObject({ status: 'unsettled', purchase: { evidence } });
    booth.clock.now = at(1_500);
    const job = await booth.finish(jobId);
    expect(job).toMatchObject({ status: 'unresolved', end: { reason: { name: 'DeadlinePassed' } } });
    expect(booth.events).toMatchObject([{ status: 'unresolved', money: 'open', retryCanHelp: false }]);
    expect([booth.signatures.length, new Set(headers).size]).toEqual([1, 1]);
    const sends = ['400', '413', '422'].includes(name) ? 1 : 3;
    expect(headers).toHaveLength(sends);
    expect(job.purchase?.sends).toBe(sends);
  });

  test('a settlement that comes with a failure is kept: a transaction to look for', async () => {
    const said = { success: true, transaction: `0x${'ab'.repeat(32)}`, network: 'eip155:8453' };
    const header = Buffer.from(JSON.stringify(said)).toString('base64');
    await using seller = await sellerAnswering(status(500, { 'payment-response': header }));
    const { booth } = seller;
    const { jobId } = await booth.accept();
    expect(await booth.pay(jobId)).toMatchObject({ status: 'unsettled', settlement: said });
    booth.clock.now = at(1_500);
    await booth.finish(jobId);
    expect(booth.events).toMatchObject([
      { status: 'unresolved', money: 'spent', payment: { transaction: said.transaction } },
    ]);
  });

  test('after silence', async () => {
    // The one wait here that is real, a socket's; the second send is answered.
    await using seller = await sellerAnswering(
      (response, _url, sends) => {
        if (sends > 1) response.writeHead(500).end();
      },
      openBooth({ answerSeconds: 1 }),
    );
    const { booth, headers } = seller;
    const job = await booth.pay((await booth.accept()).jobId);
    expect(job).toMatchObject({ status: 'unsettled' });
    expect([booth.signatures.length, new Set(headers).size]).toEqual([1, 1]);
  });
});

test('an answer that comes to the second send is as good as one to the first', async () => {
  await using seller = await sellerAnswering((response, _url, sends) => {
    if (sends === 1) response.destroy();
    else sendJson(response, 200, { success: true, jobId: 'cmn1234567890' });
  });
  const { booth, headers } = seller;
  const job = await booth.pay((await booth.accept()).jobId);
  expect(job).toMatchObject({ status: 'submitted', sellerJobId: 'cmn1234567890', purchase: { sends: 2 } });
  expect([booth.signatures.length, headers.length, new Set(headers).size]).toEqual([1, 2, 1]);
});

test('nothing is sent again once the window is nearly over', async () => {
  await using seller = await sellerAnswering((response) => response.destroy());
  const { booth, headers } = seller;
  const { jobId } = await booth.accept();
  // An invocation with time for one send and no second.
  await booth.pay(jobId, undefined, 34_000);
  expect(headers).toHaveLength(1);
  booth.clock.now = at(291);
  expect(await booth.pay(jobId)).toMatchObject({ status: 'unsettled', purchase: { sends: 1 } });
  expect(headers).toHaveLength(1);
});
