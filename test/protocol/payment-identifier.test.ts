import { decodePaymentSignatureHeader, encodePaymentRequiredHeader } from '@x402/core/http';
import type { PaymentRequired } from '@x402/core/types';
import {
  appendPaymentIdentifierToExtensions,
  declarePaymentIdentifierExtension,
  extractAndValidatePaymentIdentifier,
  validatePaymentIdentifierRequirement,
} from '@x402/extensions/payment-identifier';
import { describe, expect, test } from 'vitest';
import { freezeAuthorization } from '../../shared/core/authorization.ts';
import { selectRequirements } from '../../shared/core/selection.ts';
import { paymentIdentifierOf } from '../../shared/protocol/payment-identifier.ts';
import { decodeChallenge, encodePayment } from '../../shared/protocol/x402.ts';
import { offer, policy } from '../core/offers.ts';

const [asset] = policy.assets;
if (!asset) throw new Error('the policy has an asset');
const authorization = freezeAuthorization({
  asset,
  from: '0x2222222222222222222222222222222222222222',
  payTo: policy.payees[0] ?? '',
  amountAtomic: '30000',
  maxTimeoutSeconds: 300,
  nonce: `0x${'0123456789abcdef'.repeat(4)}`,
  nowSeconds: 1_800_000_000,
});
const id = 'pay_0123456789abcdef0123456789abcdef01234567';
const name = 'payment-identifier';

/** A 402 that advertises the extension so, read by the buyer. */
function challengeWith(advertised: unknown) {
  const required = {
    x402Version: 2,
    resource: { url: 'https://seller.test/api/generate/flux-2-pro/generate' },
    accepts: [offer().verbatim],
    extensions: { bazaar: { info: {} }, [name]: advertised },
  };
  const challenge = decodeChallenge(encodePaymentRequiredHeader(required as unknown as PaymentRequired));
  if ('malformed' in challenge) throw new Error(challenge.malformed);
  return challenge;
}
const paid = (advertised: unknown) =>
  decodePaymentSignatureHeader(encodePayment(challengeWith(advertised), offer(), authorization, '0x'));

describe('where the seller advertises it', () => {
  test.each([false, true])('the reference server takes our identifier, required: %s', (required) => {
    const payload = paid(declarePaymentIdentifierExtension(required));
    expect(extractAndValidatePaymentIdentifier(payload)).toEqual({ id, validation: { valid: true } });
    expect(validatePaymentIdentifierRequirement(payload, required)).toEqual({ valid: true });
  });

  test('the echo is what the reference client writes', () => {
    const advertised = { ...declarePaymentIdentifierExtension(true), note: 'kept' };
    const theirs = appendPaymentIdentifierToExtensions(
      structuredClone({ bazaar: { info: {} }, [name]: advertised }),
      id,
    );
    expect(paid(advertised).extensions).toEqual(theirs);
  });

  test('the identifier hangs on the nonce alone, so that a resend and a replay have the same', () => {
    expect(paymentIdentifierOf(authorization.nonce)).toBe(id);
    expect(paymentIdentifierOf(authorization.nonce)).toMatch(/^[A-Za-z0-9_-]{16,128}$/);
    expect(paymentIdentifierOf(`0x${'1'.repeat(64)}`)).not.toBe(id);
  });
});

test.each([
  ['null', null],
  ['a word', 'yes'],
  ['a list', [{ required: true }]],
  ['no info', {}],
  ['no info that is required', { required: false }],
  ['info that is a list', { info: [true] }],
  ['info that says nothing', { info: {} }],
  ['info that is not required', { info: { required: null } }],
])('an advertisement that is malformed and requires nothing is echoed as it is: %s', (_what, advertised) => {
  expect(paid(advertised).extensions).toEqual({ bazaar: { info: {} }, [name]: advertised });
  expect(selectRequirements(challengeWith(advertised), policy, 35_000n, 0)).toMatchObject({ rail: 'x402' });
});

test.each([
  ['beside its info', { required: true }],
  ['beside an info that is null', { required: true, info: null }],
  ['as a word', { info: { required: 'true' } }],
  ['as a number', { info: { required: 1 } }],
])('one that requires what cannot be given is refused before anything is signed: %s', (_what, advertised) => {
  expect(selectRequirements(challengeWith(advertised), policy, 35_000n, 0)).toEqual({
    refused: {
      name: 'ChallengeUnsupported',
      message:
        'No payment option of the seller is acceptable: it requires a payment-identifier in an unknown form.',
    },
  });
});
