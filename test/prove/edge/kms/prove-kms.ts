import { type Hex, hexToBytes } from 'viem';
import { signaturesOf } from '../../../../shared/protocol/ecdsa.ts';
import type { Proven, Proving, Suite } from '../../suite.ts';
import { type Chance, chanceFrom } from '../chance.ts';
import { newTally, sized, type Tally } from '../tally.ts';
import { integer, sequence, spoils } from './der.ts';
import {
  digestFor,
  drawEphemeral,
  drawKey,
  type Ephemeral,
  half,
  order,
  type SigningKey,
  shortEphemerals,
} from './signing-key.ts';

/** What the adapter says when it gives no signature; anything else that it throws is a crash. */
const named = /^(The signature is not a DER sequence|The signature does not belong to 0x)/;

interface Made {
  readonly digest: Hex;
  readonly der: Buffer;
  readonly r: bigint;
  readonly s: bigint;
}

/** Every s worth having: the ends of its range, both sides of the half, the short ones, and any. */
function drawS(chance: Chance): bigint {
  const edges = [
    1n,
    2n,
    half - 1n,
    half,
    half + 1n,
    half + 2n,
    order - 2n,
    order - 1n,
    127n,
    128n,
    255n,
    256n,
  ];
  if (chance.odds(0.15)) return chance.pick(edges);
  if (chance.odds(0.3)) return 1n + chance.bits(8 * chance.between(1, 31));
  return (chance.bits(256) % (order - 1n)) + 1n;
}

function make(chance: Chance, key: SigningKey, short: readonly Ephemeral[]): Made {
  const ephemeral = chance.odds(0.3) ? chance.pick(short) : drawEphemeral(chance);
  const s = drawS(chance);
  const der = sequence(integer(ephemeral.r), integer(s));
  return { digest: digestFor(key, ephemeral, s), der, r: ephemeral.r, s };
}

/** Exactly r, the lower of the two s, and 27 or 28: worked out here from what the signature was made of. */
function wrongIn(signature: string, { r, s }: Made): string | undefined {
  if (!/^0x[0-9a-f]{130}$/.test(signature)) return `is not 65 bytes: ${signature}`;
  const bytes = Buffer.from(hexToBytes(signature as Hex));
  const part = (from: number) => BigInt(`0x${bytes.subarray(from, from + 32).toString('hex')}`);
  if (part(0) !== r) return 'has another r';
  if (part(32) !== (s > half ? order - s : s)) return 'has another s, or a high one';
  return bytes[64] === 27 || bytes[64] === 28 ? undefined : `ends in ${bytes[64]}`;
}

function accepts(tally: Tally, name: string, key: SigningKey, made: Made): void {
  const signature = signaturesOf(key.spki)(made.digest, made.der);
  const wrong = wrongIn(signature, made);
  if (wrong) tally.breach(`${name}: the signature ${wrong}`);
  tally.count(made.s > half ? 'highS' : 'lowS');
  tally.count(signature.endsWith('1b') ? 'evenY' : 'oddY');
  if (made.der.length < 70) tally.count('shortIntegers');
}

function refuses(tally: Tally, name: string, digest: Hex, der: Buffer, { spki }: SigningKey): void {
  try {
    signaturesOf(spki)(digest, der);
    tally.breach(`${name}: ${der.toString('hex')} gave a signature`);
  } catch (error) {
    const { message } = error as Error;
    if (!named.test(message)) tally.breach(`${name}: ${der.toString('hex')}: ${message}`);
  }
  tally.count('refused');
}

/** One blob: good ones half of the time; else spoilt, changed by a bit, or of another key or digest. */
async function one(
  tally: Tally,
  name: string,
  chance: Chance,
  keys: SigningKey[],
  short: Ephemeral[],
): Promise<void> {
  const key = chance.pick(keys);
  const made = make(chance, key, short);
  if (chance.odds(0.5)) return accepts(tally, name, key, made);
  const { digest, der } = made;
  if (chance.odds(0.7)) {
    const [spoil, apply] = chance.pick(Object.entries(spoils));
    const spoilt = apply(der, made.r, made.s, chance);
    return refuses(tally, `${name}, ${spoil}`, digest, spoilt, key);
  }
  if (chance.odds(0.5)) {
    const at = chance.below(der.length);
    const flipped = Buffer.from(der);
    flipped[at] = (flipped[at] ?? 0) ^ (1 << chance.below(8));
    return refuses(tally, `${name}, a bit of byte ${at}`, digest, flipped, key);
  }
  const other = keys[(keys.indexOf(key) + 1) % keys.length] ?? key;
  return chance.odds(0.5)
    ? refuses(tally, `${name}, another key`, digest, der, other)
    : refuses(tally, `${name}, another digest`, chance.hex(32), der, key);
}

/** Reads so many DER blobs through the adapter of KMS. */
export async function proveKms({ seed, progress }: Omit<Proving, 'size'>, blobs: number): Promise<Proven> {
  const tally = newTally();
  const chance = chanceFrom(seed, 'kms');
  const keys = Array.from({ length: 4 }, () => drawKey(chance));
  const short = shortEphemerals(chance, 6);
  for (let index = 0; index < blobs; index += 1) {
    const name = `blob ${index} of seed ${seed}`;
    await tally.each(name, () => one(tally, name, chanceFrom(seed, 'kms', index), keys, short));
    tally.count('blobs');
    if (index % 250 === 0) progress(index, blobs);
  }
  return tally.proven();
}

export const kms: Suite = {
  name: 'kms',
  claim: 'Whatever bytes KMS gives become the one canonical signature of our key, or a named error.',
  zero: ['signatures that are not canonical', 'signatures of another key', 'crashes of the adapter'],
  prove: (proving) => proveKms(proving, sized(proving, 4_000, 400)),
};
