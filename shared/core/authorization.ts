import * as z from 'zod';
import type { AllowedAsset } from './policy.ts';
import { windowSeconds } from './policy.ts';

const hex = (bytes: number) => z.string().regex(new RegExp(`^0x[0-9a-fA-F]{${bytes * 2}}$`));

/**
 * What an EIP-3009 signature will say, frozen when the purchase is reserved and never edited once signed.
 * Times are Unix seconds; amounts are atomic units.
 */
export const authorizationSchema = z.strictObject({
  network: z.string(),
  asset: hex(20),
  name: z.string(),
  version: z.string(),
  from: hex(20),
  to: hex(20),
  value: z.string(),
  validAfter: z.int(),
  validBefore: z.int(),
  nonce: hex(32),
});

export type Authorization = z.infer<typeof authorizationSchema>;

/** Below this many seconds of life an authorization is not sent: the seller's verifier wants six of them. */
export const sendMarginSeconds = 10;

/**
 * The window of an authorization (safety.md §1.3): open since ten minutes ago, for clocks that lag, and closed
 * after what the seller asks for but never more than five minutes.
 * @param nowSeconds Unix seconds
 * @param maxTimeoutSeconds the seller's, already known to be a whole number of at least thirty
 */
export const authorizationWindow = (nowSeconds: number, maxTimeoutSeconds: number) => ({
  validAfter: nowSeconds - windowSeconds.back,
  validBefore: nowSeconds + Math.min(maxTimeoutSeconds, windowSeconds.longest),
});

/** Puts together what will be signed, from our registry, our policy and our clock alone. */
export const freezeAuthorization = (input: {
  asset: AllowedAsset;
  from: string;
  payTo: string;
  amountAtomic: string;
  maxTimeoutSeconds: number;
  nonce: string;
  nowSeconds: number;
}): Authorization => ({
  network: input.asset.network,
  asset: input.asset.asset,
  name: input.asset.name,
  version: input.asset.version,
  from: input.from,
  to: input.payTo,
  value: input.amountAtomic,
  ...authorizationWindow(input.nowSeconds, input.maxTimeoutSeconds),
  nonce: input.nonce,
});
