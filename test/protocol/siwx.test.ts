import { parseSIWxHeader, validateSIWxMessage, verifySIWxSignature } from '@x402/extensions/sign-in-with-x';
import { privateKeyToAccount } from 'viem/accounts';
import { describe, expect, test } from 'vitest';
import { ownSignIn, signInFor } from '../../shared/protocol/siwx.ts';

const account = privateKeyToAccount(`0x${'22'.repeat(32)}`);
const url = 'https://seller.test/api/jobs/cmn1234567890';
const now = Date.now();
const info = {
  domain: 'seller.test',
  uri: url,
  version: '1',
  nonce: 'abcdef0123456789',
  issuedAt: new Date(now - 1000).toISOString(),
  expirationTime: new Date(now + 300_000).toISOString(),
  statement: 'Sign in to verify your wallet identity',
};
const chains = [
  { chainId: 'solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp', type: 'ed25519' },
  { chainId: 'eip155:8453', type: 'eip191' },
];
/** A time as Python and Go write it: with the offset of a time zone, in minutes. */
const offset = (after: number, minutes = 0): string => {
  const [hours, rest] = [Math.trunc(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  const two = (part: number): string => String(part).padStart(2, '0');
  const local = new Date(now + after + minutes * 60_000).toISOString().slice(0, -1);
  return `${local}${minutes < 0 ? '-' : '+'}${two(hours)}:${two(rest)}`;
};
const expected = { url, address: account.address, networks: ['eip155:8453'], now };
const challenge = (change: Partial<Record<keyof typeof info, unknown>> = {}) => ({
  info: Object.fromEntries(Object.entries({ ...info, ...change }).filter(([, value]) => value !== undefined)),
  supportedChains: chains,
});

/** Signs what we built, and has the reference server's own code read it. */
async function headerFor(extension: unknown, at = expected): Promise<string> {
  const signIn = signInFor(extension, at);
  if ('refused' in signIn) throw new Error(signIn.refused);
  return signIn.headerWith(await account.signMessage({ message: signIn.message }));
}

describe('the reference server accepts our sign-in', () => {
  test.each([
    ['as the router sends it', challenge()],
    ['without a statement', challenge({ statement: undefined })],
    ['without an expiry', challenge({ expirationTime: undefined })],
    ['without either', challenge({ statement: undefined, expirationTime: undefined })],
    ['with a statement of null', challenge({ statement: null })],
    ['with an empty statement', challenge({ statement: '' })],
    ['that lasts for an hour', challenge({ expirationTime: offset(3_600_000) })],
    ['with an expiry of null', challenge({ expirationTime: null })],
    ['with an empty expiry', challenge({ expirationTime: '' })],
    ['with offsets of zero', challenge({ issuedAt: offset(-1000), expirationTime: offset(300_000) })],
    [
      'with other offsets',
      challenge({ issuedAt: offset(-1000, 330), expirationTime: offset(300_000, -480) }),
    ],
    ['with microseconds', challenge({ issuedAt: offset(-1000).replace(/(\.\d+)/, '$1999') })],
    [
      'with optional fields of null everywhere',
      {
        ...challenge({ statement: null, expirationTime: null }),
        supportedChains: [{ chainId: 'eip155:8453', type: 'eip191', signatureScheme: null }],
        schema: null,
      },
    ],
    [
      'among chains that are none',
      {
        ...challenge(),
        supportedChains: [null, 'eip155:1', {}, { chainId: 7 }, ...Array(30).fill(chains[0]), chains[1]],
      },
    ],
  ])('%s', async (_name, extension) => {
    const payload = parseSIWxHeader(await headerFor(extension));
    expect(await validateSIWxMessage(payload, new URL(url))).toMatchObject({ isValid: true });
    expect(await verifySIWxSignature(payload)).toMatchObject({ isValid: true });
  });

  test('for ten minutes at the most, however long the challenge lasts', async () => {
    const header = await headerFor(challenge({ expirationTime: offset(3_600_000) }));
    expect(parseSIWxHeader(header).expirationTime).toBe(new Date(now + 600_000).toISOString());
  });

  test('with a port in the domain', async () => {
    const local = 'http://127.0.0.1:4020/api/jobs/cmn1234567890';
    const header = await headerFor(challenge({ domain: '127.0.0.1:4020', uri: local }), {
      ...expected,
      url: local,
    });
    const payload = parseSIWxHeader(header);
    expect(await validateSIWxMessage(payload, new URL(local))).toMatchObject({ isValid: true });
  });

  test.each([
    'http://seller:4020',
    'http://seller',
    'http://my_seller:4020',
    'http://[::1]:4020',
    'http://[::1]',
  ])('at a host that viem cannot name, asked for or not: %s', async (origin) => {
    const page = `${origin}/api/jobs/cmn1234567890`;
    const asked = challenge({ domain: new URL(page).host, uri: page });
    const own = ownSignIn({
      url: page,
      address: account.address,
      network: 'eip155:8453',
      nonce: '0'.repeat(32),
      now,
    });
    if ('refused' in own) throw new Error(own.refused);
    for (const header of [
      await headerFor(asked, { ...expected, url: page }),
      own.headerWith(await account.signMessage({ message: own.message })),
    ]) {
      const payload = parseSIWxHeader(header);
      expect(await validateSIWxMessage(payload, new URL(page))).toMatchObject({ isValid: true });
      expect(await verifySIWxSignature(payload)).toMatchObject({ isValid: true });
    }
  });
});

test('a host that no text can name is refused in words, asked for or not', () => {
  const page = 'http://sell{er.test/api/jobs/cmn1234567890';
  const words = { refused: expect.stringContaining('http://sell{er.test') };
  const asked = challenge({ domain: 'sell{er.test', uri: page });
  expect(signInFor(asked, { ...expected, url: page })).toEqual(words);
  const own = { url: page, address: account.address, network: 'eip155:8453', nonce: '0'.repeat(32), now };
  expect(ownSignIn(own)).toEqual(words);
});

test('of several chains it is the first of ours that the seller takes', async () => {
  const both = { ...challenge(), supportedChains: [...chains, { chainId: 'eip155:4217', type: 'eip191' }] };
  const chainOf = async (extension: unknown, networks: string[]) =>
    parseSIWxHeader(await headerFor(extension, { ...expected, networks })).chainId;
  expect(await chainOf(both, ['eip155:4217', 'eip155:8453'])).toBe('eip155:4217');
  expect(await chainOf(both, ['eip155:8453', 'eip155:4217'])).toBe('eip155:8453');
  expect(await chainOf(challenge(), ['eip155:4217', 'eip155:8453'])).toBe('eip155:8453');
});

describe('is not signed', () => {
  const refused: [string, unknown][] = [
    ['nothing', undefined],
    ['another domain', challenge({ domain: 'evil.test' })],
    ['another page', challenge({ uri: 'https://seller.test/transfer' })],
    ['another origin', challenge({ uri: 'https://evil.test/api/jobs/cmn1234567890' })],
    ['another port', challenge({ uri: 'https://seller.test:444/api/jobs/cmn1234567890' })],
    ['a user in the page', challenge({ uri: 'https://x@seller.test/api/jobs/cmn1234567890' })],
    ['a line break in the statement', challenge({ statement: 'hello\nURI: https://evil.test' })],
    ['a long statement', challenge({ statement: 'x'.repeat(201) })],
    ['letters that look alike', challenge({ statement: 'Sіgn in' })],
    ['a nonce with a line break', challenge({ nonce: 'abcdef01\n2345' })],
    ['a short nonce', challenge({ nonce: 'abc' })],
    ['an old challenge', challenge({ issuedAt: new Date(now - 301_000).toISOString() })],
    ['one of tomorrow', challenge({ issuedAt: new Date(now + 86_400_000).toISOString() })],
    ['one that is over', challenge({ expirationTime: new Date(now - 1).toISOString() })],
    ['a time without its offset', challenge({ issuedAt: new Date(now).toISOString().slice(0, -1) })],
    ['another version', challenge({ version: '2' })],
    ['another chain only', { ...challenge(), supportedChains: [{ chainId: 'eip155:1', type: 'eip191' }] }],
    [
      'another kind of signature',
      { ...challenge(), supportedChains: [{ chainId: 'eip155:8453', type: 'eip1271' }] },
    ],
  ];
  test.each(refused)('%s', (_name, extension) => {
    expect(signInFor(extension, expected)).toHaveProperty('refused');
  });
});
