import { parseSIWxHeader, validateSIWxMessage, verifySIWxSignature } from '@x402/extensions/sign-in-with-x';
import { privateKeyToAccount } from 'viem/accounts';
import { expect, test } from 'vitest';
import { signInFor } from '../../shared/protocol/siwx.ts';
import { rehearseSignIn } from '../../shared/seller/rehearse-sign-in.ts';
import { sellerAt } from '../../shared/seller/seller.ts';
import { headerOf, sendJson, serve } from './loopback.ts';

const account = privateKeyToAccount(`0x${'22'.repeat(32)}`);
const networks = ['eip155:8453'];
const nonce = 'abcdef0123456789';
const chains = [{ chainId: 'eip155:8453', type: 'eip191' }];

/** A seller that takes no nonce but its own, and writes its challenge as other languages do. */
const oddServer = (info: object, around: object = {}) =>
  serve(async (visit, response) => {
    const url = `http://${visit.headers.host}${visit.path}`;
    const header = visit.headers['sign-in-with-x'];
    const payload = header === undefined ? undefined : parseSIWxHeader(String(header));
    if (payload?.nonce === nonce) {
      const { isValid: isMessage } = await validateSIWxMessage(payload, new URL(url));
      const { isValid } = await verifySIWxSignature(payload);
      return sendJson(response, isMessage && isValid ? 200 : 401, { status: 'pending' });
    }
    const issuedAt = new Date().toISOString();
    const stated = { domain: new URL(url).host, uri: url, version: '1', nonce, issuedAt, ...info };
    const challenge = {
      x402Version: 2,
      resource: { url },
      accepts: [],
      extensions: { 'sign-in-with-x': { info: stated, supportedChains: chains, ...around } },
    };
    return response.writeHead(402, { 'payment-required': headerOf(challenge) }).end();
  });

const plus = (milliseconds: number): string =>
  new Date(Date.now() + milliseconds).toISOString().replace('Z', '+00:00');

test.each<[string, object, object]>([
  ['a statement of null', { statement: null }, {}],
  ['an end of null', { expirationTime: null }, {}],
  ['offsets of zero', { issuedAt: plus(-1000), expirationTime: plus(200_000) }, {}],
  [
    'all that is optional null',
    { statement: null, expirationTime: null, notBefore: null, resources: null },
    {},
  ],
  ['empty words', { statement: '', expirationTime: '', requestId: '' }, {}],
  ['an offset without a colon', { issuedAt: plus(-1000).replace(/:00$/, '00') }, {}],
  ['chains that are none among its own', {}, { supportedChains: [null, 'x', {}, ...chains], schema: null }],
])('a job is read from a seller whose challenge has %s', async (_what, info, around) => {
  await using server = await oddServer(info, around);
  const seller = sellerAt(server.origin, networks, account, Date.now);
  expect(await seller.job('cmn1234567890')).toEqual({ state: 'running' });
});

test('a challenge may name the origin alone, and the port that its scheme has anyway', () => {
  const [url, now] = ['https://seller.test/api/jobs/1', Date.now()];
  const stated = {
    domain: 'seller.test',
    uri: url,
    version: '1',
    nonce,
    issuedAt: new Date(now).toISOString(),
  };
  const signIn = (info: object) =>
    signInFor(
      { info: { ...stated, ...info }, supportedChains: chains },
      { url, address: account.address, networks, now },
    );
  for (const info of [{ uri: 'https://seller.test' }, { domain: 'seller.test:443' }])
    expect(signIn(info)).toEqual({
      message: expect.stringContaining(`URI: ${url}`),
      headerWith: expect.anything(),
    });
  for (const info of [
    { uri: 'https://seller.test/other' },
    { domain: 'seller.test:444' },
    { uri: 'https://else.test' },
  ])
    expect(signIn(info)).toHaveProperty('refused');
});

test.each(['http://[::1]:4020', 'http://seller', 'http://my_seller:4020', 'https://seller.test'])(
  'a rehearsal of %s finds nothing wrong',
  (origin) => {
    const visit = { origin, address: account.address, networks, now: Date.now() };
    expect(rehearseSignIn(visit)).toBeUndefined();
  },
);

test.each([
  ['a host that cannot be named', 'http://sell{er', networks],
  ['a chain that is none', 'https://seller.test', ['eip155:8453', 'eip155:x']],
  ['an origin that is none', 'seller', networks],
])('a rehearsal finds %s', (_what, origin, chainsUsed) => {
  const visit = { origin, address: account.address, networks: chainsUsed, now: Date.now() };
  expect(rehearseSignIn(visit)).toEqual(expect.stringContaining('no sign-in can be made for'));
});

test('a rehearsal finds a wallet that is none', () => {
  const visit = { origin: 'https://seller.test', address: '0x1', networks, now: Date.now() };
  expect(rehearseSignIn(visit)).toEqual(expect.stringContaining('0x1'));
});
