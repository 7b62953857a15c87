import { type PixelSize, textAt } from './pixel-size.ts';

const images = ['VP8 ', 'VP8L', 'ANMF'];

/**
 * Walks a WebP's chunks (RFC 9649) to the exact end of its bytes.
 * @returns its size, or undefined when it is damaged, cut short, or without pixels
 */
export function webpSize(bytes: Uint8Array): PixelSize | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 30 || view.getUint32(4, true) + 8 !== bytes.length) return undefined;
  const kind = textAt(bytes, 12, 4);
  if (!chunksOf(bytes, view)?.some((chunk) => images.includes(chunk))) return undefined;
  if (kind === 'VP8X') return [1 + uint24(view, 24), 1 + uint24(view, 27)];
  if (kind === 'VP8L' && view.getUint8(20) === 0x2f) {
    const packed = view.getUint32(21, true);
    return [1 + (packed & 0x3fff), 1 + ((packed >> 14) & 0x3fff)];
  }
  const startCode = view.getUint8(23) === 0x9d && view.getUint8(24) === 0x01 && view.getUint8(25) === 0x2a;
  return kind === 'VP8 ' && startCode
    ? [view.getUint16(26, true) & 0x3fff, view.getUint16(28, true) & 0x3fff]
    : undefined;
}

/** Names of the chunks that are not empty; undefined when they do not end where the file does. */
function chunksOf(bytes: Uint8Array, view: DataView): string[] | undefined {
  const found: string[] = [];
  let at = 12;
  while (at + 8 <= bytes.length) {
    const length = view.getUint32(at + 4, true);
    if (length > 0) found.push(textAt(bytes, at, 4));
    at += 8 + length + (length % 2);
  }
  return at === bytes.length ? found : undefined;
}

const uint24 = (view: DataView, at: number): number =>
  view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
