import { type Box, boxAt, boxesIn, boxNamed, fullBox, Refused } from './boxes.ts';

/** Where a file's media lie, in order: the contents of its `mdat` boxes. */
export type MediaRanges = readonly { readonly from: number; readonly to: number }[];

/**
 * Checks that a track's pictures are where it says (ISO/IEC 14496-12 §8.7): every chunk inside the media, all of its
 * samples no more than there is, and nothing in another file or on another machine.
 * @param stored whether the tables list everything; those of a fragmented file are in its fragments
 * @throws Refused
 */
export function checkSamples(moov: Uint8Array, minf: Box, media: MediaRanges, stored: boolean): void {
  const references = boxAt(moov, minf, 'dinf', 'dref');
  if (references) checkReferences(moov, references);
  const stbl = boxNamed(boxesIn(moov, minf), 'stbl');
  if (!stbl) throw new Refused('a track of it has no sample table');
  if (!stored) return;
  const tables = boxesIn(moov, stbl);
  const bytes = sampleBytes(moov, boxNamed(tables, 'stsz'));
  const there = media.reduce((sum, { from, to }) => sum + (to - from), 0);
  if (bytes > there) throw new Refused('its tracks list more than it holds');
  for (const at of chunkOffsets(moov, tables))
    if (!isWithin(media, at)) throw new Refused('a chunk of it lies outside its media');
}

/** By halves: a hostile file may list millions of chunks and thousands of places for them. */
function isWithin(media: MediaRanges, at: number): boolean {
  let [low, high] = [0, media.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((media[middle]?.to ?? 0) > at) high = middle;
    else low = middle + 1;
  }
  return (media[low]?.from ?? Number.POSITIVE_INFINITY) <= at;
}

/** A reference that is not flagged as the file itself leads to wherever its maker wanted. */
function checkReferences(moov: Uint8Array, dref: Box): void {
  fullBox(moov, dref, () => 4);
  for (const reference of boxesIn(moov, { from: dref.from + 8, to: dref.to }))
    if ((fullBox(moov, reference, () => 0).flags & 1) === 0)
      throw new Refused('its media are said to lie elsewhere');
}

/** Of all samples together; zero where another table than the usual one tells. */
function sampleBytes(moov: Uint8Array, stsz: Box | undefined): number {
  if (!stsz) return 0;
  const { view } = fullBox(moov, stsz, () => 8);
  const [each, count] = [view.getUint32(0), view.getUint32(4)];
  if (each > 0) return each * count;
  if (view.byteLength < 8 + count * 4) throw new Refused('its list of samples is cut short');
  let sum = 0;
  for (let index = 0; index < count; index += 1) sum += view.getUint32(8 + index * 4);
  return sum;
}

function* chunkOffsets(moov: Uint8Array, tables: readonly Box[]): Generator<number> {
  const [stco, co64] = [boxNamed(tables, 'stco'), boxNamed(tables, 'co64')];
  const box = stco ?? co64;
  if (!box) throw new Refused('a track of it does not say where it lies');
  const { view } = fullBox(moov, box, () => 4);
  const count = view.getUint32(0);
  const each = stco ? 4 : 8;
  if (view.byteLength < 4 + count * each) throw new Refused('its list of chunks is cut short');
  for (let index = 0; index < count; index += 1)
    yield stco ? view.getUint32(4 + index * 4) : Number(view.getBigUint64(4 + index * 8));
}
