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
  const deep = `${'['.repeat(40)}${']'.repeat(40)}`;
  const cases: [string, string | undefined][] = [
    ['no header', undefined],
    ['no base64', '{"x402Version":2}'],
    ['no JSON', base64('hello')],
    ['version 1', base64(JSON.stringify({ x402Version: 1, accepts: [] }))],
    ['version "2"', base64(JSON.stringify({ ...required, x402Version: '2' }))],
    ['no resource', base64(JSON.stringify({ x402Version: 2, accepts: [] }))],
    [
      'an amount that is a number',
      base64(JSON.stringify({ ...required, accepts: [{ ...offer().verbatim, amount: 1 }] })),
    ],
    ['21 options', base64(JSON.stringify({ ...required, accepts: Array(21).fill(offer().verbatim) }))],
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
  for (const none of [undefined, '!!!', said('0xfeed'), said('\u001b[2J'), said(`${transaction} `)])
    expect(decodeSettlement(none)).toBeUndefined();
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
