import {
  decodePaymentRequiredHeader,
  decodePaymentSignatureHeader,
  encodePaymentRequiredHeader,
  encodePaymentSignatureHeader,
} from '@x402/core/http';
import { validatePaymentPayload } from '@x402/core/schemas';
import type { PaymentRequired } from '@x402/core/types';
import fc from 'fast-check';
import { verifyTypedData } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { describe, expect, test } from 'vitest';
import { freezeAuthorization } from '../../shared/core/authorization.ts';
import { selectRequirements } from '../../shared/core/selection.ts';
import { nonceOf, typedDataOf } from '../../shared/protocol/eip3009.ts';
import {
  decodeChallenge,
  decodeExtension,
  decodeSettlement,
  encodePayment,
} from '../../shared/protocol/x402.ts';
import { offer, policy } from '../core/offers.ts';

const account = privateKeyToAccount(`0x${'33'.repeat(32)}`);
const [asset] = policy.assets;
if (!asset) throw new Error('the policy has an asset');

const required = {
  x402Version: 2,
  resource: {
    url: 'https://seller.test/api/generate/flux-2-pro/generate',
    description: 'Flux',
    tags: ['image'],
  },
  accepts: [{ ...offer().verbatim, unknownField: { kept: true } }],
  extensions: { bazaar: { info: { input: {} }, schema: { type: 'object' } } },
};
const frozen = {
  asset,
  from: account.address,
  payTo: policy.payees[0] ?? '',
  amountAtomic: '30000',
  maxTimeoutSeconds: 900,
  nonce: nonceOf({
    deployment: 'd',
    network: asset.network,
    asset: asset.asset,
    purchaseId: 'p',
    generation: 1,
  }),
};
const encode = (value: unknown) => encodePaymentRequiredHeader(value as PaymentRequired);
const base64 = (text: string) => Buffer.from(text).toString('base64');

test('a payment is what the reference package expects, and echoes the seller to the letter', async () => {
  const challenge = decodeChallenge(encode(required));
  if ('malformed' in challenge) throw new Error(challenge.malformed);
  const [selected] = challenge.accepts;
  if (!selected) throw new Error('one option');
  const authorization = freezeAuthorization({ ...frozen, nowSeconds: 1_800_000_000 });
  expect(authorization.validBefore - 1_800_000_000).toBe(300);
  const signature = await account.signTypedData(typedDataOf(authorization));
  const payload = decodePaymentSignatureHeader(encodePayment(challenge, selected, authorization, signature));
  expect(validatePaymentPayload(payload)).toBeTruthy();
  expect(payload.accepted).toEqual(required.accepts[0]);
  expect(payload.resource).toEqual(required.resource);
  expect(payload.extensions).toEqual(required.extensions);
  expect(payload.payload).toMatchObject({ authorization: { value: '30000', validBefore: '1800000300' } });
  expect(await verifyTypedData({ address: account.address, ...typedDataOf(authorization), signature })).toBe(
    true,
  );
});

describe('refuses in words', () => {
  const deep = `${'['.repeat(80)}${']'.repeat(80)}`;
  const cases: [string, string | undefined][] = [
    ['no header', undefined],
    ['no base64', '{"x402Version":2}'],
    ['no JSON', base64('hello')],
    ['version 1', base64(JSON.stringify({ x402Version: 1, accepts: [] }))],
    ['version "2"', base64(JSON.stringify({ ...required, x402Version: '2' }))],
    ['no resource', base64(JSON.stringify({ x402Version: 2, accepts: [] }))],
    ['options that are no list', base64(JSON.stringify({ ...required, accepts: {} }))],
    ['extensions that are no object', base64(JSON.stringify({ ...required, extensions: [1] }))],
    [
      'a deep one',
      base64(`{"x402Version":2,"resource":{"url":"x"},"accepts":[],"extensions":{"a":${deep}}}`),
    ],
    ['64 KiB and more', base64(JSON.stringify({ ...required, padding: 'x'.repeat(70_000) }))],
  ];
  test.each(cases)('%s', (_name, header) => {
    expect(decodeChallenge(header)).toHaveProperty('malformed');
  });
});

describe('each option is judged by itself', () => {
  const good = offer().verbatim;
  const odd: [string, unknown][] = [
    ['null', null],
    ['a word', 'exact'],
    ['a list', [good]],
    ['nothing in it', {}],
    ['an extra of null', { ...good, extra: null }],
    ['an empty extra', { ...good, extra: '' }],
    ['an extra that is deep', { ...good, extra: { a: JSON.parse(`${'['.repeat(20)}${']'.repeat(20)}`) } }],
    ['an extra of words', { ...good, extra: 'USD Coin 2' }],
    ['an amount that is a number', { ...good, amount: 30_000 }],
    ['an asset of null', { ...good, asset: null }],
    ['an endless network', { ...good, network: 'x'.repeat(5_000) }],
    [
      'version 1',
      {
        scheme: 'exact',
        network: 'base',
        maxAmountRequired: '30000',
        resource: 'https://seller.test/',
        payTo: '0x1',
        asset: '0x2',
        maxTimeoutSeconds: 60,
        extra: null,
      },
    ],
    [
      'another kind of chain',
      { ...good, network: 'solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp', extra: { feePayer: '1' } },
    ],
  ];
  const choose = (accepts: unknown[], more: object = {}) => {
    const challenge = decodeChallenge(base64(JSON.stringify({ ...required, ...more, accepts })));
    if ('malformed' in challenge) throw new Error(challenge.malformed);
    return selectRequirements(challenge, policy, 35_000n, 0);
  };

  test.each(odd)('beside a payable one: %s', (_what, entry) => {
    for (const accepts of [
      [entry, good],
      [good, entry],
      [entry, good, entry],
    ])
      expect(choose(accepts)).toMatchObject({ amountAtomic: '30000', selected: { verbatim: good } });
    expect(choose([entry])).toMatchObject({ refused: { name: 'ChallengeUnsupported' } });
  });

  test.each([21, 25, 100])('the payable one is the last of %i', (count) => {
    const strange = Array.from({ length: count - 1 }, (_, index) => odd[index % odd.length]?.[1]);
    expect(choose([...strange, good])).toMatchObject({ amountAtomic: '30000' });
  });

  test('256 are read, and what comes after is not', () => {
    expect(choose([...Array(255).fill(null), good])).toMatchObject({ amountAtomic: '30000' });
    expect(choose([...Array(256).fill(null), good])).toHaveProperty('refused');
  });

  test('a refusal names the option and what is wrong with it', () => {
    expect(choose([{ ...good, amount: 1 }, null])).toEqual({
      refused: {
        name: 'ChallengeUnsupported',
        message:
          'No payment option of the seller is acceptable: option 1 is not x402 version 2 (amount); option 2 is not x402 version 2 (whole).',
      },
    });
  });

  test('what is null or empty is absent, and is echoed as the seller wrote it', () => {
    const entry = {
      ...good,
      extra: { ...(good.extra as object), assetTransferMethod: null, note: '' },
      note: null,
    };
    const chosen = choose([entry], { error: null, extensions: null });
    expect(chosen).toMatchObject({ amountAtomic: '30000', selected: { verbatim: entry } });
    const challenge = decodeChallenge(
      base64(JSON.stringify({ ...required, extensions: null, accepts: [entry] })),
    );
    if ('malformed' in challenge) throw new Error(challenge.malformed);
    const [selected = offer()] = challenge.accepts;
    const authorization = freezeAuthorization({ ...frozen, nowSeconds: 1_800_000_000 });
    const payment = decodePaymentSignatureHeader(encodePayment(challenge, selected, authorization, '0x'));
    expect(payment.accepted).toEqual(entry);
    expect(payment).not.toHaveProperty('extensions');
  });
});

test.each([
  ['an empty list, as PHP writes an empty object', [], undefined],
  [
    'a schema twenty deep',
    { bazaar: { schema: JSON.parse(`${'['.repeat(20)}${']'.repeat(20)}`) } },
    expect.anything(),
  ],
])('extensions leave a challenge payable: %s', (_what, extensions, kept) => {
  const read = decodeChallenge(base64(JSON.stringify({ ...required, extensions })));
  expect(read).toMatchObject({ accepts: [expect.anything()] });
  expect('malformed' in read ? read : read.extensions).toEqual(kept);
});

describe('a sign-in is found in a challenge', () => {
  const signIn = { info: { nonce: 'x' } };
  test.each([
    ['as the reference server sends it', {}],
    ['that offers null', { accepts: null }],
    ['without what is needed to pay', { accepts: undefined, resource: undefined }],
    ['beside options that are none', { accepts: [null, 'x'] }],
  ])('%s', (_what, more) => {
    const value = { ...required, accepts: [], extensions: { 'sign-in-with-x': signIn }, ...more };
    expect(decodeExtension(base64(JSON.stringify(value)), 'sign-in-with-x')).toEqual(signIn);
  });
});

test('no header makes a decoder throw', () => {
  const mutated = fc.tuple(fc.nat(), fc.string({ maxLength: 4 })).map(([at, text]) => {
    const json = JSON.stringify(required);
    const where = at % json.length;
    return base64(json.slice(0, where) + text + json.slice(where + text.length));
  });
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.base64String(), mutated), (header) => {
      decodeChallenge(header);
      decodeSettlement(header);
      decodeExtension(header, 'sign-in-with-x');
    }),
    { numRuns: 3000 },
  );
});

test('headers are read and written as the reference package does', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.string({ unit: 'grapheme' }), (extra, url) => {
      // A key that reaches for a prototype is left out here, and kept there.
      fc.pre(!JSON.stringify(extra).includes('__proto__'));
      const header = encode({ ...required, resource: { ...extra, url } });
      const reference = decodePaymentRequiredHeader(header);
      expect(decodeChallenge(header)).toMatchObject({ resource: reference.resource, resourceUrl: url });
      const challenge = { resourceUrl: url, resource: { ...extra, url }, accepts: [] };
      const authorization = freezeAuthorization({ ...frozen, nowSeconds: 1_800_000_000 });
      const written = encodePayment(challenge, offer(), authorization, '0x');
      expect(encodePaymentSignatureHeader(decodePaymentSignatureHeader(written))).toBe(written);
    }),
    { numRuns: 300 },
  );
});

test('a key that reaches for a prototype is left out', () => {
  const resource = JSON.parse('{"__proto__":{"polluted":true},"url":"u"}');
  expect(decodeChallenge(encode({ ...required, resource }))).toMatchObject({ resource: { url: 'u' } });
  expect(JSON.stringify(decodeChallenge(encode({ ...required, resource })))).not.toContain('polluted');
});

test('a settlement response is read, or not there', () => {
  const said = (transaction: string) =>
    base64(JSON.stringify({ success: true, transaction, network: 'eip155:8453', payer: '0x1' }));
  const transaction = `0x${'fe'.repeat(32)}`;
  expect(decodeSettlement(said(transaction))).toEqual({ success: true, transaction, network: 'eip155:8453' });
  expect(decodeSettlement(said(''))).toMatchObject({ transaction: '' });
  for (const none of ['errorReason', 'transaction', 'network', 'payer', 'amount', 'extensions'])
    expect(decodeSettlement(base64(JSON.stringify({ success: true, [none]: null })))).toEqual({
      success: true,
      transaction: '',
      network: '',
    });
  for (const none of [undefined, '!!!', said('0xfeed'), said('\u001b[2J'), said(`${transaction} `)])
    expect(decodeSettlement(none)).toBeUndefined();
});

test('a pending settlement is no success and no failure: its transaction is kept, its money is open', () => {
  const transaction = `0x${'fe'.repeat(32)}`;
  const pending = { transaction, network: 'eip155:8453', errorReason: 'settlement_pending' };
  for (const success of [false, true])
    expect(decodeSettlement(base64(JSON.stringify({ ...pending, success })))).toEqual({
      success: false,
      transaction,
      network: 'eip155:8453',
    });
});

test('the nonce of a purchase is its own and always the same', () => {
  const purchase = {
    deployment: 'd',
    network: 'eip155:8453',
    asset: asset.asset,
    purchaseId: 'p',
    generation: 1,
  };
  const nonce = nonceOf(purchase);
  expect(nonce).toBe('0x01db35ec6e6943a45511a072fb5cc8182013b0533f0751976776ac41a9fe886d');
  expect(nonceOf({ ...purchase, asset: asset.asset.toLowerCase() })).toBe(nonce);
  for (const change of [{ deployment: 'e' }, { network: 'eip155:1' }, { purchaseId: 'q' }, { generation: 2 }])
    expect(nonceOf({ ...purchase, ...change })).not.toBe(nonce);
});
