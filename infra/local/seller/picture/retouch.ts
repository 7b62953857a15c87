import sharp, { type OverlayOptions, type Sharp } from 'sharp';
import type { PictureSize } from './picture-size.ts';
import { createRandom } from './random.ts';

/** Of the height. */
const INSET_SHARE = 0.2;
const MOST_INSETS = 6;

/**
 * What an edit makes of its pictures: the first one fills the size, under a light wash whose colour the seed chooses;
 * the others stand along the bottom as small prints. Whoever knows the originals sees them again.
 */
export async function retouch(
  first: Buffer,
  others: readonly Buffer[],
  { width, height }: PictureSize,
  seed: string,
): Promise<Sharp> {
  const prints = others.slice(0, MOST_INSETS);
  const side = Math.floor(Math.min(height * INSET_SHARE, width / (prints.length + 1) - 8));
  const insets = side < 16 ? [] : await Promise.all(prints.map((print) => inset(print, side)));
  const gap = Math.floor(side / 8);
  const layers: OverlayOptions[] = insets.map((input, index) => ({
    input,
    left: gap + index * (side + gap),
    top: height - side - gap,
  }));
  return sharp(first)
    .autoOrient()
    .resize(width, height, { fit: 'cover' })
    .flatten({ background: '#f4f1ea' })
    .composite([{ input: wash(width, height, seed) }, ...layers])
    .removeAlpha();
}

function wash(width: number, height: number, seed: string): Buffer {
  const random = createRandom(`${seed} wash`);
  const hue = random.whole(0, 359);
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><defs>` +
      `<linearGradient id="w" x1="0" y1="0" x2="0" y2="1"><stop stop-color="hsl(${hue},80%,55%)" stop-opacity="0.12"/>` +
      `<stop offset="1" stop-color="hsl(${(hue + 40) % 360},80%,40%)" stop-opacity="0.3"/></linearGradient></defs>` +
      `<rect width="${width}" height="${height}" fill="url(#w)"/></svg>`,
  );
}

/** A square print with a white border. */
function inset(picture: Buffer, side: number): Promise<Buffer> {
  const border = Math.max(2, Math.floor(side / 24));
  const inner = side - 2 * border;
  return sharp(picture)
    .autoOrient()
    .resize(inner, inner, { fit: 'cover' })
    .flatten({ background: '#ffffff' })
    .extend({ top: border, bottom: border, left: border, right: border, background: '#ffffff' })
    .png({ compressionLevel: 1 })
    .toBuffer();
}
