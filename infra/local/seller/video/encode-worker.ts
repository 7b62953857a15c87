import { parentPort } from 'node:worker_threads';
import HME from 'h264-mp4-encoder';
import type { Filming, FilmingDone } from './film-desk.ts';
import { withoutClock } from './without-clock.ts';

// A thread of its own: the encoder works for a second at a time and lets nobody else in.
const port = parentPort;
if (port === null) throw new Error('This file is a worker');
port.on('message', async (filming: Filming) => {
  const answer: FilmingDone = await film(filming).then(
    (bytes) => ({ id: filming.id, bytes }),
    (cause: unknown) => ({ id: filming.id, error: String(cause) }),
  );
  port.postMessage(answer);
});

/** Drifts once across the painting, from left to right. */
async function film({
  painting,
  paintedWidth,
  width,
  height,
  frames,
  frameRate,
}: Filming): Promise<Uint8Array> {
  const encoder = await HME.createH264MP4Encoder();
  try {
    Object.assign(encoder, { width, height, frameRate, speed: 10, groupOfPictures: frames });
    encoder.initialize();
    const pixels = Buffer.from(painting.buffer, painting.byteOffset, painting.byteLength);
    const frame = Buffer.alloc(width * height * 4);
    for (let index = 0; index < frames; index += 1) {
      const left = Math.round(((paintedWidth - width) * index) / Math.max(1, frames - 1));
      for (let row = 0; row < height; row += 1) {
        const from = (row * paintedWidth + left) * 4;
        pixels.copy(frame, row * width * 4, from, from + width * 4);
      }
      encoder.addFrameRgba(frame);
    }
    encoder.finalize();
    const bytes = encoder.FS.readFile(encoder.outputFilename);
    encoder.FS.unlink(encoder.outputFilename);
    return withoutClock(bytes);
  } finally {
    encoder.delete();
  }
}
