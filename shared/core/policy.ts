import * as z from 'zod';

/**
 * What a deployment lets itself buy, and from whom. It comes from `cdk.json` and is the only source of what is
 * signed: a seller's challenge is compared with it and never copied from.
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
  network: z
    .string()
    .regex(/^eip155:[1-9][0-9]{0,15}$/, 'must be the CAIP-2 name of a chain, such as eip155:8453'),
  /** The token contract. */
  asset: address,
  /** EIP-712 domain name and version of the token, as its contract hashes them. */
  name: z.string().min(1).max(64),
  version: z.string().min(1).max(16),
  /** Ceilings are in millionths of a dollar. */
  decimals: z.int().min(6).max(6),
});

/** How a purchase is paid: by x402 (EIP-3009) on an EVM chain, or by the Machine Payments Protocol on Tempo. */
export const railNames = ['x402', 'tempo'] as const;
export type Rail = (typeof railNames)[number];

/** A token of a Tempo chain (TIP-20), which also pays the transaction's own fee. */
const tempoAssetSchema = z.strictObject({
  network: assetSchema.shape.network,
  asset: address,
  decimals: assetSchema.shape.decimals,
  /** The most that the chain may take for one transaction, in atomic units of the same token. */
  feeCapAtomic: z
    .string()
    .regex(/^[1-9][0-9]{0,6}$/, 'must be whole units of the asset, such as "30000" for 3 cents')
    .default('30000'),
});

const tempoSchema = z.strictObject({
  payees: z.array(address).min(1),
  assets: z.array(tempoAssetSchema).min(1),
});

export const sellerPolicySchema = z.strictObject({
  origin,
  /** In the order in which they are tried; x402 alone where nothing is said. */
  rails: z.array(z.enum(railNames)).min(1).max(railNames.length).optional(),
  /** Whom we pay on Tempo, and in what. */
  tempo: tempoSchema.optional(),
  /**
   * Pin of the origins that results are fetched from, exactly. A result elsewhere is held until an operator allows its
   * origin. Without a pin, a result is fetched from any public https host.
   */
  pictureOrigins: z.array(origin).min(1).optional(),
  /** Whom we pay. Nobody else is ever named in a signature. */
  payees: z.array(address).min(1),
  assets: z.array(assetSchema).min(1),
  /** Where files that a request names are put before it is sent; without it only addresses on the web can be named. */
  uploads: z
    .strictObject({
      /** Where the bytes go, exactly: `https://vercel.com/api/blob/` in the seller's documents. */
      putUrl: z.url().max(512),
      /** For so long a file is taken to be kept, and is not bought a place again. */
      keepSeconds: z.int().positive().default(86_400),
    })
    .optional(),
  /** Atomic units, by `model/operation`; replaces the catalogue's own ceiling. */
  ceilingsAtomic: z
    .record(
      z.string(),
      z.string().regex(/^[1-9][0-9]{0,9}$/, 'must be whole units of the asset, such as "30000" for 3 cents'),
    )
    .default({}),
});

const rpcUrlsSchema = z.array(z.url()).min(1).max(5);

/**
 * Nodes of each chain, by CAIP-2 name; two of different operators, so that one alone can prove nothing. `finalityDepth`
 * stands for final at nodes that name no final block, and nowhere else.
 */
export const chainsSchema = z.record(
  z.string(),
  z.union([
    rpcUrlsSchema,
    z.strictObject({ nodes: rpcUrlsSchema, finalityDepth: z.int().min(1).max(100_000).optional() }),
  ]),
);

export type SellerPolicy = z.infer<typeof sellerPolicySchema>;
export type AllowedAsset = z.infer<typeof assetSchema>;
export type TempoAsset = z.infer<typeof tempoAssetSchema>;
export type TempoTerms = z.infer<typeof tempoSchema>;

/**
 * Origins that the deployment knows by its own settings: the seller, the host that files are put to, and the pin. They
 * may be http or loopback, which no origin of a stranger may be.
 */
export const knownOrigins = ({ origin, uploads, pictureOrigins = [] }: SellerPolicy): readonly string[] => [
  ...new Set([origin, ...(uploads ? [new URL(uploads.putUrl).origin] : []), ...pictureOrigins]),
];

/** The nodes of one chain, as settings name them. */
export type NodesOf = z.infer<typeof chainsSchema>[string];

export const nodesOf = (
  nodes: NodesOf | readonly string[],
): { readonly rpcUrls: readonly string[]; readonly finalityDepth?: number | undefined } =>
  'nodes' in nodes
    ? { rpcUrls: nodes.nodes, finalityDepth: nodes.finalityDepth }
    : { rpcUrls: nodes as readonly string[] };

/** The rails that are on, in the order in which they are tried. */
export const railsOf = ({ rails, tempo }: SellerPolicy): readonly Rail[] =>
  (rails ?? ['x402']).filter((rail) => rail !== 'tempo' || tempo !== undefined);

/** Every token that may be paid with, with the rail that moves it. */
export const paidAssets = (policy: SellerPolicy): readonly PaidAsset[] =>
  railsOf(policy).flatMap((rail) =>
    (rail === 'x402' ? policy.assets : (policy.tempo?.assets ?? [])).map(({ network, asset, decimals }) => ({
      rail,
      network,
      asset,
      decimals,
    })),
  );

/** Every payee of the settings, in lower case, each once. */
export const payeesOf = ({ payees, tempo }: SellerPolicy): readonly string[] => [
  ...new Set([...payees, ...(tempo?.payees ?? [])].map((payee) => payee.toLowerCase())),
];

export interface PaidAsset {
  readonly rail: Rail;
  /** CAIP-2. */
  readonly network: string;
  readonly asset: string;
  readonly decimals: number;
}

/** The longest and shortest windows an authorization may have, in seconds. */
export const windowSeconds = { longest: 300, shortest: 30, back: 600 } as const;
