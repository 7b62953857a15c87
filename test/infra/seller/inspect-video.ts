import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const FFPROBE = fileURLToPath(import.meta.resolve('@ffprobe-installer/linux-x64/ffprobe'));

export interface InspectedVideo {
  codec: string;
  width: number;
  height: number;
  seconds: number;
  /** Those that could be decoded, not those that the file speaks of. */
  frames: number;
}

/** What ffprobe makes of a video, decoding it to its end. Rejects when it is none. */
export async function inspectVideo(bytes: Uint8Array): Promise<InspectedVideo> {
  const folder = await mkdtemp(join(tmpdir(), 'inspect-video-'));
  try {
    const file = join(folder, 'video.mp4');
    await writeFile(file, bytes);
    const show = 'stream=codec_name,width,height,nb_read_frames:format=duration';
    const args = ['-v', 'error', '-count_frames', '-show_entries', show, '-of', 'json', file];
    const { stdout } = await promisify(execFile)(FFPROBE, args);
    const { streams, format } = JSON.parse(stdout) as {
      streams: { codec_name: string; width: number; height: number; nb_read_frames: string }[];
      format: { duration: string };
    };
    const [stream] = streams;
    if (stream === undefined) throw new Error('There is no video in it');
    return {
      codec: stream.codec_name,
      width: stream.width,
      height: stream.height,
      seconds: Number(format.duration),
      frames: Number(stream.nb_read_frames),
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}
