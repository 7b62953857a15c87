import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { mismatches } from '../../shared/core/asset.ts';
import { inspectPicture } from '../../shared/core/picture.ts';

const canvas = sharp({ create: { width: 48, height: 27, channels: 4, background: '#c33' } });
const pictures = {
  png: await canvas.clone().png().toBuffer(),
  jpg: await canvas.clone().jpeg().toBuffer(),
  'progressive jpg': await canvas.clone().jpeg({ progressive: true }).toBuffer(),
  webp: await canvas.clone().flatten().webp({ quality: 80 }).toBuffer(),
  'lossless webp': await canvas.clone().flatten().webp({ lossless: true }).toBuffer(),
  'webp with alpha': await sharp({ create: { width: 48, height: 27, channels: 4, background: '#c338' } })
    .webp()
    .toBuffer(),
};

describe.each(Object.entries(pictures))('%s', (name, bytes) => {
  test('is known by its bytes', () => {
    const format = name.includes('webp') ? 'webp' : name.includes('jpg') ? 'jpg' : 'png';
    expect(inspectPicture(bytes)).toEqual({ format, width: 48, height: 27 });
  });
  test('is refused when cut short anywhere, without a throw', () => {
    for (let length = 0; length < bytes.length; length += 1)
      expect(inspectPicture(bytes.subarray(0, length))).toHaveProperty('refused');
  });
});

const text = (content: string) => Buffer.from(content);
test.each([
  ['HTML', text('<!doctype html><title>x</title>')],
  ['SVG', text('<svg xmlns="http://www.w3.org/2000/svg"/>')],
  ['HTML that begins like a PNG in words', text('PNG <html>')],
  ['GIF', text('GIF89a................')],
  ['nothing', text('')],
  ['a bare PNG signature', Buffer.from('89504e470d0a1a0a', 'hex')],
  ['a PNG with something after its end', Buffer.concat([pictures.png, text('PK\x03\x04')])],
  [
    'a WebP header without pixels',
    Buffer.from('524946461600000057454250565038580a000000000000002f00001a0000', 'hex'),
  ],
  ['a RIFF that is no WebP', Buffer.concat([text('RIFF'), Buffer.from([4, 0, 0, 0]), text('WAVE')])],
])('%s is refused', (_name, bytes) => {
  expect(inspectPicture(bytes)).toHaveProperty('refused');
});

test('a header that claims 65,535 × 65,535 is refused', () => {
  const bomb = Buffer.from(pictures.png);
  bomb.writeUInt32BE(65_535, 16);
  bomb.writeUInt32BE(65_535, 20);
  expect(inspectPicture(bomb)).toMatchObject({ refused: expect.stringContaining('65535') });
});

test('what is not as asked is named', () => {
  const expected = { format: 'webp', aspect: 16 / 9, megapixels: 1 } as const;
  expect(mismatches({ format: 'webp', width: 1334, height: 750 }, expected)).toEqual([]);
  expect(mismatches({ format: 'png', width: 1000, height: 1000 }, expected)).toEqual(['format', 'aspect']);
  expect(mismatches({ format: 'webp', width: 160, height: 90 }, expected)).toEqual(['size']);
});
