import { Worker } from 'node:worker_threads';

/** One clip to encode. */
export interface Filming {
  id: number;
  /** RGBA, `paintedWidth` by `height`; wider than the clip, which drifts across it. Handed over: empty afterwards. */
  painting: Uint8Array<ArrayBuffer>;
  paintedWidth: number;
  /** Even. */
  width: number;
  /** Even. */
  height: number;
  frames: number;
  /** Whole frames per second. */
  frameRate: number;
}

export type FilmingDone = { id: number; bytes: Uint8Array } | { id: number; error: string };

/** Makes MP4 files, one at a time, in a thread that starts with the first. */
export interface FilmDesk {
  /** Resolves to an H.264 MP4. Rejects when the encoder fails, or when the desk closes before. */
  film(clip: Omit<Filming, 'id'>): Promise<Buffer>;
  close(): Promise<void>;
}

interface Waiting {
  resolve(bytes: Buffer): void;
  reject(cause: Error): void;
}

/** Opens a desk; nothing runs until something is filmed. */
export function createFilmDesk(): FilmDesk {
  const waiting = new Map<number, Waiting>();
  let worker: Worker | undefined;
  let count = 0;

  const start = (): Worker => {
    const started = new Worker(new URL('./encode-worker.ts', import.meta.url));
    const fail = (cause: Error): void => {
      if (worker !== started) return;
      worker = undefined;
      for (const { reject } of waiting.values()) reject(cause);
      waiting.clear();
    };
    started.on('message', (done: FilmingDone) => {
      const asker = waiting.get(done.id);
      waiting.delete(done.id);
      // Idle, it must not keep the process alive.
      if (waiting.size === 0) started.unref();
      if ('bytes' in done) asker?.resolve(Buffer.from(done.bytes));
      else asker?.reject(new Error(`The encoder failed: ${done.error}`));
    });
    started.on('error', (cause) => fail(cause instanceof Error ? cause : new Error(String(cause))));
    started.on('exit', () => fail(new Error('The encoder ended')));
    return started;
  };

  return {
    film(clip) {
      count += 1;
      const filming: Filming = { id: count, ...clip };
      return new Promise((resolve, reject) => {
        worker ??= start();
        worker.ref();
        worker.postMessage(filming, [filming.painting.buffer]);
        waiting.set(filming.id, { resolve, reject });
      });
    },
    async close() {
      await worker?.terminate();
    },
  };
}
