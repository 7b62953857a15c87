import * as z from 'zod';
import { chargeSeconds } from './charge.ts';
import type { AllowedAsset, Rail, TempoAsset } from './policy.ts';
import { windowSeconds } from './policy.ts';

const hex = (bytes: number) => z.string().regex(new RegExp(`^0x[0-9a-fA-F]{${bytes * 2}}$`));

/** What an EIP-3009 signature will say. Times are Unix seconds; amounts are atomic units. */
export const authorizationSchema = z.strictObject({
  rail: z.literal('x402').optional(),
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

/** What a Tempo transaction will say: one transfer with a memo, under a nonce that dies with `validBefore`. */
export const chargeAuthorizationSchema = z.strictObject({
  rail: z.literal('tempo'),
  network: z.string(),
  /** The token of the transfer, and of the transaction's fee. */
  asset: hex(20),
  from: hex(20),
  to: hex(20),
  value: z.string(),
  validBefore: z.int(),
  /** The memo of the transfer: what the chain shows of this purchase, and no other has. */
  nonce: hex(32),
  gas: z.int().positive(),
  /** In 10^-18 of a dollar for each unit of gas. */
  maxFeePerGas: z.string(),
});
export type ChargeAuthorization = z.infer<typeof chargeAuthorizationSchema>;

/** What will be signed, on either rail: frozen when the purchase is reserved and never edited once signed. */
export const frozenSchema = z.union([authorizationSchema, chargeAuthorizationSchema]);
export type FrozenAuthorization = z.infer<typeof frozenSchema>;

/** Which rail an authorization is of; what was stored before there were two is x402's. */
export const railOf = ({ rail }: { readonly rail?: Rail | undefined }): Rail => rail ?? 'x402';

/**
 * Below this many seconds of life an authorization is not sent: x402's verifier wants six of them, a node of Tempo
 * three.
 */
export const sendMarginSeconds: Readonly<Record<Rail, number>> = { x402: 10, tempo: 6 };

/**
 * The window of an authorization: open since ten minutes ago, for clocks that lag, and closed
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

/**
 * A first payment to somebody takes about 300,000 units of gas (TIP-20 under the T4 rules), a later one 51,000; a server
 * that simulates it counts up to 790,000.
 */
const gasLimit = 1_000_000;
/** Fees are counted in 10^-18 of a dollar, tokens in 10^-6. */
const perAtomic = 1_000_000_000_000n;

/** Puts together what will be signed for a charge: no fee, window or address of it is anybody else's. */
export const freezeCharge = (input: {
  asset: TempoAsset;
  from: string;
  payTo: string;
  amountAtomic: string;
  expiresAt: number | undefined;
  memo: string;
  nowSeconds: number;
}): ChargeAuthorization => ({
  rail: 'tempo',
  network: input.asset.network,
  asset: input.asset.asset,
  from: input.from,
  to: input.payTo,
  value: input.amountAtomic,
  validBefore: Math.min(
    input.nowSeconds + chargeSeconds.longest,
    Math.floor((input.expiresAt ?? Number.POSITIVE_INFINITY) / 1000),
  ),
  nonce: input.memo,
  gas: gasLimit,
  maxFeePerGas: ((BigInt(input.asset.feeCapAtomic) * perAtomic) / BigInt(gasLimit)).toString(),
});
