import { withMedia } from '../shared/core/catalogue.ts';
import { ceilingOf } from '../shared/core/ceiling.ts';
import type { Offering } from '../shared/core/offering.ts';
import type { SellerPolicy } from '../shared/core/policy.ts';
import { uploadEntry, uploadOffering } from '../shared/core/upload.ts';

/**
 * The request as its price can be asked before its files have an address at the seller: a stand-in for each of them.
 * The seller prices the options, not the files.
 * @param origin the seller's
 * @param references the media that have no address yet
 */
export function pricedBody(
  origin: string,
  entry: Offering,
  body: string,
  references: readonly string[],
): string {
  const standIn = new URL('/upload', origin).href;
  return withMedia(entry, body, (media) => (references.includes(media) ? standIn : media));
}

/** What so many upload slots at the seller may cost at the most, atomic units. */
export const slotsAtomic = (policy: SellerPolicy, slots: number): bigint =>
  BigInt(slots) * ceilingOf(policy, uploadOffering, uploadEntry, '{}', { uploadsAtomic: 0n });

/** Said where a request names files and the settings no place for them. */
export const noPlaceForFiles =
  'The settings name no place for uploads at this seller; only addresses on the web can be sent.';
