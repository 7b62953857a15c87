import { canonical } from '../../shared/core/canonical.ts';
import type { Charge } from '../../shared/core/charge.ts';
import type { SellerPolicy, TempoTerms } from '../../shared/core/policy.ts';
import type { Challenge, PaymentRequirements } from '../../shared/core/selection.ts';

/** A policy, and offers that it accepts or not: what the tests of selection and payment start from. */
export const policy: SellerPolicy = {
  origin: 'https://seller.test',
  pictureOrigins: ['https://pictures.test'],
  payees: ['0x1111111111111111111111111111111111111111'],
  assets: [
    {
      network: 'eip155:8453',
      asset: '0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913',
      name: 'USD Coin',
      version: '2',
      decimals: 6,
    },
  ],
  uploads: { putUrl: 'https://blobs.test/api/blob/', keepSeconds: 86_400 },
  ceilingsAtomic: {},
};

export function offer(change: Partial<Omit<PaymentRequirements, 'verbatim'>> = {}): PaymentRequirements {
  const entry = {
    scheme: 'exact',
    network: 'eip155:8453',
    amount: '30000',
    asset: '0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913',
    payTo: '0x1111111111111111111111111111111111111111',
    maxTimeoutSeconds: 300,
    extra: { name: 'USD Coin', version: '2' },
    ...change,
  };
  return { ...entry, verbatim: entry };
}

/** A payment challenge that our terms of Tempo accept. */
export function chargeOf(change: Partial<Charge> = {}): Charge {
  const charge = {
    method: 'tempo',
    intent: 'charge',
    amount: '30000',
    currency: '0x20c0000000000000000000000000000000000000',
    recipient: '0x1111111111111111111111111111111111111111',
    details: { chainId: 42431 },
    ...change,
  };
  const { method, intent, amount, currency, recipient, details } = charge;
  const request = canonical({ amount, currency, methodDetails: details, recipient });
  const wire = {
    id: 'a'.repeat(43),
    realm: 'seller.test',
    method,
    intent,
    request: Buffer.from(request).toString('base64url'),
    ...(charge.expiresAt !== undefined && { expires: new Date(charge.expiresAt).toISOString() }),
  };
  return { ...charge, wire: { ...wire, ...change.wire } };
}

export const challengeOf = (...accepts: PaymentRequirements[]): Challenge => ({
  resourceUrl: 'https://seller.test/api/generate/flux-2-pro/generate',
  resource: { url: 'https://seller.test/api/generate/flux-2-pro/generate' },
  accepts,
});

/** Whom we pay on Tempo, and in what: the terms of a policy with the second rail. */
export const tempoTerms: TempoTerms = {
  payees: ['0x1111111111111111111111111111111111111111'],
  assets: [
    {
      network: 'eip155:42431',
      asset: '0x20c0000000000000000000000000000000000000',
      decimals: 6,
      feeCapAtomic: '30000',
    },
  ],
};
