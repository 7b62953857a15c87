import type { Chance } from '../chance.ts';
import { order } from './signing-key.ts';

/** A DER INTEGER, minimal unless it is told otherwise. */
export const integer = (value: bigint, padding = 0): Buffer => {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex');
  const signed = (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes;
  const padded = Buffer.concat([Buffer.alloc(padding), signed]);
  return Buffer.concat([Buffer.from([0x02, padded.length]), padded]);
};

/** A DER SEQUENCE of some parts. */
export const sequence = (...parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([0x30, body.length]), body]);
};

const withByte = (der: Buffer, at: number, byte: number): Buffer => {
  const changed = Buffer.from(der);
  changed[at] = byte;
  return changed;
};

type Spoil = (der: Buffer, r: bigint, s: bigint, chance: Chance) => Buffer;

/** Ways in which a signature of ours is no DER sequence of two integers in range, by name. */
export const spoils: Readonly<Record<string, Spoil>> = {
  empty: () => Buffer.alloc(0),
  'cut short': (der, _r, _s, chance) => der.subarray(0, chance.below(der.length)),
  'a byte behind it': (der, _r, _s, chance) => Buffer.concat([der, chance.bytes(1)]),
  'many bytes behind it': (der, _r, _s, chance) => Buffer.concat([der, chance.bytes(chance.between(2, 400))]),
  'a byte behind it, counted in': (_der, r, s, chance) => sequence(integer(r), integer(s), chance.bytes(1)),
  'a third integer': (_der, r, s) => sequence(integer(r), integer(s), integer(1n)),
  'one integer': (_der, r) => sequence(integer(r)),
  'a set, not a sequence': (der) => withByte(der, 0, 0x31),
  'a string in the place of r': (der) => withByte(der, 2, 0x04),
  'a bit string in the place of s': (_der, r, s) => sequence(integer(r), withByte(integer(s), 0, 0x03)),
  'a length too long': (der) => withByte(der, 1, (der[1] ?? 0) + 1),
  'a length too short': (der) => withByte(der, 1, (der[1] ?? 0) - 1),
  'an r that reaches into s': (der) => withByte(der, 3, (der[3] ?? 0) + 1),
  'an r without bytes': (_der, _r, s) => sequence(Buffer.from([0x02, 0x00]), integer(s)),
  'an s without bytes': (_der, r) => sequence(integer(r), Buffer.from([0x02, 0x00])),
  'a padded r': (_der, r, s) => sequence(integer(r, 1), integer(s)),
  'a padded s': (_der, r, s, chance) => sequence(integer(r), integer(s, chance.between(1, 3))),
  'the long form of a length': (der) =>
    Buffer.concat([Buffer.from([0x30, 0x81, der.length - 2]), der.subarray(2)]),
  'an open length': (der) => Buffer.concat([Buffer.from([0x30, 0x80]), der.subarray(2), Buffer.from([0, 0])]),
  'a negative r': (_der, r, s) => sequence(withByte(integer(r | (1n << 248n)), 2, 0x80), integer(s)),
  'r of zero': (_der, _r, s) => sequence(integer(0n), integer(s)),
  's of zero': (_der, r) => sequence(integer(r), integer(0n)),
  'r of the order': (_der, _r, s) => sequence(integer(order), integer(s)),
  's of the order': (_der, r) => sequence(integer(r), integer(order)),
  'an r above the order': (_der, r, s) => sequence(integer(order + r), integer(s)),
  's plus the order': (_der, r, s) => sequence(integer(r), integer(order + s)),
  'r and s as 64 plain bytes': (_der, r, s) =>
    Buffer.from(r.toString(16).padStart(64, '0') + s.toString(16).padStart(64, '0'), 'hex'),
  'hexadecimal text': (der) => Buffer.from(der.toString('hex')),
  'base64 text': (der) => Buffer.from(der.toString('base64')),
  'bytes of chance': (_der, _r, _s, chance) => chance.bytes(chance.below(100)),
  'chance under the right head': (der, _r, _s, chance) =>
    Buffer.concat([der.subarray(0, 4), chance.bytes(der.length - 4)]),
};
