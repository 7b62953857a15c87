import { base, page, payees, sepolia } from './pins.ts';

/** Parts that challenges are put together from: JSON as a seller would send it. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };
export type JsonObject = { readonly [name: string]: Json };

/** An option that may be paid. */
export const good: JsonObject = {
  scheme: 'exact',
  network: base.network,
  amount: '30000',
  asset: base.asset,
  payTo: payees[0],
  maxTimeoutSeconds: 300,
  extra: { name: base.name, version: base.version },
};

/** The same on the other chain. */
export const goodElsewhere: JsonObject = {
  ...good,
  network: sepolia.network,
  asset: sepolia.asset,
  extra: { name: sepolia.name, version: sepolia.version },
};

/** A whole challenge around some options. */
export const challenge = (accepts: Json, more: JsonObject = {}): JsonObject => ({
  x402Version: 2,
  error: 'Payment required',
  resource: { url: page, description: 'Flux 2 Pro', mimeType: 'application/json' },
  accepts,
  ...more,
});

/** A value with some of its fields taken away. */
export const without = (from: JsonObject, ...names: readonly string[]): JsonObject =>
  Object.fromEntries(Object.entries(from).filter(([name]) => !names.includes(name)));
