import sharp, { type Sharp } from 'sharp';
import type { PictureDrawing, VideoDrawing } from '../drawing.ts';
import { composeScene } from './compose-scene.ts';
import type { PictureSize } from './picture-size.ts';
import { createRandom } from './random.ts';
import { retouch } from './retouch.ts';

/** How pictures are drawn from a prompt alone: landscapes, or bands of colour that take a few milliseconds. */
export type PictureStyle = 'landscape' | 'plain';

const BANDS = 8;
const GRAIN_TILE = 256;
/** Of 255: enough to break up the bands of a gradient, too little to be noticed. */
const GRAIN_STRENGTH = 3.5;
/** A larger picture is drawn at this size and enlarged: blur costs by the pixel. */
const MOST_DRAWN_PIXELS = 2_200_000;

/**
 * Paints what a drawing shows, opaque and of its exact size, ready to be encoded: a landscape from the prompt, or
 * the sources retouched. The same drawing and seed give the same pixels.
 *
 * @param seed any text.
 * @param sources pictures that sharp can read.
 */
export async function paintScene(
  { prompt, size }: Pick<PictureDrawing | VideoDrawing, 'prompt' | 'size'>,
  seed: string,
  sources: readonly Buffer[],
  style: PictureStyle,
): Promise<Sharp> {
  const { width, height } = size;
  const [first, ...others] = sources;
  if (first !== undefined) return retouch(first, others, size, seed);
  if (style === 'plain') {
    return bands(seed).resize(width, height, { fit: 'fill', kernel: 'nearest' });
  }
  const shrink = Math.min(1, Math.sqrt(MOST_DRAWN_PIXELS / (width * height)));
  const drawn = { width: Math.ceil(width * shrink), height: Math.ceil(height * shrink) };
  const scene = sharp(Buffer.from(composeScene(prompt, seed, drawn)), { limitInputPixels: false });
  if (shrink < 1) scene.resize(width, height, { fit: 'fill' });
  return scene.composite([{ input: await grain(seed, drawn), tile: true, blend: 'overlay' }]).removeAlpha();
}

/** Bands from one colour to another: sharp edges are the fastest to enlarge. */
function bands(seed: string): Sharp {
  const random = createRandom(seed);
  const [top, bottom] = [0, 1].map(() => Array.from({ length: 3 }, () => random.whole(24, 231)));
  const mixed = (band: number, channel: number): number =>
    ((top?.[channel] ?? 0) * (BANDS - 1 - band) + (bottom?.[channel] ?? 0) * band) / (BANDS - 1);
  const pixels = Array.from({ length: BANDS * 3 }, (_, at) => mixed(Math.floor(at / 3), at % 3));
  return sharp(Buffer.from(pixels), { raw: { width: 1, height: BANDS, channels: 3 } });
}

/** A tile of grey noise around the middle, which `overlay` turns into slightly lighter and darker. */
async function grain(seed: string, { width, height }: PictureSize): Promise<Buffer> {
  const random = createRandom(`${seed} grain`);
  const pixels = Buffer.alloc(GRAIN_TILE * GRAIN_TILE);
  for (let index = 0; index < pixels.length; index += 1) {
    pixels[index] =
      128 + random.between(-GRAIN_STRENGTH, GRAIN_STRENGTH) + random.between(-GRAIN_STRENGTH, GRAIN_STRENGTH);
  }
  return sharp(pixels, { raw: { width: GRAIN_TILE, height: GRAIN_TILE, channels: 1 } })
    .extract({ left: 0, top: 0, width: Math.min(GRAIN_TILE, width), height: Math.min(GRAIN_TILE, height) })
    .png({ compressionLevel: 1 })
    .toBuffer();
}
