import type { Json } from './challenge-parts.ts';
import { base, payees, sepolia } from './pins.ts';

/** Amounts: plain ones around the ceiling, and every trick known. */
export const oddAmounts: readonly Json[] = [
  ...['1', '9', '10', '29999', '30000', '30001', '30000000', '9999999999', '10000000000'],
  ...[
    '0',
    '00',
    '030000',
    '0x7530',
    '0X7530',
    '0b1',
    '0o7',
    '3e4',
    '3E4',
    '30000e0',
    '30000.0',
    '30000.',
    '.3',
  ],
  ...[
    '0.03',
    '$0.03',
    '0.03 USDC',
    '30000 atomic',
    '3_0000',
    '30,000',
    '30 000',
    '+30000',
    '-30000',
    '-1',
    '--1',
  ],
  ...[
    '30000 ',
    ' 30000',
    '30000\n',
    '\t30000',
    '30000\u0000',
    '３００００',
    '٣٠٠٠٠',
    '30000\u200b',
    '３0000',
    '²',
  ],
  ...['Infinity', 'NaN', '1e400', '9'.repeat(78), (2n ** 256n).toString(), (2n ** 256n + 30_000n).toString()],
  ...['', ' ', 'null', '30000n', 'max', '1;2', '30000/2', '𝟑𝟎𝟎𝟎𝟎', '1'.repeat(81), (2n ** 64n).toString()],
  ...[30_000, 0.03, -1, 0, 1e21, null, true, ['30000'], { value: '30000' }],
];

/** Windows: the edges of 30…300, and absurd ones. */
export const oddWindows: readonly Json[] = [
  ...[30, 31, 60, 299, 300, 301, 900, 3600, 86_400, 1e6, 1e12, 1e15, 2 ** 53, 1e21, 1e300],
  ...[29, 10, 6, 5, 1, 0, -0, -1, -300, -1e12, 0.5, 29.999, 30.5, 299.5, 1e-7],
  ...['300', '', null, true, [300], { seconds: 300 }],
];

const turned = (address: string): string =>
  `0x${[...address.slice(2)].map((c) => (c === c.toLowerCase() ? c.toUpperCase() : c.toLowerCase())).join('')}`;

/** Spellings of one address: the same one, as far as a token can tell, in the first four. */
const spellings = (address: string): readonly Json[] => [
  address.toLowerCase(),
  `0x${address.slice(2).toUpperCase()}`,
  turned(address),
  address,
  address.toUpperCase(),
  address.slice(2),
  `${address} `,
  ` ${address}`,
  `${address}\n`,
  `${address}00`,
  `0x00${address.slice(2)}`,
  address.slice(0, -1),
  address.slice(0, -2),
  `${address.slice(0, -1)}0`,
  `${address}\u0000`,
  `eip155:8453:${address}`,
  address.replace('0', 'O'),
  address.replace(/[aA]/g, 'а'),
  address.replace(/[bB]/, 'ｂ'),
];

const wrongAddresses: readonly Json[] = [
  '0x0000000000000000000000000000000000000000',
  '0x000000000000000000000000000000000000dEaD',
  '0x2222222222222222222222222222222222222222',
  'seller.eth',
  '',
  null,
  0,
  [payees[0]],
  { address: payees[0] },
];

export const oddPayees: readonly Json[] = [
  ...payees.flatMap(spellings),
  ...wrongAddresses,
  base.asset,
  sepolia.asset,
];

export const oddAssets: readonly Json[] = [
  ...spellings(base.asset),
  ...spellings(sepolia.asset),
  ...wrongAddresses,
  // USDbC, and a token whose first and last letters are those of the real one.
  '0xd9aAEc86B65D86f6A7B5B1b0c42FFA531710b6CA',
  '0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02912',
  '0x833589fC00000000000000000000000000A02913',
  'USDC',
];

export const oddNetworks: readonly Json[] = [
  ...[base.network, sepolia.network, 'eip155:1', 'eip155:137', 'eip155:10', 'eip155:31337', 'eip155:0'],
  ...['base', 'base-sepolia', 'EIP155:8453', 'Eip155:8453', 'eip155:08453', 'eip155:8453 ', ' eip155:8453'],
  ...[
    'eip155:0x2105',
    'eip155:8453.0',
    'eip155:8453e0',
    'eip155',
    'eip155:',
    '8453',
    'eip155:*',
    'eip155:８４５３',
  ],
  ...['eip155:8453:1', 'eip155;8453', 'solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp', `eip155:${'9'.repeat(80)}`],
  ...['', null, 8453, ['eip155:8453'], { chainId: 8453 }],
];

export const oddSchemes: readonly Json[] = [
  ...['exact', 'upto', 'Exact', 'EXACT', ' exact', 'exact ', 'exаct', 'exact-permit2', 'deferred', 'batch'],
  ...['exact,upto', 'subscription', '', null, 0, ['exact'], { name: 'exact' }, 'x'.repeat(40)],
];

export const oddExtras: readonly Json[] = [
  { name: base.name, version: base.version },
  { name: sepolia.name, version: sepolia.version },
  { name: base.name, version: base.version, assetTransferMethod: 'eip3009' },
  ...[
    'permit2',
    'erc7710',
    'EIP3009',
    'eip-3009',
    'eip3009 ',
    '',
    null,
    3009,
    ['eip3009'],
    { is: 'eip3009' },
  ].map((assetTransferMethod) => ({ name: base.name, version: base.version, assetTransferMethod })),
  ...[
    'USDC',
    'usd coin',
    'USD Coin ',
    'USD Coin\u0000',
    'USD Cоin',
    'USD\u00a0Coin',
    '',
    null,
    2,
    ['USD Coin'],
  ].map((name) => ({ name, version: base.version })),
  ...['1', '3', '02', '2 ', '2.0', 2, '', null, ['2'], '２'].map((version) => ({ name: base.name, version })),
  ...[
    { chainId: 1 },
    { verifyingContract: payees[0] },
    { salt: `0x${'00'.repeat(32)}` },
    { primaryType: 'Permit' },
  ].map((more) => ({ name: base.name, version: base.version, ...more })),
  { name: base.name, version: base.version, domain: { name: 'Evil', version: '9' } },
  { name: base.name, version: base.version, spender: payees[0], permit2: true },
  { name: base.name },
  { version: base.version },
  {},
  null,
  '',
  [],
  [base.name, base.version],
  'USD Coin 2',
];
