import type { SellerPolicy } from '../../../../shared/core/policy.ts';

/**
 * What the fuzzed deployment lets itself buy. Two chains whose tokens have different words, so that one can be confused
 * with the other, and a token that only looks like one of them.
 */
export const base = {
  network: 'eip155:8453',
  asset: '0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913',
  name: 'USD Coin',
  version: '2',
  decimals: 6,
} as const;
export const sepolia = {
  network: 'eip155:84532',
  asset: '0x036CbD53842c5426634e7929541eC2318f3dCF7e',
  name: 'USDC',
  version: '2',
  decimals: 6,
} as const;

/** The first is how settings write it; sellers may write it in letters of another size. */
export const payees = [
  '0x5E11e5AbCDeF0123456789aBcDEf0123456789ab',
  '0x1111111111111111111111111111111111111111',
] as const;

export const origin = 'https://seller.test';
export const page = `${origin}/api/generate/flux-2-pro/generate`;
/** Of the request that is bought: flux-2-pro/generate at 1 MP. */
export const ceiling = 30_000;

export const pins: SellerPolicy & { readonly pictureOrigins: readonly string[] } = {
  origin,
  pictureOrigins: ['https://pictures.test'],
  payees: payees.map((payee) => payee.toLowerCase()),
  assets: [base, sepolia],
  ceilingsAtomic: {},
};
