import fc from 'fast-check';
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

describe('a PNG is refused', () => {
  /** A chunk whose check sum nobody looks at here. */
  const chunk = (kind: string, content: Buffer = Buffer.alloc(0), length = content.length) => {
    const head = Buffer.alloc(8);
    head.writeUInt32BE(length >>> 0);
    head.write(kind, 4, 'latin1');
    return Buffer.concat([head, content, Buffer.alloc(4)]);
  };
  const signature = pictures.png.subarray(0, 8);
  const header = (...change: [at: number, value: number][]) => {
    const bytes = Buffer.from(pictures.png.subarray(8, 33));
    for (const [at, value] of change) bytes[at - 8] = value;
    return bytes;
  };
  const pixels = chunk('IDAT', Buffer.alloc(9));
  const end = chunk('IEND');
  const png = (...parts: Buffer[]) => Buffer.concat([signature, ...parts]);

  test('only when it is one of these', () => {
    expect(inspectPicture(png(header(), pixels, end))).toEqual({ format: 'png', width: 48, height: 27 });
    expect(inspectPicture(png(header(), chunk('tEXt', text('a\0b')), pixels, end))).not.toHaveProperty(
      'refused',
    );
  });

  test.each([
    ['without pixels', png(header(), end)],
    ['with pixels that are empty', png(header(), chunk('IDAT'), end)],
    ['without an end', png(header(), pixels)],
    ['with an end that holds something', png(header(), pixels, chunk('IEND', text('PK')))],
    ['with a ZIP behind its end', png(header(), pixels, end, text('PK\x05\x06'))],
    ['with another PNG behind its end', png(header(), pixels, end, png(header(), pixels, end))],
    ['with two headers', png(header(), header(), pixels, end)],
    ['that begins with its pixels', png(pixels, header(), end)],
    ['with a chunk of four gigabytes', png(header(), chunk('IDAT', Buffer.alloc(9), 0xffffffff), end)],
    ['with a chunk whose name is no name', png(header(), chunk('ID<>', Buffer.alloc(1)), pixels, end)],
    ['with a critical chunk that no decoder knows', png(header(), chunk('EVIL'), pixels, end)],
    ['of a depth that is none', png(header([24, 3]), pixels, end)],
    ['of a colour that is none', png(header([25, 7]), pixels, end)],
    ['of another compression', png(header([26, 1]), pixels, end)],
    ['of another interlacing', png(header([28, 2]), pixels, end)],
    ['without width', png(header([16, 0], [17, 0], [18, 0], [19, 0]), pixels, end)],
  ])('%s', (_name, bytes) => {
    expect(inspectPicture(bytes)).toHaveProperty('refused');
  });
});

describe('a JPEG', () => {
  const { jpg } = pictures;
  const frame = jpg.indexOf(Buffer.from([0xff, 0xc0]));
  const at = (index: number, ...values: number[]) => {
    const bytes = Buffer.from(jpg);
    for (const [offset, value] of values.entries()) bytes[index + offset] = value;
    return bytes;
  };
  const begin = jpg.subarray(0, 2);
  const end = jpg.subarray(-2);

  test('may have another one behind it, as a multi-picture file does', () => {
    expect(inspectPicture(Buffer.concat([jpg, pictures['progressive jpg']]))).toEqual({
      format: 'jpg',
      width: 48,
      height: 27,
    });
  });

  test('may have bytes between its segments that fill', () => {
    const filled = Buffer.concat([jpg.subarray(0, frame), Buffer.from([0xff, 0xff]), jpg.subarray(frame)]);
    expect(inspectPicture(filled)).toMatchObject({ format: 'jpg' });
  });

  test.each([
    ['with a ZIP behind its end', Buffer.concat([jpg, text('PK\x05\x06')])],
    ['with a ZIP that ends like a JPEG behind its end', Buffer.concat([jpg, text('PK\x05\x06'), end])],
    ['with HTML behind its end', Buffer.concat([jpg, text('<script>'), end])],
    ['with half of another behind it', Buffer.concat([jpg, jpg.subarray(0, jpg.length / 2)])],
    ['of a beginning and an end', Buffer.concat([begin, end])],
    ['without pixels', Buffer.concat([jpg.subarray(0, jpg.indexOf(Buffer.from([0xff, 0xda]))), end])],
    ['without a frame', at(frame + 1, 0xe5)],
    ['with a segment of one byte', at(2 + 2, 0, 1)],
    ['with a segment beyond the end', at(frame + 2, 0xff, 0xff)],
    ['without height', at(frame + 5, 0, 0)],
    ['of 65,535 × 65,535', at(frame + 5, 0xff, 0xff, 0xff, 0xff)],
    [
      'with a byte between its segments',
      Buffer.concat([jpg.subarray(0, frame), text('x'), jpg.subarray(frame)]),
    ],
    ['with a beginning inside', at(frame, 0xff, 0xd8)],
  ])('is refused %s', (_name, bytes) => {
    expect(inspectPicture(bytes)).toHaveProperty('refused');
  });
});

describe('a WebP is refused', () => {
  const chunk = (kind: string, content: Buffer) => {
    const head = Buffer.alloc(8);
    head.write(kind, 'latin1');
    head.writeUInt32LE(content.length, 4);
    return Buffer.concat([head, content, Buffer.alloc(content.length % 2)]);
  };
  const riff = (...chunks: Buffer[]) => {
    const inside = Buffer.concat([text('WEBP'), ...chunks]);
    const head = Buffer.from('RIFF....');
    head.writeUInt32LE(inside.length, 4);
    return Buffer.concat([head, inside]);
  };
  const extended = (width = 48) => {
    const content = Buffer.alloc(10);
    content.writeUIntLE(width - 1, 4, 3);
    content.writeUIntLE(26, 7, 3);
    return chunk('VP8X', content);
  };
  const image = Buffer.from(pictures.webp.subarray(12));

  test('only when it is one of these', () => {
    expect(inspectPicture(riff(image))).toEqual({ format: 'webp', width: 48, height: 27 });
    expect(inspectPicture(riff(extended(), chunk('EXIF', text('abc')), image))).toEqual({
      format: 'webp',
      width: 48,
      height: 27,
    });
  });

  test.each([
    ['with a ZIP behind its end', Buffer.concat([riff(image), text('PK\x05\x06')])],
    ['with half a chunk behind its pixels', riff(image, text('EXIF\x40\0\0\0abc'))],
    ['with a few bytes behind its pixels', riff(image, text('abc'))],
    ['without pixels', riff(extended(), chunk('EXIF', Buffer.alloc(40)))],
    ['with pixels that are empty', riff(extended(), chunk('VP8 ', Buffer.alloc(0)))],
    ['whose pixels do not begin like any', riff(chunk('VP8 ', Buffer.alloc(40)))],
    ['whose lossless pixels do not begin like any', riff(chunk('VP8L', Buffer.alloc(40)))],
    ['of a canvas of 16 million pixels a line', riff(extended(2 ** 24), image)],
    ['that begins with something else', riff(chunk('ICCP', Buffer.alloc(40)), image)],
  ])('%s', (_name, bytes) => {
    expect(inspectPicture(bytes)).toHaveProperty('refused');
  });
});

test('whatever bytes there are, an answer comes and nothing is thrown', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.values(pictures)),
      fc.array(fc.tuple(fc.nat({ max: 400 }), fc.nat({ max: 255 })), { maxLength: 12 }),
      fc.nat({ max: 2_000 }),
      (good, changes, length) => {
        const bytes = Buffer.from(good.subarray(0, length));
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        const found = inspectPicture(bytes);
        expect('refused' in found || found.width * found.height > 0).toBe(true);
      },
    ),
    { numRuns: 3_000 },
  );
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void inspectPicture(bytes)));
});

test('what begins like a JPEG and is 25 MB of markers is seen through soon', () => {
  const began = performance.now();
  expect(inspectPicture(Buffer.alloc(25 * 1024 * 1024, 0xff))).toHaveProperty('refused');
  const many = Buffer.concat(Array.from({ length: 3_000 }, () => pictures.jpg));
  expect(inspectPicture(many)).toMatchObject({ format: 'jpg' });
  expect(performance.now() - began).toBeLessThan(3_000);
});

describe('what is not as asked', () => {
  const video = { format: 'mp4', width: 1280, height: 720, durationSeconds: 8 } as const;
  test.each([
    [video, { format: 'mp4', aspect: 16 / 9, durationSeconds: 8 }, 'video', []],
    [video, { durationSeconds: 8.4 }, 'video', []],
    [video, { durationSeconds: 4 }, 'video', ['duration']],
    [video, {}, 'video', []],
    [video, {}, 'picture', ['format']],
    [{ format: 'png', width: 1280, height: 720 }, { durationSeconds: 8 }, 'video', ['format']],
    [{ format: 'svg', width: 64, height: 64 }, { format: 'svg', megapixels: 1 }, 'svg', []],
    [{ format: 'svg', width: 64, height: 64 }, {}, 'picture', ['format']],
    [{ format: 'jpg', width: 64, height: 64 }, {}, 'svg', ['format']],
    [{ format: 'jpg', width: 64, height: 64 }, {}, 'picture', []],
  ] as const)('%j, of %j as a %s: %j', (asset, expected, returns, mismatch) => {
    expect(mismatches(asset, expected, returns)).toEqual(mismatch);
  });
});
