import { secp256k1 } from '@noble/curves/secp256k1.js';
import { type Hex, hexToBytes, keccak256, toHex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { describe, expect, test } from 'vitest';
import { addressOfPublicKey, parseDer, signaturesOf } from '../../shared/protocol/ecdsa.ts';

const privateKey = '0x4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318';
const account = privateKeyToAccount(privateKey);
const prefix = Buffer.from('3056301006072a8648ce3d020106052b8104000a034200', 'hex');
const spkiOf = (key: Hex): Buffer => Buffer.concat([prefix, secp256k1.getPublicKey(hexToBytes(key), false)]);
const signatureFromDer = signaturesOf(spkiOf(privateKey));
const order = secp256k1.Point.CURVE().n;
const half = order / 2n;

const digestOf = (index: number): Hex => keccak256(toHex(`digest ${index}`));
/** As KMS signs: any s, whatever its size, with randomised k. */
const derOf = (digest: Hex, s: 'high' | 'low' | 'any') => {
  const plain = secp256k1.sign(hexToBytes(digest), hexToBytes(privateKey), {
    prehash: false,
    lowS: false,
    format: 'der',
  });
  const { r, s: value } = parseDer(plain);
  const wanted = s === 'any' || value > half === (s === 'high') ? value : order - value;
  return encode(r, wanted);
};
const integer = (value: bigint): Buffer => {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex');
  const padded = (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes;
  return Buffer.concat([Buffer.from([2, padded.length]), padded]);
};
const encode = (r: bigint, s: bigint): Buffer => {
  const body = Buffer.concat([integer(r), integer(s)]);
  return Buffer.concat([Buffer.from([0x30, body.length]), body]);
};

describe('a KMS signature becomes what viem would have signed', () => {
  test.each(['high', 'low'] as const)('%s s', async (s) => {
    const parities = new Set<string>();
    for (let index = 0; index < 40; index += 1) {
      const digest = digestOf(index);
      const signature = signatureFromDer(digest, derOf(digest, s));
      expect(BigInt(`0x${signature.slice(66, 130)}`) <= half).toBe(true);
      expect(signature).toBe(await account.sign({ hash: digest }));
      parities.add(signature.slice(-2));
    }
    expect([...parities].toSorted()).toEqual(['1b', '1c']);
  });

  test('short integers: r or s with leading zero bytes', async () => {
    let short = 0;
    for (let index = 0; short < 3 && index < 3000; index += 1) {
      const digest = digestOf(index);
      const der = derOf(digest, 'low');
      if (der.length >= 70) continue;
      short += 1;
      expect(signatureFromDer(digest, der)).toBe(await account.sign({ hash: digest }));
    }
    expect(short).toBe(3);
  });

  test('the wrong key is an error, not a signature', () => {
    const stranger = `0x${'11'.repeat(32)}` as const;
    const theirs = signaturesOf(spkiOf(stranger));
    const { address } = privateKeyToAccount(stranger);
    expect(() => theirs(digestOf(1), derOf(digestOf(1), 'any'))).toThrow(address);
    expect(() => signatureFromDer(digestOf(2), derOf(digestOf(1), 'any'))).toThrow(account.address);
  });
});

const good = derOf(digestOf(0), 'low');
test.each([
  ['empty', Buffer.alloc(0)],
  ['cut short', good.subarray(0, -1)],
  ['with a byte too many', Buffer.concat([good, Buffer.from([0])])],
  ['not a sequence', Buffer.concat([Buffer.from([0x31]), good.subarray(1)])],
  ['with r of zero', encode(0n, 1n)],
  ['with s of the order', encode(1n, order)],
  ['with a negative r', Buffer.from('300602018002010100', 'hex').subarray(0, 8)],
  ['with a padded r', Buffer.from('30070202000102010a', 'hex')],
  ['with a long length', Buffer.from('3081060201010201010000', 'hex')],
])('DER %s is refused', (_name, der) => {
  expect(() => parseDer(der)).toThrow('DER');
});

test('reads 69 to 72 byte encodings of any signature', () => {
  const lengths = new Set<number>();
  for (let index = 0; index < 200; index += 1) {
    const der = derOf(digestOf(index), 'any');
    lengths.add(der.length);
    expect(encode(parseDer(der).r, parseDer(der).s)).toEqual(der);
  }
  expect([...lengths].every((length) => length <= 72)).toBe(true);
});

test('the address comes from an uncompressed secp256k1 key, and from nothing else', () => {
  const point = secp256k1.getPublicKey(hexToBytes(privateKey), false);
  expect(addressOfPublicKey(Buffer.concat([prefix, point]))).toBe(account.address);
  expect(() => addressOfPublicKey(Buffer.concat([prefix, point.subarray(1)]))).toThrow('ECC_SECG_P256K1');
  expect(() => addressOfPublicKey(point)).toThrow('ECC_SECG_P256K1');
});
