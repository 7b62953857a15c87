import { type PixelSize, textAt } from './pixel-size.ts';

/** Every chunk that a decoder must understand (PNG, ISO 15948 §5); one with another such name cannot be decoded. */
const critical = ['IHDR', 'PLTE', 'IDAT', 'IEND'];
const depths: Readonly<Record<number, readonly number[]>> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};

/**
 * Walks a PNG's chunks to the exact end of its bytes.
 * @returns its size, or undefined when it is damaged, cut short, or has something behind its end
 */
export function pngSize(bytes: Uint8Array): PixelSize | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 33 || textAt(bytes, 12, 4) !== 'IHDR' || view.getUint32(8) !== 13) return undefined;
  const [depth = 0, colour = 0, compression, filter, interlace = 2] = bytes.subarray(24, 29);
  if (!depths[colour]?.includes(depth) || compression !== 0 || filter !== 0 || interlace > 1)
    return undefined;
  let pixels = false;
  for (let at = 33; at + 12 <= bytes.length; ) {
    const length = view.getUint32(at);
    const kind = textAt(bytes, at + 4, 4);
    if (!/^[A-Za-z]{4}$/.test(kind) || kind === 'IHDR') return undefined;
    if (/^[A-Z]/.test(kind) && !critical.includes(kind)) return undefined;
    pixels ||= kind === 'IDAT' && length > 0;
    at += 12 + length;
    if (kind === 'IEND')
      return pixels && length === 0 && at === bytes.length
        ? [view.getUint32(16), view.getUint32(20)]
        : undefined;
  }
  return undefined;
}
