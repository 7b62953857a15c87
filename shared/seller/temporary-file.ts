import { createHash, randomUUID } from 'node:crypto';
import { open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { ByteSource } from '../core/inspect/mp4.ts';

/** A file that was downloaded. Disposing of it gives its room back. */
export interface DownloadedFile extends ByteSource, AsyncDisposable {
  /** Of all of it, hex. */
  readonly sha256: string;
  /** Its bytes from the first to the last; each call begins anew. */
  stream(): Readable;
}

/** A file that is being written. */
export interface TemporaryFile extends AsyncDisposable {
  write(chunk: Uint8Array): Promise<void>;
  /** From here on the file is its reader's to dispose of. */
  finish(): DownloadedFile;
}

/**
 * Opens a file in the temporary folder and takes its name away at once: however the process ends, nothing is left.
 */
export async function openTemporaryFile(): Promise<TemporaryFile> {
  const path = join(tmpdir(), `coinbooth-${randomUUID()}`);
  const handle = await open(path, 'wx+', 0o600);
  await unlink(path);
  const hash = createHash('sha256');
  let bytes = 0;
  let finished = false;
  return {
    async write(chunk) {
      await handle.appendFile(chunk);
      hash.update(chunk);
      bytes += chunk.length;
    },
    finish() {
      finished = true;
      return {
        bytes,
        sha256: hash.digest('hex'),
        async read(from, length) {
          const room = Buffer.alloc(Math.max(0, Math.min(length, bytes - from)));
          let read = 0;
          while (read < room.length) {
            const { bytesRead } = await handle.read(room, read, room.length - read, from + read);
            if (bytesRead === 0) break;
            read += bytesRead;
          }
          return room.subarray(0, read);
        },
        stream: () => handle.createReadStream({ start: 0, autoClose: false, highWaterMark: 256 * 1024 }),
        [Symbol.asyncDispose]: () => handle.close(),
      };
    },
    async [Symbol.asyncDispose]() {
      if (!finished) await handle.close();
    },
  };
}

/** Bytes that are in memory already, as the file that a download would have made of them. */
export const fileInMemory = (bytes: Uint8Array): DownloadedFile => ({
  bytes: bytes.length,
  sha256: createHash('sha256').update(bytes).digest('hex'),
  read: async (from, length) => bytes.subarray(from, from + length),
  stream: () => Readable.from([bytes], { objectMode: false }),
  [Symbol.asyncDispose]: async () => {},
});
