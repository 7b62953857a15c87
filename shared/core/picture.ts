import type { Expected, PictureFormat } from './offering.ts';

/** What bytes are, read from the bytes alone: containers are walked to their end, nothing is decoded. */
export interface Picture {
  readonly format: PictureFormat;
  readonly width: number;
  readonly height: number;
}

const mostPixels = 50_000_000;

/**
 * Tells which picture some bytes are (PNG: ISO 15948; JPEG: ITU T.81; WebP: RFC 9649).
 * @returns the picture, or in words why it is none: another type, cut short, or of absurd dimensions
 */
export function inspectPicture(bytes: Uint8Array): Picture | { readonly refused: string } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = (from: number, length: number) => String.fromCharCode(...bytes.subarray(from, from + length));
  const format =
    text(0, 8) === '\x89PNG\r\n\x1a\n'
      ? 'png'
      : text(0, 4) === 'RIFF' && text(8, 4) === 'WEBP'
        ? 'webp'
        : text(0, 3) === '\xff\xd8\xff'
          ? 'jpg'
          : undefined;
  if (!format) return { refused: 'the bytes are neither PNG, JPEG nor WebP' };
  const size = sizes[format](view, text);
  if (!size) return { refused: `the ${format} is damaged or cut short` };
  const [width, height] = size;
  if (width < 1 || height < 1 || width * height > mostPixels)
    return { refused: `the ${format} says it is ${width} × ${height}` };
  return { format, width, height };
}

type Size = readonly [width: number, height: number];
type Text = (from: number, length: number) => string;

const sizes: Record<PictureFormat, (view: DataView, text: Text) => Size | undefined> = {
  png(view, text) {
    let size: Size | undefined;
    let pixels = false;
    for (let at = 8; at + 12 <= view.byteLength; ) {
      const length = view.getUint32(at);
      const kind = text(at + 4, 4);
      if (at === 8) {
        if (kind !== 'IHDR' || length !== 13 || view.byteLength < 33) return undefined;
        size = [view.getUint32(16), view.getUint32(20)];
      }
      pixels ||= kind === 'IDAT' && length > 0;
      at += 12 + length;
      if (kind === 'IEND') return pixels && at === view.byteLength ? size : undefined;
    }
    return undefined;
  },

  jpg(view) {
    const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
    let size: Size | undefined;
    let at = 2;
    while (at + 4 <= bytes.length && bytes[at] === 0xff) {
      const marker = bytes[at + 1] ?? 0;
      const length = view.getUint16(at + 2);
      const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
      if (isFrame && at + 9 <= bytes.length) size = [view.getUint16(at + 7), view.getUint16(at + 5)];
      at += 2 + length;
      if (marker === 0xda) break;
    }
    const ends = bytes[bytes.length - 2] === 0xff && bytes[bytes.length - 1] === 0xd9;
    return ends && at < bytes.length ? size : undefined;
  },

  webp(view, text) {
    if (view.byteLength < 30 || view.getUint32(4, true) + 8 !== view.byteLength) return undefined;
    const kind = text(12, 4);
    if (kind === 'VP8X')
      return hasPixels(view, text) ? [1 + uint24(view, 24), 1 + uint24(view, 27)] : undefined;
    if (kind === 'VP8L' && view.getUint8(20) === 0x2f) {
      const packed = view.getUint32(21, true);
      return [1 + (packed & 0x3fff), 1 + ((packed >> 14) & 0x3fff)];
    }
    const startCode = view.getUint8(23) === 0x9d && view.getUint8(24) === 0x01 && view.getUint8(25) === 0x2a;
    return kind === 'VP8 ' && startCode
      ? [view.getUint16(26, true) & 0x3fff, view.getUint16(28, true) & 0x3fff]
      : undefined;
  },
};

/** Whether one of the chunks behind an extended WebP's header is an image that is all there. */
function hasPixels(view: DataView, text: Text): boolean {
  for (let at = 30; at + 8 < view.byteLength; ) {
    const end = at + 8 + view.getUint32(at + 4, true);
    if (['VP8 ', 'VP8L', 'ANMF'].includes(text(at, 4))) return end <= view.byteLength;
    at = end + (end % 2);
  }
  return false;
}

const uint24 = (view: DataView, at: number): number =>
  view.getUint16(at, true) | (view.getUint8(at + 2) << 16);

export const contentTypes = { webp: 'image/webp', jpg: 'image/jpeg', png: 'image/png' } as const;

/** In which respects a picture is not what was asked. It is delivered all the same: it was paid for. */
export function mismatches(picture: Picture, expected: Expected): ('format' | 'aspect' | 'size')[] {
  const { format = picture.format, aspect = picture.width / picture.height } = expected;
  const { megapixels = (picture.width * picture.height) / 1_000_000 } = expected;
  const stretched = picture.width / picture.height / aspect;
  const grown = (picture.width * picture.height) / (megapixels * 1_000_000);
  return [
    ...(picture.format === format ? [] : (['format'] as const)),
    ...(stretched > 0.95 && stretched < 1.05 ? [] : (['aspect'] as const)),
    ...(grown > 0.75 && grown < 1.34 ? [] : (['size'] as const)),
  ];
}
