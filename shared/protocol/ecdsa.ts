import { bytesToHex, type Hex, hexToBytes, serializeSignature } from 'viem';
import { publicKeyToAddress, recoverAddress } from 'viem/utils';

/** Turns what KMS answers (SEC 1 / RFC 3279 DER) into what Ethereum wants (r ‖ s ‖ v with low s, EIP-2). */

const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

/** SubjectPublicKeyInfo of an uncompressed secp256k1 key: everything before the point is fixed (RFC 5480). */
const spkiPrefix = '0x3056301006072a8648ce3d020106052b8104000a034200';

/**
 * The Ethereum address of a KMS public key.
 * @param spki DER SubjectPublicKeyInfo, as GetPublicKey returns it
 * @throws when it is not an uncompressed secp256k1 key
 */
export function addressOfPublicKey(spki: Uint8Array): Hex {
  const text = bytesToHex(spki);
  const point = text.slice(spkiPrefix.length);
  if (!text.startsWith(spkiPrefix) || point.length !== 130 || !point.startsWith('04'))
    throw new Error('This is not the public key of an ECC_SECG_P256K1 key (uncompressed secp256k1).');
  return publicKeyToAddress(`0x${point}`);
}

/**
 * The 65-byte signature of a digest, from KMS's DER. Both parities are tried; when neither recovers our address
 * the signature is not ours, and that is an error rather than a signature.
 * @param digest 32 bytes
 * @param der ECDSA-Sig-Value
 * @param address whose signature it must be
 */
export async function signatureFromDer(digest: Hex, der: Uint8Array, address: Hex): Promise<Hex> {
  const { r, s } = parseDer(der);
  const lowS = s > order / 2n ? order - s : s;
  for (const yParity of [0, 1]) {
    const signature = { r: word(r), s: word(lowS), yParity };
    const recovered = await recoverAddress({ hash: digest, signature }).catch(() => undefined);
    if (recovered?.toLowerCase() === address.toLowerCase()) return serializeSignature(signature);
  }
  throw new Error(`The signature does not belong to ${address}.`);
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

const word = (value: bigint): Hex => `0x${value.toString(16).padStart(64, '0')}`;

/** The bytes of a digest, as KMS takes them. */
export const digestBytes = (digest: Hex): Uint8Array => {
  const bytes = hexToBytes(digest);
  if (bytes.length !== 32) throw new Error('A digest is 32 bytes.');
  return bytes;
};
