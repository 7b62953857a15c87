import type { Drawing } from './drawing.ts';
import type { Job, Source } from './job-book.ts';
import { drawPicture, type Picture } from './picture/draw-picture.ts';
import type { PictureStyle } from './picture/paint-scene.ts';
import { sizeOfArea } from './picture/picture-size.ts';
import { traceVector, type Vector } from './picture/trace-vector.ts';
import { drawThumbnail, drawVideo, type Thumbnail, type Video } from './video/draw-video.ts';
import type { FilmDesk } from './video/film-desk.ts';

export type Work = Picture | Video | Vector | Thumbnail;

/** Where results hang: drawn when first asked for, and kept as long as there is room. */
export interface Gallery {
  /** What the job owes. */
  whole(job: Job): Promise<Work>;
  /** A small picture of the same; of what is no video, the thing itself. */
  thumbnail(job: Job): Promise<Work>;
}

const ROOM_BYTES = 128 * 1024 * 1024;
const STRANGER_PIXELS = 600_000;

export interface GalleryOptions {
  style: PictureStyle;
  desk: FilmDesk;
  /** For all works together. Default 128 MB. */
  roomBytes?: number;
}

/** An empty gallery. The oldest works go first when there is no room. */
export function createGallery({ style, desk, roomBytes = ROOM_BYTES }: GalleryOptions): Gallery {
  const walls = new Map<string, { work: Promise<Work>; bytes: number }>();

  const hang = (key: string, draw: () => Promise<Work>): Promise<Work> => {
    const known = walls.get(key);
    if (known !== undefined) return known.work;
    const entry = { work: draw(), bytes: 0 };
    walls.set(key, entry);
    entry.work.then(
      ({ bytes }) => {
        entry.bytes = bytes.length;
        makeRoom(walls, roomBytes);
      },
      () => walls.delete(key),
    );
    return entry.work;
  };

  const load = async (source: Source): Promise<Buffer> => {
    if (source.kind === 'bytes') return source.bytes;
    // A thumbnail will do for a video: what is made from it is a picture's worth of it.
    if (source.kind === 'job') return (await thumbnail(source.job)).bytes;
    const { url } = source;
    return (await hang(url, () => drawPicture(strange(url), url, [], style))).bytes;
  };

  const draw = async ({ jobId, drawing, sources }: Job, small: boolean): Promise<Work> => {
    const pictures = await Promise.all(sources.map(load));
    if (drawing.kind === 'picture') return drawPicture(drawing, jobId, pictures, style);
    if (drawing.kind === 'vector') return traceVector(drawing, pictures[0] ?? Buffer.alloc(0));
    return small
      ? drawThumbnail(drawing, jobId, pictures, style)
      : drawVideo(drawing, jobId, pictures, style, desk);
  };

  const whole = (job: Job): Promise<Work> => hang(job.jobId, () => draw(job, false));
  const thumbnail = (job: Job): Promise<Work> =>
    job.drawing.kind === 'video' ? hang(`${job.jobId} small`, () => draw(job, true)) : whole(job);
  return { whole, thumbnail };
}

/** What stands in for a picture that the seller may not fetch. */
function strange(url: string): Extract<Drawing, { kind: 'picture' }> {
  const size = sizeOfArea('4:3', STRANGER_PIXELS);
  return { kind: 'picture', prompt: url, size, format: 'jpg', quality: 90, sources: [] };
}

function makeRoom(walls: Map<string, { bytes: number }>, roomBytes: number): void {
  let total = 0;
  for (const { bytes } of walls.values()) total += bytes;
  for (const [key, { bytes }] of walls) {
    if (total <= roomBytes) return;
    // One without bytes is still being drawn.
    if (bytes > 0) walls.delete(key);
    total -= bytes;
  }
}
