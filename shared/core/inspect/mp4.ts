import { type Box, boxAt, boxesIn, boxFrom, boxNamed, fullBox, longestHeadBytes, Refused } from './boxes.ts';
import { mostPixels, type PixelSize, textAt } from './pixel-size.ts';
import { checkSamples, type MediaRanges } from './samples.ts';

/** A file that is too large to be held, read here and there. */
export interface ByteSource {
  readonly bytes: number;
  /** Those bytes; fewer where the file ends. */
  read(from: number, length: number): Promise<Uint8Array>;
}

export interface Video {
  readonly format: 'mp4';
  readonly width: number;
  readonly height: number;
  /** Absent where a fragmented file does not tell it in its head. */
  readonly durationSeconds?: number;
}

/** Brands of files that players take for MP4 (the MP4 registration authority's list); a still or QuickTime alone is none. */
const brands =
  /^(iso[m2-9a-c]|mp4[12]|avc[1-4]|M4V[ HP]|M4A |MSNV|dash|cmf[cs2]|hvc1|hev1|av01|f4v |msdh|iphE|3g[ep2][4-7]|mmp4)$/;
const mostTopBoxes = 20_000;
/** The tables of a video of hours; they are all of it that is held. */
const longestMoovBytes = 32 * 1024 * 1024;
const longestFtypBytes = 1024;
const longestSeconds = 4 * 3600;

/** Whether some bytes begin like a video of ours. */
export const beginsLikeMp4 = (bytes: Uint8Array): boolean => textAt(bytes, 4, 4) === 'ftyp';

/**
 * Tells what an MP4 is (ISO/IEC 14496-12): its boxes are walked to the exact end of the file, its one `moov` is read,
 * wherever it lies; the media themselves are not.
 * @returns the video, or in words why it is none
 */
export async function inspectMp4(source: ByteSource): Promise<Video | { readonly refused: string }> {
  try {
    const { moov, media, fragmented } = await readTop(source);
    return readMovie(moov, media, fragmented);
  } catch (error) {
    if (error instanceof Refused) return { refused: `the mp4 cannot be accepted: ${error.message}` };
    throw error;
  }
}

async function readTop(
  source: ByteSource,
): Promise<{ moov: Uint8Array; media: MediaRanges; fragmented: boolean }> {
  const boxes: Box[] = [];
  for (let at = 0; at < source.bytes; at = boxes.at(-1)?.to ?? source.bytes) {
    if (boxes.length === mostTopBoxes) throw new Refused('it has too many boxes');
    boxes.push(boxFrom(await source.read(at, longestHeadBytes), at, source.bytes));
  }
  const [first] = boxes;
  if (first?.kind !== 'ftyp' || first.from !== 8) throw new Refused('it does not begin with its type');
  await checkBrands(source, first);
  const [movie, ...others] = boxes.filter(({ kind }) => kind === 'moov');
  if (!movie || others.length > 0) throw new Refused('it has not exactly one moov box');
  if (movie.to - movie.from > longestMoovBytes) throw new Refused('its moov box is too long');
  const media = boxes.filter(({ kind, from, to }) => kind === 'mdat' && to > from);
  if (media.length === 0) throw new Refused('it has no media');
  const moov = await source.read(movie.from, movie.to - movie.from);
  if (moov.length !== movie.to - movie.from) throw new Refused('its moov box is cut short');
  return { moov, media, fragmented: boxes.some(({ kind }) => kind === 'moof') };
}

async function checkBrands(source: ByteSource, { from, to }: Box): Promise<void> {
  const length = to - from;
  if (length < 8 || length > longestFtypBytes || length % 4 !== 0) throw new Refused('its type is no type');
  const bytes = await source.read(from, length);
  const names = Array.from({ length: length / 4 }, (_, index) => textAt(bytes, index * 4, 4));
  // The second of them is the version of the first.
  if (!names.some((name, index) => index !== 1 && brands.test(name)))
    throw new Refused('it is of no MP4 brand');
}

function readMovie(moov: Uint8Array, media: MediaRanges, fragmented: boolean): Video {
  const boxes = boxesIn(moov, { from: 0, to: moov.length });
  if (boxNamed(boxes, 'rmra')) throw new Refused('it refers to another movie');
  if (boxNamed(boxes, 'cmov')) throw new Refused('its moov box is compressed');
  const extension = boxNamed(boxes, 'mvex');
  if (fragmented && !extension) throw new Refused('it has fragments that its moov box does not speak of');
  const durationSeconds = readDuration(moov, boxes, extension);
  let size: PixelSize | undefined;
  for (const track of boxes.filter(({ kind }) => kind === 'trak')) {
    const minf = boxAt(moov, track, 'mdia', 'minf');
    if (!minf) throw new Refused('a track of it has no media');
    checkSamples(moov, minf, media, extension === undefined);
    if (handlerOf(moov, track) === 'vide') size ??= sizeOf(moov, track);
  }
  if (!size) throw new Refused('it has no video track');
  const [width, height] = size;
  if (width < 1 || height < 1 || width * height > mostPixels)
    throw new Refused(`it says it is ${width} × ${height}`);
  return { format: 'mp4', width, height, ...(durationSeconds !== undefined && { durationSeconds }) };
}

const handlerOf = (moov: Uint8Array, track: Box): string | undefined => {
  const hdlr = boxAt(moov, track, 'mdia', 'hdlr');
  return hdlr && textAt(moov, hdlr.from + 8, 4);
};

function readDuration(
  moov: Uint8Array,
  boxes: readonly Box[],
  extension: Box | undefined,
): number | undefined {
  const mvhd = boxNamed(boxes, 'mvhd');
  if (!mvhd) throw new Refused('it has no mvhd box');
  const { version, view } = fullBox(moov, mvhd, (of) => (of === 1 ? 28 : 16));
  const timescale = view.getUint32(version === 1 ? 16 : 8);
  if (timescale === 0) throw new Refused('its time has no scale');
  const mehd = extension && boxAt(moov, extension, 'mehd');
  const ticks = ticksIn(view, version, version === 1 ? 20 : 12) ?? (mehd && fragmentTicks(moov, mehd));
  if (ticks === undefined) {
    if (!extension) throw new Refused('it does not say how long it lasts');
    return undefined;
  }
  const seconds = ticks / timescale;
  if (seconds > longestSeconds) throw new Refused(`it says it lasts ${Math.round(seconds)} seconds`);
  return Math.round(seconds * 1000) / 1000 || 0.001;
}

function fragmentTicks(moov: Uint8Array, mehd: Box): number | undefined {
  const { version, view } = fullBox(moov, mehd, (of) => (of === 1 ? 8 : 4));
  return ticksIn(view, version, 0);
}

/** A duration, or undefined where there is none: zero, or all ones. */
function ticksIn(view: DataView, version: number, at: number): number | undefined {
  const ticks = version === 1 ? Number(view.getBigUint64(at)) : view.getUint32(at);
  return ticks === 0 || ticks >= (version === 1 ? 2 ** 64 : 2 ** 32 - 1) ? undefined : ticks;
}

/** As it is to be shown (§8.3.2): 16.16 fixed point. */
function sizeOf(moov: Uint8Array, track: Box): PixelSize | undefined {
  const tkhd = boxAt(moov, track, 'tkhd');
  if (!tkhd) throw new Refused('a track of it has no tkhd box');
  const { version, view } = fullBox(moov, tkhd, (of) => (of === 1 ? 92 : 80));
  const at = version === 1 ? 84 : 72;
  const size = [view.getUint32(at), view.getUint32(at + 4)].map((fixed) => Math.round(fixed / 65536));
  const [width = 0, height = 0] = size;
  return [width, height];
}
