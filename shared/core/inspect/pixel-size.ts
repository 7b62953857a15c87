/** Width and height in pixels, as a file says it. */
export type PixelSize = readonly [width: number, height: number];

/** More than any model makes, and less than a viewer chokes on. */
export const mostPixels = 50_000_000;

/** Bytes as the characters that a format's names are made of. */
export const textAt = (bytes: Uint8Array, from: number, length: number): string =>
  String.fromCharCode(...bytes.subarray(from, from + length));
