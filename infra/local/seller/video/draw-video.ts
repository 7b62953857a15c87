import sharp from 'sharp';
import type { VideoDrawing } from '../drawing.ts';
import { type PictureStyle, paintScene } from '../picture/paint-scene.ts';
import type { FilmDesk } from './film-desk.ts';

export interface Video {
  bytes: Buffer;
  mediaType: 'video/mp4';
}

export interface Thumbnail {
  bytes: Buffer;
  mediaType: 'image/jpeg';
}

/** The painting is wider than the video by this much, so that there is something to drift across. */
const DRIFT = 1.12;
/** Pixels that the encoder takes in about a second. */
const PIXEL_BUDGET = 36_000_000;
const THUMBNAIL_WIDTH = 640;

/**
 * Draws a video: H.264 in an MP4, of the exact size and length, two to four frames a second, drifting across one
 * painting.
 *
 * @param fallbackSeed for a drawing without a seed.
 * @param sources the pictures it is made from, which sharp can read.
 */
export async function drawVideo(
  drawing: VideoDrawing,
  fallbackSeed: string,
  sources: readonly Buffer[],
  style: PictureStyle,
  desk: FilmDesk,
): Promise<Video> {
  const { width, height } = drawing.size;
  const paintedWidth = Math.round(width * DRIFT);
  const painting = await paint(drawing, fallbackSeed, sources, style);
  const frameRate = Math.max(2, Math.min(4, Math.floor(PIXEL_BUDGET / (width * height * drawing.seconds))));
  const frames = drawing.seconds * frameRate;
  // A copy: sharp's own memory cannot be handed to another thread.
  const pixels = new Uint8Array(await painting.ensureAlpha().raw().toBuffer());
  const bytes = await desk.film({ painting: pixels, paintedWidth, width, height, frames, frameRate });
  return { bytes, mediaType: 'video/mp4' };
}

/** The video's first view as a JPEG, drawn without the video. The same arguments as {@link drawVideo}. */
export async function drawThumbnail(
  drawing: VideoDrawing,
  fallbackSeed: string,
  sources: readonly Buffer[],
  style: PictureStyle,
): Promise<Thumbnail> {
  const { width, height } = drawing.size;
  const painting = await paint(drawing, fallbackSeed, sources, style);
  const bytes = await painting.jpeg({ quality: 90 }).toBuffer();
  const view = sharp(bytes).extract({ left: 0, top: 0, width, height });
  return {
    bytes: await view.resize(Math.min(width, THUMBNAIL_WIDTH)).jpeg({ quality: 80 }).toBuffer(),
    mediaType: 'image/jpeg',
  };
}

function paint(
  { prompt, seed, size }: VideoDrawing,
  fallbackSeed: string,
  sources: readonly Buffer[],
  style: PictureStyle,
): ReturnType<typeof paintScene> {
  const wide = { width: Math.round(size.width * DRIFT), height: size.height };
  return paintScene({ prompt, size: wide }, `${seed ?? fallbackSeed} ${prompt}`, sources, style);
}
