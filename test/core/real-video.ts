import { createRequire } from 'node:module';

interface Encoder {
  width: number;
  height: number;
  frameRate: number;
  speed: number;
  outputFilename: string;
  readonly FS: { readFile(name: string): Uint8Array; unlink(name: string): void };
  initialize(): void;
  addFrameRgba(pixels: Uint8Array): void;
  finalize(): void;
  delete(): void;
}

/** A video that an encoder made: H.264 in an MP4, grey, ever lighter. */
export async function encodeVideo(
  width: number,
  height: number,
  frames: number,
  frameRate: number,
): Promise<Buffer> {
  const { createH264MP4Encoder } = createRequire(import.meta.url)(
    'h264-mp4-encoder/embuild/dist/h264-mp4-encoder.node.js',
  ) as { createH264MP4Encoder(): Promise<Encoder> };
  const encoder = await createH264MP4Encoder();
  Object.assign(encoder, { width, height, frameRate, speed: 10 });
  encoder.initialize();
  for (let frame = 0; frame < frames; frame += 1)
    encoder.addFrameRgba(Buffer.alloc(width * height * 4, (frame * 255) / frames));
  encoder.finalize();
  const bytes = Buffer.from(encoder.FS.readFile(encoder.outputFilename));
  encoder.FS.unlink(encoder.outputFilename);
  encoder.delete();
  return bytes;
}
