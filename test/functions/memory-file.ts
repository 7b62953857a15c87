import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { DownloadedFile } from '../../shared/seller/temporary-file.ts';

/** How many files of the tests are open: whoever is given one closes it. */
export const openFiles = { count: 0 };

/** Bytes as the file that a download would have made of them. */
export function memoryFile(bytes: Buffer): DownloadedFile {
  openFiles.count += 1;
  let isOpen = true;
  async function* piecesWhileOpen() {
    await Promise.resolve();
    if (!isOpen) throw new Error('The file is closed.');
    yield bytes;
  }
  return {
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    read: async (from, length) => bytes.subarray(from, from + length),
    // A file that is closed gives nothing, as one on a disk.
    stream: () => Readable.from(piecesWhileOpen()),
    async [Symbol.asyncDispose]() {
      isOpen = false;
      openFiles.count -= 1;
    },
  };
}
