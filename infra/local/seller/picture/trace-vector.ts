import sharp, { type Sharp } from 'sharp';
import type { VectorDrawing } from '../drawing.ts';

/** Of the longer side: so many cells are enough to know a picture again. */
const CELLS = 64;
/** Of each colour channel. */
const LEVELS = 6;

export interface Vector {
  bytes: Buffer;
  mediaType: 'image/svg+xml';
}

/**
 * Turns a picture into an SVG of plain paths, one for each colour: no script, no link, no embedded picture.
 *
 * @param source a picture that sharp can read.
 */
export async function traceVector(
  { targetSize, autoCrop }: Pick<VectorDrawing, 'targetSize' | 'autoCrop'>,
  source: Buffer,
): Promise<Vector> {
  const { data, info } = await (await sourceOf(source, autoCrop))
    .resize(CELLS, CELLS, { fit: 'inside' })
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  const paths = new Map<string, string>();
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; ) {
      const colour = colourAt(data, (y * width + x) * channels);
      let end = x + 1;
      while (end < width && colourAt(data, (y * width + end) * channels) === colour) end += 1;
      paths.set(colour, `${paths.get(colour) ?? ''}M${x} ${y}h${end - x}v1H${x}z`);
      x = end;
    }
  }
  const scale = targetSize / Math.max(width, height);
  const shapes = [...paths].map(([colour, path]) => `<path fill="${colour}" d="${path}"/>`);
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${Math.round(width * scale)}" height="${Math.round(height * scale)}" ` +
    `viewBox="0 0 ${width} ${height}" shape-rendering="crispEdges">${shapes.join('')}</svg>`;
  return { bytes: Buffer.from(svg), mediaType: 'image/svg+xml' };
}

async function sourceOf(source: Buffer, autoCrop: boolean): Promise<Sharp> {
  const image = sharp(source).autoOrient();
  if (!autoCrop) return image;
  // A picture that is all border cannot be cut.
  const cut = await image
    .clone()
    .trim()
    .png()
    .toBuffer()
    .catch(() => undefined);
  return cut === undefined ? image : sharp(cut);
}

function colourAt(pixels: Buffer, offset: number): string {
  const channel = (index: number): string =>
    Math.round((Math.round(((pixels[offset + index] ?? 0) / 255) * (LEVELS - 1)) / (LEVELS - 1)) * 255)
      .toString(16)
      .padStart(2, '0');
  return `#${channel(0)}${channel(1)}${channel(2)}`;
}
