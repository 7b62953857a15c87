import fc from 'fast-check';
import { getAddress, type Hex } from 'viem';
import { createSiweMessage, parseSiweMessage } from 'viem/siwe';
import { expect, test } from 'vitest';
import { type SiweFields, siweText } from '../../shared/protocol/siwe-text.ts';

const address = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed';
const fields: SiweFields = {
  domain: 'seller.test',
  address,
  statement: 'Sign in to verify your wallet identity',
  uri: 'https://seller.test/api/jobs/cmn1234567890',
  chainId: 8453,
  nonce: 'abcdef0123456789',
  issuedAt: Date.parse('2027-01-15T08:00:00Z'),
  expiresAt: Date.parse('2027-01-15T08:05:00Z'),
};

/** What viem writes; undefined where it refuses to. */
function ofViem({ statement, expiresAt, ...rest }: SiweFields): string | undefined {
  try {
    return createSiweMessage({
      ...rest,
      address: rest.address as Hex,
      version: '1',
      issuedAt: new Date(rest.issuedAt),
      ...(statement !== undefined && { statement }),
      ...(expiresAt !== undefined && { expirationTime: new Date(expiresAt) }),
    });
  } catch {
    return undefined;
  }
}

const letters = fc.constantFrom(...'abcxyzABC019_-.:[]~!$&()*+,;=\'{}"`|^ @/#?%');
const domain = fc.oneof(
  fc.domain(),
  fc.webAuthority({ withIPv4: true, withIPv6: true, withPort: true }),
  fc.ipV4().map((ip) => `${ip}:4020`),
  fc.constantFrom('localhost', 'localhost:4020', 'seller', 'seller:4020', 'my_seller.test', '[::1]:4020'),
  fc.array(letters, { maxLength: 12 }).map((parts) => parts.join('')),
);
const time = fc.integer({ min: 0, max: 4e12 });

test('the text is that of viem to the byte, wherever viem writes one and the host has no user', () => {
  const seen = { both: 0, oursAlone: 0, none: 0 };
  fc.assert(
    fc.property(
      fc.record({
        domain,
        address: fc.stringMatching(/^[0-9a-f]{40}$/).map((hex) => getAddress(`0x${hex}`)),
        statement: fc.option(fc.stringMatching(/^[ -~]{1,200}$/), { nil: undefined }),
        uri: fc.webUrl().map((url) => new URL(url).href),
        chainId: fc.integer({ min: 1, max: 2 ** 40 }),
        nonce: fc.stringMatching(/^[A-Za-z0-9]{8,64}$/),
        issuedAt: time,
        expiresAt: fc.option(time, { nil: undefined }),
      }),
      (drawn) => {
        const [theirs, ours] = [ofViem(drawn), siweText(drawn)];
        if (theirs !== undefined) expect(ours).toBe(theirs);
        seen[theirs !== undefined ? 'both' : typeof ours === 'string' ? 'oursAlone' : 'none'] += 1;
      },
    ),
    { numRuns: 1_500, seed: 7 },
  );
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(50);
});

test.each(['seller', 'seller:4020', 'my_seller.test', '[::1]', '[::1]:4020', '[2001:db8::1]'])(
  'a host that viem refuses can stand in the text: %s',
  (host) => {
    const drawn = { ...fields, domain: host, uri: `http://${host}/api/jobs` };
    expect(ofViem(drawn)).toBeUndefined();
    expect(siweText(drawn)).toBe(
      String(ofViem({ ...fields, domain: 'placeholder.test', uri: drawn.uri })).replace(
        'placeholder.test',
        host,
      ),
    );
    expect(parseSiweMessage(String(siweText(drawn)))).toMatchObject({ uri: drawn.uri, nonce: fields.nonce });
  },
);

test.each([
  ...[
    '',
    ' ',
    'a b',
    'user@seller.test',
    'seller.test/x',
    'seller.test#x',
    'sell{er',
    'sell"er',
    '::1',
    '[::1',
  ],
  ...['seller.test:', 'seller.test:123456', 'seller.test\n', '[fe80::1%25lo]', 'sеller.test', '[]'],
])('a host that is no authority cannot: %j', (host) => {
  expect(siweText({ ...fields, domain: host })).toHaveProperty('refused');
});

test.each([Number.NaN, 0, -1, 1.5, 2 ** 60])('a chain that is none cannot: %d', (chainId) => {
  expect(siweText({ ...fields, chainId })).toHaveProperty('refused');
});
