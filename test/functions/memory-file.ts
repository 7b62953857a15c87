import { Readable } from 'node:stream';
import { type DownloadedFile, fileInMemory } from '../../shared/seller/temporary-file.ts';

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
    ...fileInMemory(bytes),
    // A file that is closed gives nothing, as one on a disk.
    stream: () => Readable.from(piecesWhileOpen()),
    async [Symbol.asyncDispose]() {
      isOpen = false;
      openFiles.count -= 1;
    },
  };
}
