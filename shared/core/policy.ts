import * as z from 'zod';

/**
 * What a deployment lets itself buy, and from whom. It comes from `cdk.json` and is the only source of what is
 * signed: a seller's challenge is compared with it and never copied from (safety.md, invariant I8).
 */

const address = z.string().regex(/^0x[0-9a-fA-F]{40}$/, 'must be a 20-byte hex address');
const origin = z
  .string()
  .refine(
    (text) => URL.canParse(text) && new URL(text).origin === text,
    'must be an origin such as https://host, without a path',
  );

const assetSchema = z.strictObject({
  /** CAIP-2 chain id of an EVM chain. */
  network: z.string().regex(/^eip155:[1-9][0-9]{0,15}$/),
  /** The token contract. */
  asset: address,
  /** EIP-712 domain name and version of the token, as its contract hashes them. */
  name: z.string().min(1).max(64),
  version: z.string().min(1).max(16),
  /** Ceilings are in millionths of a dollar. */
  decimals: z.int().min(6).max(6),
});

export const sellerPolicySchema = z.strictObject({
  origin,
  /** Where finished pictures may be fetched from, exactly. */
  pictureOrigins: z.array(origin).min(1),
  /** Whom we pay. Nobody else is ever named in a signature. */
  payees: z.array(address).min(1),
  assets: z.array(assetSchema).min(1),
  /** Where files that a request names are put before it is sent; without it only addresses on the web can be named. */
  uploads: z
    .strictObject({
      /** Where the bytes go, exactly: `https://vercel.com/api/blob/` in the seller's documents (wire.md §1.6). */
      putUrl: z.url().max(512),
      /** For so long a file is taken to be kept, and is not bought a place again. */
      keepSeconds: z.int().positive().default(86_400),
    })
    .optional(),
  /** Atomic units, by `model/operation`; replaces the catalogue's own ceiling. */
  ceilingsAtomic: z.record(z.string(), z.string().regex(/^[1-9][0-9]{0,9}$/)).default({}),
});

/** Nodes of each chain, by CAIP-2 name; two of different operators, so that one alone can prove nothing. */
export const chainsSchema = z.record(z.string(), z.array(z.url()).min(1).max(5));

export type SellerPolicy = z.infer<typeof sellerPolicySchema>;
export type AllowedAsset = z.infer<typeof assetSchema>;

/** The longest and shortest windows an authorization may have, in seconds (safety.md §1.3). */
export const windowSeconds = { longest: 300, shortest: 30, back: 600 } as const;
