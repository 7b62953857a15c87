import sharp, { type Sharp } from 'sharp';
import type { PictureDrawing } from '../drawing.ts';
import { type PictureStyle, paintScene } from './paint-scene.ts';
import type { PictureSize } from './picture-size.ts';

export interface Picture {
  bytes: Buffer;
  mediaType: 'image/webp' | 'image/jpeg' | 'image/png';
}

/** How hard the codecs try. */
const EFFORTS = { landscape: { webp: 2, png: 6 }, plain: { webp: 0, png: 1 } } as const;

/**
 * Draws a picture: exact format and size and, for webp and jpg, quality. The same drawing with the same seed gives
 * the same bytes; another size or quality shows the same scene.
 *
 * @param fallbackSeed for a drawing without a seed.
 * @param sources the pictures it is made from, which sharp can read.
 */
export async function drawPicture(
  drawing: PictureDrawing,
  fallbackSeed: string,
  sources: readonly Buffer[] = [],
  style: PictureStyle = 'landscape',
): Promise<Picture> {
  const seed = `${drawing.seed ?? fallbackSeed} ${drawing.prompt}`;
  const image = await paintScene(drawing, seed, sources, style);
  return encode(drawing.transparent ? await cutOut(image, drawing.size) : image, drawing, EFFORTS[style]);
}

async function encode(
  image: Sharp,
  drawing: PictureDrawing,
  { webp, png }: (typeof EFFORTS)[PictureStyle],
): Promise<Picture> {
  // The codecs begin at 1.
  const quality = Math.max(1, drawing.quality);
  switch (drawing.format) {
    case 'webp':
      return { bytes: await image.webp({ quality, effort: webp }).toBuffer(), mediaType: 'image/webp' };
    case 'jpg':
      return { bytes: await image.jpeg({ quality }).toBuffer(), mediaType: 'image/jpeg' };
    case 'png':
      return { bytes: await image.png({ compressionLevel: png }).toBuffer(), mediaType: 'image/png' };
  }
}

/** Leaves an oval of the picture and makes the rest transparent. */
async function cutOut(image: Sharp, { width, height }: PictureSize): Promise<Sharp> {
  const oval = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><ellipse cx="50%" cy="50%" rx="44%" ry="44%"/></svg>`;
  const pixels = await image.ensureAlpha().raw().toBuffer();
  return sharp(pixels, { raw: { width, height, channels: 4 } }).composite([
    { input: Buffer.from(oval), blend: 'dest-in' },
  ]);
}
