import type { Refusal } from '../../shared/contracts/manifest.ts';
import { manifestLimits } from '../../shared/core/manifest.ts';

/** How archives begin; they would be looked at no further than this. */
const archives: readonly (readonly [name: string, beginning: readonly number[]])[] = [
  ['a zip archive', [0x50, 0x4b]],
  ['a gzip archive', [0x1f, 0x8b]],
  ['a zstd archive', [0x28, 0xb5, 0x2f, 0xfd]],
  ['a bzip2 archive', [0x42, 0x5a, 0x68]],
  ['an xz archive', [0xfd, 0x37, 0x7a, 0x58]],
  ['a 7z archive', [0x37, 0x7a, 0xbc, 0xaf]],
];

const notText = (found: string): { refused: Refusal } => ({
  refused: {
    name: 'ManifestNotText',
    message: `The manifest is ${found}; only UTF-8 text is read.`,
    found,
    allowed: 'UTF-8 text',
  },
});

/**
 * The text of a manifest, without a byte order mark.
 * @returns the refusal when it is an archive or otherwise no UTF-8 text, or when there is nothing in it
 */
export function decodeManifest(bytes: Uint8Array): { text: string } | { refused: Refusal } {
  if (bytes.length > manifestLimits.bytes) return { refused: tooLarge(bytes.length) };
  const archive = archives.find(([, beginning]) => beginning.every((byte, index) => bytes[index] === byte));
  if (archive) return notText(archive[0]);
  if (bytes.includes(0)) return notText('binary, or text of another encoding');
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return notText('binary, or text of another encoding');
  }
  if (text.trim() === '')
    return { refused: { name: 'ManifestEmpty', message: 'There is no line in the manifest.' } };
  return { text };
}

/** @param bytes the object's length */
export const tooLarge = (bytes: number): Refusal => ({
  name: 'ManifestTooLarge',
  message: `The manifest has ${bytes} bytes; at most ${manifestLimits.bytes} are read.`,
  found: String(bytes),
  allowed: String(manifestLimits.bytes),
});
