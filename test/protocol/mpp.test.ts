import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { BodyDigest, Challenge } from 'mppx';
import { Methods } from 'mppx/tempo';
import { describe, expect, test } from 'vitest';
import { canonical } from '../../shared/core/canonical.ts';
import { type ChargeFlaw, chargeFlaws, chargeObjection } from '../../shared/core/charge.ts';
import type { SellerPolicy } from '../../shared/core/policy.ts';
import { selectRequirements } from '../../shared/core/selection.ts';
import { decodeCharges, decodeReceipt } from '../../shared/protocol/mpp.ts';
import { challengeOf, policy, tempoTerms } from '../core/offers.ts';

const now = Date.parse('2026-11-24T12:00:00Z');
const body = '{"prompt":"a kite"}';
const asked = {
  hosts: ['seller.test'],
  bodySha256: createHash('sha256').update(body).digest('base64'),
};
const [asset] = tempoTerms.assets;
const [recipient] = tempoTerms.payees;

/** What the reference server would write, with some of it changed before it is bound to its id. */
function challenge(change: Record<string, unknown> = {}, request: Record<string, unknown> = {}) {
  return Challenge.from({
    secretKey: 'a secret of the tests, long enough for it',
    realm: 'seller.test',
    method: 'tempo',
    intent: 'charge',
    expires: new Date(now + 300_000).toISOString(),
    request: {
      amount: '30000',
      currency: asset?.asset,
      recipient,
      methodDetails: { chainId: 42431 },
      ...request,
    },
    ...change,
  } as Parameters<typeof Challenge.from>[0]);
}

const written = (...changes: Parameters<typeof challenge>): string =>
  Challenge.serialize(challenge(...changes));
const flawsOf = (header: string): (ChargeFlaw | undefined)[] =>
  decodeCharges(header, asked).map((charge) => chargeObjection(charge, tempoTerms, now));

test('a challenge of the reference server is read as it was made, and may be paid', () => {
  const made = Challenge.fromMethod(Methods.charge, {
    secretKey: 'a secret of the tests, long enough for it',
    realm: 'seller.test',
    expires: new Date(now + 300_000).toISOString(),
    request: { amount: '0.03', currency: asset?.asset ?? '', decimals: 6, recipient, chainId: 42431 },
  });
  const [charge, ...others] = decodeCharges(Challenge.serialize(made), asked);
  expect(others).toEqual([]);
  expect(charge).toMatchObject({
    amount: '30000',
    currency: asset?.asset,
    recipient,
    details: { chainId: 42431 },
  });
  expect(charge?.wire.id).toBe(made.id);
  expect(charge && chargeObjection(charge, tempoTerms, now)).toBeUndefined();
});

describe('what is not paid, by name', () => {
  const details = (change: object) => ({ methodDetails: { chainId: 42431, ...change } });
  const cases: [ChargeFlaw, string][] = [
    ['ChallengeExpired', written({ expires: new Date(now - 1).toISOString() })],
    ['ChallengeExpired', written({ expires: new Date(now + 10_000).toISOString() })],
    ['RealmMismatch', written({ realm: 'other.test' })],
    ['MethodUnsupported', written({ method: 'stripe' })],
    ['IntentUnsupported', written({ intent: 'session' })],
    ['ChainNotPinned', written({}, { methodDetails: { chainId: 4217 } })],
    ['ChainNotPinned', written({}, { methodDetails: {} })],
    ['CurrencyNotPinned', written({}, { currency: `0x20c0${'0'.repeat(35)}1` })],
    ['RecipientNotPinned', written({}, { recipient: `0x${'9'.repeat(40)}` })],
    ['SplitsRefused', written({}, details({ splits: [{ amount: '1', recipient }] }))],
    ['PushOnly', written({}, details({ supportedModes: ['push'] }))],
    ['FeePayerRefused', written({}, details({ feePayer: true }))],
    ['DetailsUnsupported', written({}, details({ machineTokenEnabled: true }))],
    ['DetailsUnsupported', written({ header: 'X-Payment' })],
    ['AmountMalformed', written({}, { amount: '0' })],
    ['AmountMalformed', written({}, { amount: '3e4' })],
    ['DigestMismatch', written({ digest: BodyDigest.compute('{"prompt":"another"}') })],
    ['IdMalformed', written().replace(/id="[^"]+"/, 'id="forged"')],
    ['IdMalformed', written().replace(/id="(.{40})[^"]+"/, 'id="$1%%%"')],
    ['RequestMalformed', written().replace(/request="[^"]+"/, 'request="e30="')],
    ['RequestMalformed', written().replace(/, realm="[^"]+"/, '')],
    ['RequestMalformed', `${written()}, realm="seller.test"`],
    ['RequestMalformed', written().replace(/(expires=")[^"]+/, '$1tomorrow')],
  ];
  test.each(cases)('%s: %s', (flaw, header) => {
    expect(flawsOf(header)).toEqual([flaw]);
  });

  test('every name is given somewhere', () => {
    expect(new Set(cases.map(([flaw]) => flaw))).toEqual(new Set(Object.keys(chargeFlaws)));
  });

  test('a request that is not in canonical form: its id is bound to bytes that an echo would not have', () => {
    const { request } = challenge();
    const disorderly = JSON.stringify({ recipient, ...request, z: 1, a: 2 });
    expect(disorderly).not.toBe(canonical(JSON.parse(disorderly)));
    const encoded = Buffer.from(disorderly).toString('base64url');
    expect(flawsOf(written().replace(/request="[^"]+"/, `request="${encoded}"`))).toEqual([
      'RequestMalformed',
    ]);
  });
});

test('what is null or empty is absent, of the request and of its parameters, and is not echoed', () => {
  const none = { feePayer: null, splits: null, supportedModes: null, memo: '', machineTokenEnabled: null };
  const header = `${written({}, { methodDetails: { chainId: 42431, ...none } })}, digest="", opaque="", header=""`;
  expect(flawsOf(header)).toEqual([undefined]);
  expect(Object.keys(decodeCharges(header, asked)[0]?.wire ?? {}).toSorted()).toEqual([
    'expires',
    'id',
    'intent',
    'method',
    'realm',
    'request',
  ]);
  expect(flawsOf(written().replace(/expires="[^"]+"/, 'expires=""'))).toEqual([undefined]);
  expect(flawsOf(written({}, { methodDetails: null }))).toEqual(['ChainNotPinned']);
});

test('a digest of our own body is no objection', () => {
  expect(flawsOf(written({ digest: BodyDigest.compute(body) }))).toEqual([undefined]);
});

describe('a header of many parts', () => {
  const short = 'Payment id="x"';
  const spoilt: [string, string][] = [
    ['no challenge at all', 'Payment'],
    ['a parameter that is none', 'Payment id="x", realm=@@, method=tempo'],
    ['a parameter that is there twice', 'Payment id="x", id="y"'],
    ['a token for its parameters', 'Payment e30='],
    ['a quote that is never closed', 'Payment id="x, realm="seller.test", method="tempo"'],
    ['a quote that opens at its end', 'Payment id="x", realm="'],
    ['a request that is not base64', written().replace(/request="[^"]+"/, 'request="{}"')],
    ['a request of an array', written().replace(/request="[^"]+"/, 'request="W10"')],
    ['methods of another kind', written({ method: 'stripe' }, { methodDetails: 'x' })],
  ];
  test.each(spoilt)('a malformed challenge leaves its neighbours payable: %s', (_what, bad) => {
    const payable = (header: string) => flawsOf(header).filter((flaw) => flaw === undefined).length;
    expect(payable(`${bad}, ${written()}`)).toBe(1);
    expect(payable(`${written()}, ${bad}`)).toBe(1);
    expect(payable(`${written()}, ${bad}, ${written()}`)).toBe(2);
  });

  test('the hundredth challenge is seen', () => {
    const header = `${Array(99).fill(short).join(', ')}, ${written()}`;
    expect(flawsOf(header).indexOf(undefined)).toBe(99);
  });

  test('several challenges, other schemes among them, each read for itself', () => {
    const header = `Bearer realm="x, Payment id=1", ${written({ method: 'stripe' })}, Basic abc==, ${written()}`;
    expect(flawsOf(header)).toEqual(['MethodUnsupported', undefined]);
  });

  test('quoted strings keep their commas and quotes', () => {
    const [charge] = decodeCharges(written({ description: 'a "kite", or two' }), asked);
    expect(charge?.flaw).toBeUndefined();
  });

  test.each([
    ['nothing at all', '', []],
    ['another scheme alone', 'Basic realm="x"', []],
    ['a quote that is never closed', `${written()}, x="`, ['RequestMalformed']],
    ['a hundred challenges', Array(100).fill(short).join(', '), Array(100).fill('RequestMalformed')],
    ['a thousand', Array(1_000).fill(short).join(', '), Array(100).fill('RequestMalformed')],
    [
      'quotes without end',
      `Payment a="${', Payment a="'.repeat(2_000)}`,
      Array(101).fill('RequestMalformed').slice(1),
    ],
    ['forty thousand bytes', `Payment id="${'a'.repeat(40_000)}"`, ['RequestMalformed']],
    ['commas and quotes without end', `Payment ${',"",'.repeat(8_000)}`, ['RequestMalformed']],
  ])('%s', (_what, header, flaws) => {
    const since = performance.now();
    expect(flawsOf(header)).toEqual(flaws);
    expect(performance.now() - since).toBeLessThan(500);
  });

  test('a request deeper than any that is meant', () => {
    const encoded = Buffer.from(`{"a":${'['.repeat(9)}${']'.repeat(9)}}`).toString('base64url');
    expect(flawsOf(written().replace(/request="[^"]+"/, `request="${encoded}"`))).toEqual([
      'RequestMalformed',
    ]);
  });
});

test('whatever is done to a good header: what is chosen is ours in every respect, within the ceiling, or refused', () => {
  const good = `${written()}, ${written({ method: 'stripe' })}`;
  const terms: SellerPolicy = { ...policy, rails: ['tempo'], tempo: tempoTerms };
  const edit = fc.record({
    at: fc.nat(good.length),
    cut: fc.nat(6),
    put: fc.oneof(fc.string({ maxLength: 6 }), fc.constantFrom('"', '\\', ', ', '=', 'Payment ', good)),
  });
  const property = fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
    const text = edits.reduce(
      (before, { at, cut, put }) => before.slice(0, at) + put + before.slice(at + cut),
      good,
    );
    const choice = selectRequirements(
      { ...challengeOf(), charges: decodeCharges(text, asked) },
      terms,
      35_000n,
      now,
    );
    if ('refused' in choice) return;
    if (choice.rail !== 'tempo') throw new Error('Only Tempo was offered.');
    expect(choice).toMatchObject({ asset, payTo: recipient });
    expect(choice.selected.details).toEqual({ chainId: 42431 });
    expect(choice.selected.wire.realm).toBe('seller.test');
    expect(choice.amountAtomic).toMatch(/^[1-9]\d*$/);
    expect(Number(choice.amountAtomic)).toBeLessThanOrEqual(35_000);
  });
  // Only the server can tell an edited request by its id: in the examples the amount became 40000, and 30.
  const examples: [{ at: number; cut: number; put: string }[]][] = [
    [[{ at: 136, cut: 1, put: '0' }]],
    [[{ at: 137, cut: 4, put: '\\' }]],
  ];
  fc.assert(property, { numRuns: 2_000, examples });
});

test('a receipt names a transaction, and anything else is none', () => {
  const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const reference = `0x${'ab'.repeat(32)}`;
  const receipt = { method: 'tempo', status: 'success', timestamp: new Date(now).toISOString(), reference };
  expect(decodeReceipt(encoded(receipt))).toEqual({ transaction: reference });
  for (const wrong of [{ ...receipt, status: 'failed' }, { ...receipt, reference: 'ok' }, 'success', null])
    expect(decodeReceipt(encoded(wrong))).toBeUndefined();
  expect(decodeReceipt(undefined)).toBeUndefined();
  expect(decodeReceipt('not base64!')).toBeUndefined();
});
