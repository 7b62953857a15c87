import { concatHex, type Hex, keccak256, sliceHex, stringToBytes } from 'viem';

const beginningOf = (text: string, bytes: number): Hex => sliceHex(keccak256(stringToBytes(text)), 0, bytes);

/**
 * The memo of a charge: a tag and version, then the beginnings of the hashes of the seller's realm, of
 * who pays, and of the challenge's id. A server checks the realm and the challenge; the payer's part is our purchase,
 * so that no two of them have the same memo.
 * @param purchase the name of the purchase, the same for every worker and replay (`nonceOf`)
 */
export const memoOf = (challenge: { realm: string; id: string }, purchase: string): Hex =>
  concatHex([
    beginningOf('mpp', 4),
    '0x01',
    beginningOf(challenge.realm, 10),
    beginningOf(purchase, 10),
    beginningOf(challenge.id, 7),
  ]);
