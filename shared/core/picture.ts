import { jpgSize } from './inspect/jpg.ts';
import { mostPixels, type PixelSize, textAt } from './inspect/pixel-size.ts';
import { pngSize } from './inspect/png.ts';
import { webpSize } from './inspect/webp.ts';
import type { PictureFormat } from './offering.ts';

/** What bytes are, read from the bytes alone: containers are walked to their end, nothing is decoded. */
export interface Picture {
  readonly format: PictureFormat;
  readonly width: number;
  readonly height: number;
}

const sizes: Readonly<Record<PictureFormat, (bytes: Uint8Array) => PixelSize | undefined>> = {
  png: pngSize,
  jpg: jpgSize,
  webp: webpSize,
};

/** Which picture some bytes begin like. */
export const pictureFormatOf = (bytes: Uint8Array): PictureFormat | undefined =>
  textAt(bytes, 0, 8) === '\x89PNG\r\n\x1a\n'
    ? 'png'
    : textAt(bytes, 0, 4) === 'RIFF' && textAt(bytes, 8, 4) === 'WEBP'
      ? 'webp'
      : textAt(bytes, 0, 3) === '\xff\xd8\xff'
        ? 'jpg'
        : undefined;

/**
 * Tells which picture some bytes are (PNG: ISO 15948; JPEG: ITU T.81; WebP: RFC 9649).
 * @returns the picture, or in words why it is none: another type, cut short, or of absurd dimensions
 */
export function inspectPicture(bytes: Uint8Array): Picture | { readonly refused: string } {
  const format = pictureFormatOf(bytes);
  if (!format) return { refused: 'the bytes are neither PNG, JPEG nor WebP' };
  const size = sizes[format](bytes);
  if (!size) return { refused: `the ${format} is damaged or cut short` };
  const [width, height] = size;
  if (width < 1 || height < 1 || width * height > mostPixels)
    return { refused: `the ${format} says it is ${width} × ${height}` };
  return { format, width, height };
}
