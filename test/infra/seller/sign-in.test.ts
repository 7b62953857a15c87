import { randomBytes } from 'node:crypto';
import { decodePaymentRequiredHeader } from '@x402/core/http';
import { encodeSIWxHeader, type SIWxExtension, type SIWxPayload } from '@x402/extensions/sign-in-with-x';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { createSiweMessage } from 'viem/siwe';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Seller, startSeller } from '../../../infra/local/seller/start-seller.ts';
import { read } from './reference-buyer.ts';

const CHAIN = {
  // Signing in asks nothing of a chain: this one does not exist.
  rpcUrl: 'http://127.0.0.1:1',
  chainId: 31337,
  network: 'eip155:31337',
  token: {
    address: '0x00000000000000000000000000000000000000aa',
    name: 'USD Coin',
    version: '2',
    decimals: 6,
  },
} as const;

interface SignInChallenge {
  accepts: unknown[];
  extensions: { 'sign-in-with-x': SIWxExtension };
}

describe('signing in at the sandbox', () => {
  const account = privateKeyToAccount(generatePrivateKey());
  let seller: Seller;

  beforeAll(async () => {
    seller = await startSeller({ chain: CHAIN, payTo: '0x000000000000000000000000000000000000bEEF' });
  });
  afterAll(() => seller.close());

  const get = (header?: string, path = '/api/jobs') =>
    fetch(`${seller.origin}${path}`, { headers: header === undefined ? {} : { 'SIGN-IN-WITH-X': header } });

  /** A nonce of our own making passes, as it does at the real seller. */
  async function header(changes: Partial<SIWxPayload> = {}): Promise<string> {
    const fields = {
      domain: new URL(seller.origin).host,
      uri: `${seller.origin}/api/jobs`,
      version: '1',
      nonce: randomBytes(16).toString('hex'),
      issuedAt: new Date(Date.now() - 1000).toISOString(),
      ...changes,
    };
    const message = createSiweMessage({
      ...fields,
      address: account.address,
      chainId: 31337,
      version: '1',
      issuedAt: new Date(fields.issuedAt),
      expirationTime: undefined,
      notBefore: undefined,
    });
    const signature = await account.signMessage({ message });
    return encodeSIWxHeader({
      type: 'eip191',
      chainId: 'eip155:31337',
      address: account.address,
      signature,
      ...fields,
    });
  }

  async function refusal(value: string): Promise<string> {
    const answer = await get(value);
    expect(answer.status).toBe(402);
    expect(answer.headers.get('PAYMENT-REQUIRED')).toBeNull();
    const body = await read<{ error: string }>(answer);
    expect(body).toEqual({ error: expect.any(String), message: expect.any(String) });
    return body.error;
  }

  it('challenges in body and header alike, with nothing to pay', async () => {
    const answer = await get(undefined, '/api/jobs?limit=3');
    expect(answer.status).toBe(402);
    const body = await read<SignInChallenge>(answer);
    expect(decodePaymentRequiredHeader(answer.headers.get('PAYMENT-REQUIRED') ?? '')).toEqual(body);
    expect(body.accepts).toEqual([]);
    const { info, supportedChains } = body.extensions['sign-in-with-x'];
    expect(info).toMatchObject({
      domain: new URL(seller.origin).host,
      uri: `${seller.origin}/api/jobs?limit=3`,
      version: '1',
      chainId: 'eip155:31337',
      type: 'eip191',
      nonce: expect.stringMatching(/^[0-9a-f]{32}$/),
      statement: 'Sign in to verify your wallet identity',
    });
    expect(Date.parse(info.expirationTime ?? '') - Date.parse(info.issuedAt)).toBe(300_000);
    expect(supportedChains).toEqual([{ chainId: 'eip155:31337', type: 'eip191' }]);
  });

  it('opens one request for one header, whichever path it names', async () => {
    const signed = await header({ uri: `${seller.origin}/elsewhere` });
    expect((await get(signed)).status).toBe(200);
    expect(await refusal(signed)).toBe('siwx_nonce_used');
  });

  it('burns the nonce before it looks at the signature', async () => {
    const nonce = randomBytes(16).toString('hex');
    const forged = await header({ nonce, address: '0x000000000000000000000000000000000000bEEF' });
    expect(await refusal(forged)).toBe('siwx_invalid_signature');
    expect(await refusal(await header({ nonce }))).toBe('siwx_nonce_used');
  });

  it.each<[string, string, () => Partial<SIWxPayload>]>([
    ['too old', 'siwx_expired', () => ({ issuedAt: new Date(Date.now() - 301_000).toISOString() })],
    ['from the future', 'siwx_expired', () => ({ issuedAt: new Date(Date.now() + 5000).toISOString() })],
    ['for another host', 'siwx_malformed', () => ({ domain: 'example.com' })],
    ['for this host without its port', 'siwx_malformed', () => ({ domain: '127.0.0.1' })],
    ['for another origin', 'siwx_malformed', () => ({ uri: 'http://example.com/api/jobs' })],
  ])('refuses a message %s', async (_, code, changes) => {
    expect(await refusal(await header(changes()))).toBe(code);
  });

  it.each([
    ['', 'siwx_missing_header'],
    ['%%%', 'siwx_malformed'],
    [Buffer.from('{}').toString('base64'), 'siwx_malformed'],
  ])('refuses the header "%s"', async (value, code) => {
    expect(await refusal(value)).toBe(code);
  });
});
