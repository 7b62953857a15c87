import { secp256k1 } from '@noble/curves/secp256k1.js';
import { type Hex, hexToBytes } from 'viem';
import { privateKeyToAddress } from 'viem/accounts';
import type { Chance } from '../chance.ts';

export const order = secp256k1.Point.CURVE().n;
export const half = order / 2n;

/** A key whose every part is known, so that signatures can be made to measure. */
export interface SigningKey {
  readonly secret: bigint;
  readonly address: Hex;
  /** As KMS gives it out: DER SubjectPublicKeyInfo. */
  readonly spki: Buffer;
}

/** One ephemeral scalar and the r it gives. */
export interface Ephemeral {
  readonly k: bigint;
  readonly r: bigint;
}

/** Before the point of an uncompressed secp256k1 key (RFC 5480). */
const spkiPrefix = Buffer.from('3056301006072a8648ce3d020106052b8104000a034200', 'hex');

const modulo = (value: bigint): bigint => ((value % order) + order) % order;
const word = (value: bigint): Hex => `0x${value.toString(16).padStart(64, '0')}`;

/** A key from chance. */
export function drawKey(chance: Chance): SigningKey {
  const secret = modulo(chance.bits(256));
  const point = secp256k1.getPublicKey(hexToBytes(word(secret)), false);
  return { secret, address: privateKeyToAddress(word(secret)), spki: Buffer.concat([spkiPrefix, point]) };
}

const ephemeralOf = (k: bigint): Ephemeral => ({
  k,
  r: modulo(secp256k1.Point.BASE.multiply(k).toAffine().x),
});

/** Scalars whose r is shorter than 32 bytes; of them the shortest known, 1/2, whose r has 21. */
export function shortEphemerals(chance: Chance, many: number): Ephemeral[] {
  const found = [ephemeralOf((order + 1n) / 2n)];
  while (found.length < many) {
    const drawn = ephemeralOf(modulo(chance.bits(256)));
    if (drawn.r >> 248n === 0n) found.push(drawn);
  }
  return found;
}

/** A scalar from chance, whatever its r. */
export const drawEphemeral = (chance: Chance): Ephemeral => ephemeralOf(modulo(chance.bits(256)));

/**
 * The digest for which the key, with this scalar, makes exactly this s: any signature can be had that way, also those
 * that chance would not show in a lifetime.
 */
export function digestFor(key: SigningKey, { k, r }: Ephemeral, s: bigint): Hex {
  return word(modulo(s * k - r * key.secret));
}
