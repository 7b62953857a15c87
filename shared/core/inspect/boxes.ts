import { textAt } from './pixel-size.ts';

/** Boxes of the ISO base media file format (ISO/IEC 14496-12 §4.2): a size, four letters, and what is in it. */
export interface Box {
  readonly kind: string;
  /** Where its content begins and ends, in the bytes that were walked. */
  readonly from: number;
  readonly to: number;
}

/** Of the head of a box, at the most: a size of 32 bits, the name, a size of 64 bits. */
export const longestHeadBytes = 16;

/** Thrown by what reads a video, caught where it began: in words why the bytes are refused. */
export class Refused extends Error {
  override readonly name = 'Refused';
}

/**
 * Reads the head of a box.
 * @param head the first bytes of the box, as many of them as there are
 * @param at where the box begins
 * @param end where what it is in ends; it must not go beyond
 * @throws Refused when its size is impossible
 */
export function boxFrom(head: Uint8Array, at: number, end: number): Box {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  if (head.length < 8) throw new Refused('a box of it is cut short');
  const kind = textAt(head, 4, 4);
  if (!/^[ -~\xa9][ -~]{3}$/.test(kind)) throw new Refused('a box of it has no name');
  const small = view.getUint32(0);
  // Zero: to the end of the file. One: the size needs 64 bits.
  const headBytes = small === 1 ? 16 : 8;
  if (head.length < headBytes) throw new Refused(`its ${kind} box is cut short`);
  const size = small === 0 ? end - at : small === 1 ? Number(view.getBigUint64(8)) : small;
  if (size < headBytes) throw new Refused(`its ${kind} box says it is ${size} bytes long`);
  if (at + size > end) throw new Refused(`its ${kind} box ends beyond the end`);
  if (small === 0 && kind !== 'mdat') throw new Refused(`its ${kind} box has no size`);
  return { kind, from: at + headBytes, to: at + size };
}

const mostChildren = 1_000;

/**
 * The boxes inside a box, which they must fill exactly.
 * @throws Refused
 */
export function boxesIn(bytes: Uint8Array, { from, to }: Pick<Box, 'from' | 'to'>): Box[] {
  const boxes: Box[] = [];
  for (let at = from; at < to; at = boxes.at(-1)?.to ?? to) {
    if (boxes.length === mostChildren) throw new Refused('it has too many boxes');
    boxes.push(boxFrom(bytes.subarray(at, Math.min(at + longestHeadBytes, to)), at, to));
  }
  return boxes;
}

/** The first box of that name. */
export const boxNamed = (boxes: readonly Box[], kind: string): Box | undefined =>
  boxes.find((box) => box.kind === kind);

/** The box at the end of a path of names, of which there may be none. */
export function boxAt(bytes: Uint8Array, from: Box, ...path: readonly string[]): Box | undefined {
  let box: Box | undefined = from;
  for (const kind of path) box = box && boxNamed(boxesIn(bytes, box), kind);
  return box;
}

/**
 * A view of a box's content that begins behind its version and flags.
 * @throws Refused when it is shorter than it must be
 */
export function fullBox(
  bytes: Uint8Array,
  { kind, from, to }: Box,
  leastBytes: (version: number) => number,
): { version: number; flags: number; view: DataView } {
  const view = new DataView(bytes.buffer, bytes.byteOffset + from, to - from);
  const version = view.byteLength < 4 ? 0 : view.getUint8(0);
  if (view.byteLength < 4 + leastBytes(version)) throw new Refused(`its ${kind} box is too short`);
  const content = new DataView(view.buffer, view.byteOffset + 4, view.byteLength - 4);
  return { version, flags: view.getUint32(0) & 0xffffff, view: content };
}
