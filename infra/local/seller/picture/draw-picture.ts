import sharp from 'sharp';
import type { FluxRequest } from '../flux-2-pro.ts';
import { composeScene } from './compose-scene.ts';
import { pictureSize } from './picture-size.ts';
import { createRandom } from './random.ts';

export interface Picture {
  bytes: Buffer;
  mediaType: 'image/webp' | 'image/jpeg' | 'image/png';
}

const GRAIN_TILE = 256;
/** Of 255: enough to break up the bands of a gradient, too little to be noticed. */
const GRAIN_STRENGTH = 3.5;

/**
 * Draws a landscape for a request: exact format, size (see {@link pictureSize}) and, for webp and jpg, quality.
 * The same request with the same seed gives the same bytes; another size or quality shows the same scene.
 *
 * @param fallbackSeed for a request without a seed.
 */
export async function drawPicture(request: FluxRequest, fallbackSeed: string): Promise<Picture> {
  const seed = `${request.seed ?? fallbackSeed} ${request.prompt}`;
  const svg = composeScene(request.prompt, seed, pictureSize(request));
  const image = sharp(Buffer.from(svg), { limitInputPixels: false })
    .composite([{ input: await grain(seed), tile: true, blend: 'overlay' }])
    .removeAlpha();
  const quality = codecQuality(request);
  switch (request.output_format) {
    case 'webp':
      return { bytes: await image.webp({ quality, effort: 2 }).toBuffer(), mediaType: 'image/webp' };
    case 'jpg':
      return { bytes: await image.jpeg({ quality }).toBuffer(), mediaType: 'image/jpeg' };
    case 'png':
      return { bytes: await image.png({ compressionLevel: 6 }).toBuffer(), mediaType: 'image/png' };
  }
}

/** The codecs begin at 1. */
function codecQuality({ output_quality }: FluxRequest): number {
  return Math.max(1, output_quality);
}

/** A tile of grey noise around the middle, which `overlay` turns into slightly lighter and darker. */
async function grain(seed: string): Promise<Buffer> {
  const random = createRandom(`${seed} grain`);
  const pixels = Buffer.alloc(GRAIN_TILE * GRAIN_TILE);
  for (let index = 0; index < pixels.length; index += 1) {
    pixels[index] =
      128 + random.between(-GRAIN_STRENGTH, GRAIN_STRENGTH) + random.between(-GRAIN_STRENGTH, GRAIN_STRENGTH);
  }
  return sharp(pixels, { raw: { width: GRAIN_TILE, height: GRAIN_TILE, channels: 1 } })
    .png({ compressionLevel: 1 })
    .toBuffer();
}
