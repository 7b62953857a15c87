import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import type { Chance } from '../chance.ts';

/** Pictures that are good, of every kind that the seller makes. */
export async function goodPictures(): Promise<readonly Buffer[]> {
  const pictures: Buffer[] = [];
  for (const [width, height] of [
    [1, 1],
    [17, 9],
    [64, 48],
  ] as const) {
    const noise = createHash('sha512').update(`${width}`).digest();
    const raw = Buffer.alloc(width * height * 4, noise);
    const picture = () => sharp(raw, { raw: { width, height, channels: 4 } });
    pictures.push(await picture().png().toBuffer());
    pictures.push(await picture().removeAlpha().jpeg().toBuffer());
    pictures.push(await picture().removeAlpha().jpeg({ progressive: true, quality: 40 }).toBuffer());
    pictures.push(await picture().webp().toBuffer());
    pictures.push(await picture().webp({ lossless: true }).toBuffer());
    pictures.push(await picture().removeAlpha().webp().toBuffer());
    pictures.push(await picture().removeAlpha().withMetadata().jpeg().toBuffer());
  }
  return pictures;
}

const html = '<!doctype html><html><script>alert(1)</script></html>';
const svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';

/** Bodies that are no pictures, or lie about what they are; made from a good one where that is the trick. */
export const lies: readonly ((good: Buffer, chance: Chance) => Buffer)[] = [
  () => Buffer.alloc(0),
  () => Buffer.from(html),
  () => Buffer.from(svg),
  () => Buffer.from(`<?xml version="1.0"?>${svg}`),
  () => Buffer.from('{"error":"gone"}'),
  () => Buffer.from('GIF89a\x01\x00\x01\x00\x00\x00\x00;', 'latin1'),
  () => Buffer.from('BM', 'latin1'),
  () => Buffer.from('%PDF-1.7\n'),
  () => Buffer.from('PK\x03\x04', 'latin1'),
  () => Buffer.from(`\x89PNG\r\n\x1a\n${html}`, 'latin1'),
  () => Buffer.from(`RIFF\x00\x00\x00\x00WEBP${html}`, 'latin1'),
  () => Buffer.from(`\xff\xd8\xff${html}\xff\xd9`, 'latin1'),
  () => Buffer.from('\xff\xd8\xff\xd9', 'latin1'),
  () => Buffer.from('\xff\xd8\xff\xe0\x00\x00\xff\xd9', 'latin1'),
  () => Buffer.alloc(64, 0xff),
  () => Buffer.alloc(1_000_000),
  () => Buffer.concat([Buffer.from([0xff, 0xd8]), Buffer.alloc(200_000, 0xff)]),
  (good) => Buffer.concat([good, Buffer.from(html)]),
  (good) => Buffer.concat([Buffer.from(' '), good]),
  (good) => Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), good]),
  (good, chance) => Buffer.concat([good, chance.bytes(chance.between(1, 40))]),
  (good) => Buffer.concat([good, good]),
  (good) => Buffer.from(good.toString('base64')),
  (good) => Buffer.from(good.toString('utf8')),
  (good) => good.toReversed() as Buffer,
  (_good, chance) => png(65_535, 65_535, chance),
  (_good, chance) => png(2 ** 31, 2 ** 31, chance),
  (_good, chance) => png(0, 10, chance),
  (_good, chance) => png(10_000, 4_000, chance),
  (_good, chance) => chance.bytes(chance.below(300)),
];

/** The head of a PNG that says it is so large, over next to nothing. */
function png(width: number, height: number, chance: Chance): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width >>> 0, 0);
  head.writeUInt32BE(height >>> 0, 4);
  head.set([8, chance.pick([0, 2, 6]), 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(Buffer.alloc(64))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(kind: string, content: Buffer): Buffer {
  const typed = Buffer.concat([Buffer.from(kind, 'latin1'), content]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(content.length);
  sum.writeUInt32BE(crc32(typed));
  return Buffer.concat([length, typed, sum]);
}

function crc32(bytes: Buffer): number {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  }
  return (sum ^ 0xffffffff) >>> 0;
}

/** A body as a picture's host might answer. */
export interface Body {
  readonly bytes: Buffer;
  /** A good picture that was hurt on its way, and may be one still: its kind and its head at least. */
  readonly isHurt: boolean;
}

/** A good picture, a lie, or a good one that was hurt. */
export function drawPicture(chance: Chance, good: readonly Buffer[]): Body {
  const from = chance.pick(good);
  if (chance.odds(0.05)) return { bytes: from, isHurt: false };
  if (chance.odds(0.25)) return { bytes: chance.pick(lies)(from, chance), isHurt: false };
  return { bytes: hurt(from, chance, good), isHurt: true };
}

function hurt(from: Buffer, chance: Chance, good: readonly Buffer[]): Buffer {
  const bytes = Buffer.from(from);
  // The first bytes say what it is and how large.
  const at = () => chance.below(chance.odds(0.6) ? Math.min(64, bytes.length) : bytes.length);
  switch (chance.below(6)) {
    case 0:
      return bytes.subarray(0, chance.below(bytes.length));
    case 1:
      for (let flips = chance.between(1, 4); flips > 0; flips -= 1) bytes[at()] = chance.below(256);
      return bytes;
    case 2: {
      const where = at();
      return Buffer.concat([
        bytes.subarray(0, where),
        chance.bytes(chance.between(1, 9)),
        bytes.subarray(where),
      ]);
    }
    case 3: {
      const where = at();
      return Buffer.concat([bytes.subarray(0, where), bytes.subarray(where + chance.between(1, 9))]);
    }
    case 4:
      for (let place = at(), left = 4; left > 0 && place < bytes.length; place += 1, left -= 1)
        bytes[place] = chance.pick([0, 0xff, 0x7f, 0x80]);
      return bytes;
    default: {
      const other = chance.pick(good);
      const where = at();
      return Buffer.concat([bytes.subarray(0, where), other.subarray(Math.min(where, other.length))]);
    }
  }
}
