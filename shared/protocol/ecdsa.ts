import { secp256k1 } from '@noble/curves/secp256k1.js';
import { bytesToHex, type Hex, hexToBytes } from 'viem';
import { publicKeyToAddress } from 'viem/utils';

/** Turns what KMS answers (SEC 1 / RFC 3279 DER) into what Ethereum wants (r ‖ s ‖ v with low s, EIP-2). */

const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

/** Of a window of the key's table: wider ones take longer to make than they ever save in one Lambda. */
const tableBits = 4;

/** SubjectPublicKeyInfo of an uncompressed secp256k1 key: everything before the point is fixed (RFC 5480). */
const spkiPrefix = '0x3056301006072a8648ce3d020106052b8104000a034200';

/**
 * The point of a KMS public key, uncompressed: 0x04, x, y.
 * @param spki DER SubjectPublicKeyInfo, as GetPublicKey returns it
 * @throws when it is not an uncompressed secp256k1 key
 */
function pointOf(spki: Uint8Array): Hex {
  const text = bytesToHex(spki);
  const point = text.slice(spkiPrefix.length);
  if (!text.startsWith(spkiPrefix) || point.length !== 130 || !point.startsWith('04'))
    throw new Error('This is not the public key of an ECC_SECG_P256K1 key (uncompressed secp256k1).');
  return `0x${point}`;
}

/**
 * The Ethereum address of a KMS public key.
 * @throws when it is not an uncompressed secp256k1 key
 */
export const addressOfPublicKey = (spki: Uint8Array): Hex => publicKeyToAddress(pointOf(spki));

/**
 * Makes the 65-byte signature of a digest from KMS's DER, for one key.
 * @param digest 32 bytes
 * @param der ECDSA-Sig-Value
 * @throws when the signature is not this key's: that is an error rather than a signature
 */
export type Signatures = (digest: Hex, der: Uint8Array) => Hex;

/**
 * Reads the signatures of one key. The point that the signer drew is computed once from the known key, which says both
 * whether the signature is ours (its x is r) and which of the two parities it has; nothing is tried. A small table of
 * multiples of the key, made here once, halves what that takes.
 * @param spki DER SubjectPublicKeyInfo, as GetPublicKey returns it
 */
export function signaturesOf(spki: Uint8Array): Signatures {
  const { Point } = secp256k1;
  const { Fn } = Point;
  const key = Point.fromHex(pointOf(spki).slice(2)).precompute(tableBits, false);
  return (digest, der) => {
    const { r, s } = parseDer(der);
    const inverse = Fn.inv(s);
    const [ofBase, ofKey] = [Fn.mul(Fn.create(BigInt(digest)), inverse), Fn.mul(r, inverse)];
    const drawn = Point.BASE.multiplyUnsafe(ofBase).add(key.multiplyUnsafe(ofKey));
    const { x, y } = drawn.is0() ? { x: 0n, y: 0n } : drawn.toAffine();
    // An x beyond the order, which would take a recovery id of 2 or 3, is met once in 2^128 signatures.
    if (x !== r) throw new Error(`The signature does not belong to ${addressOfPublicKey(spki)}.`);
    const isHigh = s > order / 2n;
    const yParity = ((y & 1n) === 1n) !== isHigh;
    return `0x${hex(r)}${hex(isHigh ? order - s : s)}${yParity ? '1c' : '1b'}`;
  };
}

/** Reads SEQUENCE { INTEGER r, INTEGER s } strictly: no trailing bytes, minimal lengths, both in 1..n-1. */
export function parseDer(der: Uint8Array): { r: bigint; s: bigint } {
  const bad = (): never => {
    throw new Error('The signature is not a DER sequence of two integers.');
  };
  if (der.length < 8 || der.length > 72 || der[0] !== 0x30 || der[1] !== der.length - 2) return bad();
  let at = 2;
  const integer = (): bigint => {
    const length = der[at + 1] ?? 0;
    const bytes = der.subarray(at + 2, at + 2 + length);
    const [first = 0xff, second = 0] = bytes;
    const padded = length > 1 && first === 0 && second < 0x80;
    if (der[at] !== 0x02 || length === 0 || bytes.length !== length || first >= 0x80 || padded) return bad();
    at += 2 + length;
    const value = BigInt(bytesToHex(bytes));
    return value > 0n && value < order ? value : bad();
  };
  const r = integer();
  const s = integer();
  return at === der.length ? { r, s } : bad();
}

const hex = (value: bigint): string => value.toString(16).padStart(64, '0');

/** The bytes of a digest, as KMS takes them. */
export const digestBytes = (digest: Hex): Uint8Array => {
  const bytes = hexToBytes(digest);
  if (bytes.length !== 32) throw new Error('A digest is 32 bytes.');
  return bytes;
};
