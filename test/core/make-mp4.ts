/** MP4 files made by hand, box by box, as small as they can be and as wrong as a test wants them. */

export const uint32 = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value >>> 0, index * 4);
  return bytes;
};

/** A box that tells its true size. */
export function box(kind: string, ...content: (Buffer | string)[]): Buffer {
  const inside = Buffer.concat(content.map((part) => Buffer.from(part as Buffer)));
  return Buffer.concat([uint32(inside.length + 8), Buffer.from(kind, 'latin1'), inside]);
}

/** A box that tells its size in 64 bits. */
export function largeBox(kind: string, ...content: Buffer[]): Buffer {
  const inside = Buffer.concat(content);
  return Buffer.concat([uint32(1), Buffer.from(kind), uint32(0, inside.length + 16), inside]);
}

export interface Movie {
  readonly width?: number;
  readonly height?: number;
  readonly timescale?: number;
  readonly duration?: number;
  readonly brands?: readonly string[];
  readonly handler?: string;
  readonly media?: Buffer;
  /** Chunk offsets; by default the beginning of the media. */
  readonly chunks?: readonly number[];
  readonly sampleBytes?: number;
  readonly version?: 0 | 1;
  /** Flags of the data reference: 1 is the file itself. */
  readonly reference?: Buffer;
  /** Boxes more in the moov box, and tracks more. */
  readonly more?: readonly Buffer[];
  readonly moovLast?: boolean;
}

export const ftyp = (brands: readonly string[] = ['isom', 'mp42']): Buffer =>
  box('ftyp', Buffer.from(brands[0] ?? ''), uint32(512), Buffer.from(brands.slice(1).join('')));

/** The parts of a file, in order: type, moov, media (or media, moov). */
export function movieParts(movie: Movie = {}): Buffer[] {
  const { brands, media = Buffer.alloc(64, 7), moovLast = false } = movie;
  const type = ftyp(brands);
  const data = box('mdat', media);
  if (moovLast) return [type, data, moovOf({ chunks: [type.length + 8], ...movie })];
  const length = moovOf({ chunks: [0], ...movie }).length;
  return [type, moovOf({ chunks: [type.length + length + 8], ...movie }), data];
}

export const makeMp4 = (movie: Movie = {}): Buffer => Buffer.concat(movieParts(movie));

export function moovOf(movie: Movie): Buffer {
  const { timescale = 1000, duration = 4000, version = 0, more = [] } = movie;
  const times =
    version === 1 ? uint32(0, 0, 0, 0, timescale, 0, duration) : uint32(0, 0, timescale, duration);
  return box('moov', box('mvhd', uint32(version << 24), times, Buffer.alloc(80)), trackOf(movie), ...more);
}

export function trackOf(movie: Movie): Buffer {
  const { width = 1280, height = 720, handler = 'vide', version = 0 } = movie;
  const { chunks = [0], sampleBytes = 64, reference = box('url ', uint32(1)) } = movie;
  const before = Buffer.alloc(version === 1 ? 84 : 72);
  return box(
    'trak',
    box('tkhd', uint32((version << 24) | 3), before, uint32(width * 65_536, height * 65_536)),
    box(
      'mdia',
      box('mdhd', uint32(0), Buffer.alloc(20)),
      box('hdlr', uint32(0, 0), Buffer.from(handler), Buffer.alloc(13)),
      box(
        'minf',
        box('dinf', box('dref', uint32(0, 1), reference)),
        box(
          'stbl',
          box('stsd', uint32(0, 0)),
          box('stsz', uint32(0, 0, 1, sampleBytes)),
          box('stco', uint32(0, chunks.length, ...chunks)),
        ),
      ),
    ),
  );
}
