import type { Purchase } from './messages.ts';

/** Somebody who buys pictures at the seller, one call for one of them. */
export interface Buyer {
  /** @param body the request, in the seller's field names */
  buy(body: Readonly<Record<string, unknown>>): Promise<Purchase>;
  /** How often it signed until now. */
  signed(): { paymentSignatures: number; signatures: number };
  /** What one signature takes the stand-in for the signer, where there is one; milliseconds of CPU. */
  standInMilliseconds?(): number;
}
