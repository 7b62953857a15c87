import type { Chance } from '../chance.ts';
import type { Json } from './challenge-parts.ts';

/** The time of every sign-in that is fuzzed, in Unix milliseconds. */
export const now = Date.parse('2027-01-15T08:00:00Z');
/** Pages that are asked for: with and without a port, and with a question. */
export const pages = [
  'https://seller.test/api/jobs/cmn1234567890',
  'https://seller.test/api/jobs?limit=100',
  'http://127.0.0.1:4020/api/jobs/cmn1234567890',
  'https://seller.test:8443/api/upload/confirm',
  'http://seller:4020/api/jobs/cmn1234567890',
  'http://my_seller:4020/api/jobs?limit=100',
  'http://[::1]:4020/api/jobs/cmn1234567890',
] as const;
export const networks = ['eip155:8453', 'eip155:84532'] as const;

const later = (milliseconds: number): string => new Date(now + milliseconds).toISOString();
const injections = [
  '\nURI: https://evil.test',
  '\r\n\r\nURI: https://evil.test/transfer',
  '\nNonce: 00000000',
  '\nChain ID: 1',
  '\nResources:\n- https://evil.test',
  '\u2028URI: https://evil.test',
  '\u0085Nonce: 1',
  '\u0000',
  '\u001b[2J',
  ' wants you to sign in with your Ethereum account:\n0x0000000000000000000000000000000000000000',
];

function domains(page: URL): Json[] {
  const { host, hostname } = page;
  return [
    ...[host, hostname, `${hostname}:443`, `${hostname}:80`, `${hostname}:1`, host.toUpperCase(), `${host}.`],
    ...[`evil.test`, `${host}.evil.test`, `evil.test#${host}`, `user@${host}`, `https://${host}`, `${host}/`],
    ...[
      ` ${host}`,
      `${host} `,
      host.replace('e', 'е'),
      'xn--sller-kva.test',
      '',
      null,
      1,
      [host],
      'x'.repeat(300),
    ],
    ...injections.map((text) => host + text),
  ];
}

function uris(page: URL): Json[] {
  const { href, host, origin, pathname, protocol } = page;
  return [
    ...[href, `${href}#x`, `${href}${page.search ? '&' : '?'}x=1`, origin + pathname, `${origin}/`, origin],
    ...[
      `${origin}/transfer`,
      `${origin}${pathname}/..`,
      `${origin}${pathname}/../other`,
      `${origin}/x/..${pathname}`,
    ],
    ...[
      `${origin}${pathname.toUpperCase()}`,
      `${origin}${pathname}/`,
      `${origin}${pathname}%00`,
      `${protocol}//evil.test${pathname}`,
    ],
    ...[
      `${protocol}//${host}@evil.test${pathname}`,
      `${protocol}//evil.test@${host}${pathname}`,
      `ftp://${host}${pathname}`,
    ],
    ...[
      `${protocol}//x:y@${host}${pathname}`,
      `${protocol}//${host}:1${pathname}`,
      `//${host}${pathname}`,
      pathname,
    ],
    ...[
      `${protocol}\\\\${host}${pathname}`,
      `  ${href}`,
      `${href}\n`,
      'javascript:alert(1)',
      'data:,x',
      '',
      null,
      7,
    ],
    ...[`https://seller.test${pathname}`, `http://seller.test${pathname}`, `${href}${'x'.repeat(2100)}`],
    ...injections.map((text) => href + text),
  ];
}

const times: Json[] = [
  ...[
    0, -1, 1, -1000, 1000, -299_999, -300_000, -300_001, 59_999, 60_000, 60_001, 299_999, 600_000, 600_001,
  ].map(later),
  ...[-3_600_000, 3_600_000, 86_400_000, -86_400_000 * 400, 1e14 - now].map(later),
  ...[
    '2027-01-15T08:00:00Z',
    '2027-01-15T08:00Z',
    '2027-01-15T08:00:00.1Z',
    '2027-01-15T08:00:00.123456789Z',
  ],
  ...[
    '2027-01-15T08:00:00+00:00',
    '2027-01-15T09:00:00+01:00',
    '2027-01-15T08:00:00',
    '2027-01-15',
    'Fri, 15 Jan 2027 08:00:00 GMT',
  ],
  ...[
    '2027-02-30T08:00:00Z',
    '2027-01-15T24:00:00Z',
    '2027-01-15T08:00:60Z',
    '2027-13-01T00:00:00Z',
    '+002027-01-15T08:00:00Z',
  ],
  ...[
    '0000-01-01T00:00:00Z',
    '9999-12-31T23:59:59Z',
    `2027-01-15T08:00:00.${'0'.repeat(400)}Z`,
    '2027-1-15T8:00:00Z',
  ],
  ...[
    '2027-01-15t08:00:00z',
    '2027-01-15 08:00:00Z',
    'now',
    '',
    null,
    now,
    now / 1000,
    ['2027-01-15T08:00:00Z'],
  ],
  ...injections.map((text) => `2027-01-15T08:00:00Z${text}`),
];

const nonces: Json[] = [
  ...[
    'abcdef0123456789',
    '12345678',
    '1234567',
    'a'.repeat(64),
    'a'.repeat(65),
    `0x${'ab'.repeat(31)}`,
    'ABCDEFGH',
  ],
  ...[
    'abcd-efgh',
    'abcd efgh',
    'abcdefgh ',
    'abcdefgh\n',
    'аbcdefgh',
    '１２３４５６７８',
    '',
    null,
    12345678,
    ['12345678'],
  ],
  ...[`${'0'.repeat(63)}\n`, '../../../../etc', '%00%00%00%00', 'a'.repeat(5_000)],
  ...injections.map((text) => `abcdef0123456789${text}`),
];

const statements: Json[] = [
  ...[
    'Sign in to verify your wallet identity',
    '',
    ' ',
    '~',
    'x'.repeat(200),
    'x'.repeat(201),
    'URI: https://evil.test',
  ],
  ...[
    'I agree to send 100 USDC to 0x0',
    'Sіgn in',
    'çà',
    '🪁',
    '\t',
    'a\u007fb',
    '\u202eevil',
    'x'.repeat(100_000),
  ],
  ...['seller.test wants you to sign in with your Ethereum account:', null, 0, [], {}],
  ...injections.map((text) => `Yes${text}`),
];

const versions: Json[] = ['1', 1, '2', '1.0', '01', '1 ', '', null, ['1'], `1\nChain ID: 1`];

const chains: Json[] = [
  { chainId: 'eip155:8453', type: 'eip191' },
  { chainId: 'eip155:84532', type: 'eip191', signatureScheme: 'eip191' },
  { chainId: 'eip155:1', type: 'eip191' },
  { chainId: 'eip155:8453', type: 'eip1271' },
  { chainId: 'eip155:8453', type: 'EIP191' },
  { chainId: 'eip155:08453', type: 'eip191' },
  { chainId: 'eip155:8453\nNonce: 1', type: 'eip191' },
  { chainId: 'solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp', type: 'ed25519' },
  { chainId: 8453, type: 'eip191' },
  { chainId: 'eip155:8453' },
  { type: 'eip191' },
  { chainId: 'x'.repeat(65), type: 'eip191' },
  { chainId: 'eip155:8453', type: 'eip191', signatureScheme: 'x'.repeat(17) },
  'eip155:8453',
  null,
];

export interface SignInAsked {
  readonly page: string;
  readonly extension: Json;
  /** Names of `oddSignIns` that were put into it. */
  readonly kinds: readonly string[];
}

/** The same time with the offset of a zone. */
const zoned = (milliseconds: number, minutes: number): string => {
  const two = (part: number): string => String(Math.trunc(Math.abs(part))).padStart(2, '0');
  const local = later(milliseconds + minutes * 60_000).slice(0, -1);
  return `${local}${minutes < 0 ? '-' : '+'}${two(minutes / 60)}:${two(minutes % 60)}`;
};

/** What other servers write, and is good: each must be signed. */
export const oddSignIns: Readonly<Record<string, (chance: Chance) => Record<string, Json>>> = {
  'statement is absent': (chance) => ({ statement: chance.pick([null, '']) }),
  'end is absent': (chance) => ({ expirationTime: chance.pick([null, '']) }),
  'offset of zero': (chance) => ({
    issuedAt: zoned(-chance.below(200_000), 0),
    expirationTime: zoned(200_000, 0),
  }),
  'offset of a zone': (chance) => ({ issuedAt: zoned(-1000, chance.pick([330, -480, 60, -210])) }),
  'other fields are null': () => ({ notBefore: null, requestId: null, resources: null, chainId: null }),
};
const oddChains = (chance: Chance, network: string): Json => [
  ...Array.from({ length: chance.between(1, 40) }, () =>
    chance.pick<Json>([null, '', 7, {}, { chainId: 8453 }]),
  ),
  { chainId: network, type: 'eip191', signatureScheme: null },
];

/** A sign-in challenge as a seller, or somebody who wants a signature, might send it. */
export function drawSignIn(chance: Chance): SignInAsked {
  const page = chance.pick(pages);
  const url = new URL(page);
  const info: Record<string, Json> = {
    domain: url.host,
    uri: url.href,
    version: '1',
    nonce: chance.bytes(16).toString('hex'),
    issuedAt: later(-chance.below(290_000)),
    ...(chance.odds(0.7) && { expirationTime: later(chance.between(1, 600_000)) }),
    ...(chance.odds(0.7) && { statement: 'Sign in to verify your wallet identity' }),
  };
  const kinds: string[] = [];
  if (chance.odds(0.3)) {
    const [kind, make] = chance.pick(Object.entries(oddSignIns));
    kinds.push(kind);
    Object.assign(info, make(chance));
  }
  const odd: Readonly<Record<string, readonly Json[]>> = {
    domain: domains(url),
    uri: uris(url),
    issuedAt: times,
    expirationTime: times,
    nonce: nonces,
    statement: statements,
    version: versions,
    notBefore: times,
    requestId: statements,
    resources: [['https://evil.test'], [], 'https://evil.test', ['\n- x']],
    chainId: [1, '1', 'eip155:1'],
    address: ['0x0000000000000000000000000000000000000000'],
  };
  for (let changes = chance.pick([0, 1, 1, 1, 1, 2, 2, 3]); changes > 0; changes -= 1) {
    const [field, values] = chance.pick(Object.entries(odd));
    if (chance.odds(0.1)) delete info[field];
    else info[field] = chance.pick(values);
  }
  const supportedChains: Json = chance.odds(0.7)
    ? [{ chainId: chance.pick(networks), type: 'eip191' }]
    : chance.pick<Json>([
        Array.from({ length: chance.below(4) }, () => chance.pick(chains)),
        Array.from({ length: chance.pick([20, 21, 300]) }, () => ({ chainId: networks[0], type: 'eip191' })),
        oddChains(chance, chance.pick(networks)),
        chance.pick(chains),
        null,
      ]);
  if (chance.odds(0.97)) return { page, kinds, extension: { info, supportedChains, schema: {} } };
  const shells: Json[] = [
    null,
    'x',
    [],
    {},
    { info },
    { supportedChains },
    { info: [info], supportedChains },
    info,
  ];
  return { page, kinds, extension: chance.pick(shells) };
}
