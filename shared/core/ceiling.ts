import type { Offering } from './offering.ts';
import type { SellerPolicy } from './policy.ts';

/**
 * The most that a request may cost: the catalogue's ceiling or the one that settings put in its place, and the caller's
 * own limit where that is lower.
 * @param body the request, JSON, already checked
 * @param limits what the caller will pay for everything together, and what of that its uploads take
 * @returns atomic units of a six-decimal dollar asset
 */
export function ceilingOf(
  policy: SellerPolicy,
  name: string,
  entry: Offering,
  body: string,
  limits: { readonly maxPriceAtomic?: string | undefined; readonly uploadsAtomic: bigint },
): bigint {
  const configured = policy.ceilingsAtomic[name];
  const ours = configured === undefined ? entry.ceilingAtomic(JSON.parse(body)) : BigInt(configured);
  if (limits.maxPriceAtomic === undefined) return ours;
  const left = BigInt(limits.maxPriceAtomic) - limits.uploadsAtomic;
  return left < 0n ? 0n : left < ours ? left : ours;
}
