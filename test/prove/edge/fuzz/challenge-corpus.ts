import { challenge, good, goodElsewhere, type Json, without } from './challenge-parts.ts';
import {
  oddAmounts,
  oddAssets,
  oddExtras,
  oddNetworks,
  oddPayees,
  oddSchemes,
  oddWindows,
} from './odd-values.ts';
import { base, payees, sepolia } from './pins.ts';

/** A challenge as text: some are no JSON that a program would write. */
const json = (value: Json): string => JSON.stringify(value);

const eachOf = (field: string, values: readonly Json[]): string[] =>
  values.map((value) => json(challenge([{ ...good, [field]: value }])));

const decoys: readonly Json[] = [
  { ...good, amount: '1', payTo: '0x2222222222222222222222222222222222222222' },
  { ...good, amount: '1', network: 'eip155:1' },
  { ...good, amount: '1', scheme: 'upto' },
  { ...good, amount: '1', extra: { ...(good.extra as object), assetTransferMethod: 'permit2' } },
  { ...good, amount: '1', network: sepolia.network },
  { ...good, amount: '1', asset: sepolia.asset },
  { ...good, amount: '1', extra: { name: sepolia.name, version: '2' } },
  { ...good, amount: '1', maxTimeoutSeconds: 5 },
  { ...good, amount: '0' },
  { ...good, amount: '50000' },
  {
    ...good,
    network: 'solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp',
    asset: 'EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v',
  },
];

/** Several options: what is paid must not hang on their order. */
const several: string[] = [
  ...decoys.flatMap((decoy) => [json(challenge([decoy, good])), json(challenge([good, decoy]))]),
  json(challenge([...decoys, good])),
  json(challenge([good, ...decoys])),
  json(challenge(decoys)),
  json(challenge([good, goodElsewhere])),
  json(challenge([goodElsewhere, good])),
  json(challenge([good, { ...good, amount: '20000' }, { ...good, amount: '29999' }])),
  json(challenge([good, { ...good, payTo: payees[1] }])),
  json(challenge(Array(20).fill(good))),
  json(challenge(Array(21).fill(good))),
  json(challenge(Array(500).fill(without(good, 'extra')))),
  json(challenge([good, null])),
  json(challenge([good, 'exact'])),
  json(challenge([good, {}])),
  json(challenge([[good]])),
  json(challenge([])),
  json(challenge({})),
  json(challenge({ 0: good, length: 1 })),
  json(challenge(null)),
];

/** Everything around the options: version, resource, extensions. */
const shells: string[] = [
  ...[1, 0, 3, '2', 2.5, null, true, [2]].map((x402Version) => json(challenge([good], { x402Version }))),
  json(without(challenge([good]), 'x402Version')),
  json(without(challenge([good]), 'resource')),
  json(without(challenge([good]), 'accepts')),
  json(without(challenge([good]), 'error')),
  ...[
    ...[
      'https://evil.test/api/generate/flux-2-pro/generate',
      'https://seller.test/api/generate/veo/generate',
    ],
    ...[
      'https://seller.test.evil.test/api/generate/flux-2-pro/generate',
      'https://seller.test',
      '/',
      '',
      'x',
    ],
    ...['/api/generate/flux-2-pro/generate', 'https://seller.test:444/api/generate/flux-2-pro/generate'],
    ...['https://u:p@seller.test/api/generate/flux-2-pro/generate', 'http://[', 'javascript:alert(1)'],
    ...[
      'https://seller.test/api/generate/flux-2-pro/generate?x=1',
      `https://seller.test/${'a'.repeat(2100)}`,
    ],
  ].map((url) => json(challenge([good], { resource: { url } }))),
  ...[null, 'https://seller.test', [], {}, { url: null }].map((resource) =>
    json(challenge([good], { resource })),
  ),
  ...[null, [], 'permit', { permit2: { info: { approve: true } } }, { 'sign-in-with-x': { info: {} } }].map(
    (extensions) => json(challenge([good], { extensions })),
  ),
  json({
    x402Version: 1,
    error: 'v1',
    accepts: [{ ...good, maxAmountRequired: '30000', network: 'base', resource: 'x' }],
  }),
  json({ accepts: [good] }),
  json([challenge([good])]),
];

/** Text whose meaning hangs on who parses it. */
const whole = json(challenge([good]));
const texts: string[] = [
  ...[
    '',
    '{',
    'null',
    '1',
    '"x"',
    '[]',
    '{}',
    'undefined',
    'NaN',
    `${whole}x`,
    `${whole}${whole}`,
    `\ufeff${whole}`,
  ],
  whole.slice(0, -1),
  whole.replace('"amount":"30000"', '"amount":"1","amount":"30000"'),
  whole.replace('"amount":"30000"', '"amount":"30000","amount":"999999999"'),
  whole.replace('"payTo":', '"payTo":"0x2222222222222222222222222222222222222222","payTo":'),
  whole.replace(/("payTo":"[^"]*")/, '$1,"payTo":"0x2222222222222222222222222222222222222222"'),
  whole.replace('"x402Version":2', '"x402Version":1,"x402Version":2'),
  whole.replace('"extra":{', '"extra":{"__proto__":{"assetTransferMethod":"permit2"},'),
  whole.replace(/"extra":\{[^}]*\}/, '"extra":{"__proto__":{"name":"USD Coin","version":"2"}}'),
  whole.replace(/"extra":\{[^}]*\}/, '"extra":{"constructor":{"name":"USD Coin"}}'),
  whole.replace('"accepts":[{', '"accepts":[{"__proto__":{"scheme":"upto"},'),
  whole.replace('"scheme":"exact",', '"__proto__":{"scheme":"exact"},'),
  whole.replace(
    /"scheme":"exact","network":"[^"]*",/,
    `"__proto__":{"scheme":"exact","network":"${base.network}"},`,
  ),
  whole.replace('{"x402Version":2', '{"__proto__":{"accepts":[]},"x402Version":2'),
  whole.replace('"amount"', '"\\u0061mount"'),
  whole.replace('30000', '\\u0033\\u0030000'),
  whole.replace('"x402Version":2', '"x402Version":2.0'),
  whole.replace('"x402Version":2', '"x402Version":0.2e1'),
  whole.replace('"maxTimeoutSeconds":300', '"maxTimeoutSeconds":3e2'),
  whole.replace('"maxTimeoutSeconds":300', '"maxTimeoutSeconds":1e400'),
  whole.replace('{', `{ "padding": "${'x'.repeat(40_000)}", `),
  whole.replace('{', `{ "padding": "${'x'.repeat(64_100)}", `),
  whole.replace('{', `{ "padding": "${'x'.repeat(400_000)}", `),
  whole.replace('{', `{ "padding": "${'é'.repeat(64_000)}", `),
  ...[10, 13, 14, 15, 16, 40, 5_000].map((deep) =>
    whole.replace('{', `{ "deep": ${'['.repeat(deep)}${']'.repeat(deep)}, `),
  ),
  whole.replace('{', `{ "brackets": "${'['.repeat(100)}", `),
  whole.replace('{', `{ "brackets": "\\"${'['.repeat(10)}", `),
  whole.replaceAll(',', ' ,\n\t'),
];

/** Every challenge that was thought of, before chance has a hand in it. */
export const challengeCorpus: readonly string[] = [
  whole,
  json(challenge([goodElsewhere])),
  ...eachOf('amount', oddAmounts),
  ...eachOf('maxTimeoutSeconds', oddWindows),
  ...eachOf('payTo', oddPayees),
  ...eachOf('asset', oddAssets),
  ...eachOf('network', oddNetworks),
  ...eachOf('scheme', oddSchemes),
  ...eachOf('extra', oddExtras),
  ...Object.keys(good).map((field) => json(challenge([without(good, field)]))),
  ...several,
  ...shells,
  ...texts,
];
