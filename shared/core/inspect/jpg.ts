import type { PixelSize } from './pixel-size.ts';

const startOfImage = 0xd8;
const endOfImage = 0xd9;
const startOfScan = 0xda;
/** Start of a frame: its size. The three between are tables (ITU T.81, table B.1). */
const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
const isRestart = (marker: number): boolean => marker >= 0xd0 && marker <= 0xd7;

/**
 * Walks a JPEG's segments and scans to its end, which must be the end of the bytes; a further JPEG may stand behind it,
 * as in a multi-picture file (CIPA DC-007).
 * @returns the size of the first, or undefined when it is damaged, cut short, or has something else behind its end
 */
export function jpgSize(bytes: Uint8Array): PixelSize | undefined {
  const first = walk(bytes, 0);
  for (let next = first; next; next = walk(bytes, next.end))
    if (next.end === bytes.length) return first?.size;
  return undefined;
}

function walk(bytes: Uint8Array, from: number): { size: PixelSize; end: number } | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes[from] !== 0xff || bytes[from + 1] !== startOfImage) return undefined;
  let size: PixelSize | undefined;
  let scanned = false;
  for (let at = from + 2; at + 2 <= bytes.length; ) {
    if (bytes[at] !== 0xff) return undefined;
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff) at += 1;
    else if (marker === endOfImage) return size && scanned ? { size, end: at + 2 } : undefined;
    else {
      if (marker === 0 || marker === startOfImage || isRestart(marker) || at + 4 > bytes.length)
        return undefined;
      const length = view.getUint16(at + 2);
      if (length < 2 || at + 2 + length > bytes.length) return undefined;
      if (isFrame(marker)) {
        if (size || length < 8) return undefined;
        size = [view.getUint16(at + 7), view.getUint16(at + 5)];
      }
      at += 2 + length;
      if (marker === startOfScan) {
        if (!size) return undefined;
        scanned = true;
        at = endOfScan(bytes, at);
      }
    }
  }
  return undefined;
}

/** The next marker behind coded pixels: there, 0xff is followed by a zero or counts restarts. */
function endOfScan(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(0xff, from); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1] ?? 0;
    if (next !== 0 && next !== 0xff && !isRestart(next)) return at;
  }
  return bytes.length;
}
