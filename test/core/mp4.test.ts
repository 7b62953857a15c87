import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { inspectMp4 } from '../../shared/core/inspect/mp4.ts';
import { box, ftyp, largeBox, makeMp4, moovOf, movieParts, trackOf, uint32 } from './make-mp4.ts';
import { encodeVideo } from './real-video.ts';

const inspect = (bytes: Buffer) =>
  inspectMp4({ bytes: bytes.length, read: async (from, length) => bytes.subarray(from, from + length) });

const folder = mkdtempSync(join(tmpdir(), 'coinbooth-mp4-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What ffprobe makes of a file: the witness that our reading is everybody's. */
function probe(bytes: Buffer): { width: number; height: number; durationSeconds: number } {
  const file = join(folder, 'video.mp4');
  writeFileSync(file, bytes);
  const ffprobe = createRequire(import.meta.url).resolve('@ffprobe-installer/linux-x64/ffprobe');
  const shown = execFileSync(ffprobe, ['-v', 'error', '-show_streams', '-show_format', '-of', 'json', file]);
  const { streams, format } = JSON.parse(String(shown)) as {
    streams: { width: number; height: number }[];
    format: { duration: string };
  };
  return {
    width: streams[0]?.width ?? 0,
    height: streams[0]?.height ?? 0,
    durationSeconds: Number(format.duration),
  };
}

describe('a video that an encoder made', () => {
  test.each([
    [64, 48, 8, 4],
    [320, 180, 12, 3],
    [180, 320, 5, 2],
  ])('%i × %i, %i frames at %i a second, is what ffprobe says it is', async (width, height, frames, rate) => {
    const bytes = await encodeVideo(width, height, frames, rate);
    const found = await inspect(bytes);
    expect(found).toMatchObject({ format: 'mp4', width, height });
    const witness = probe(bytes);
    expect(found).toMatchObject({ width: witness.width, height: witness.height });
    const { durationSeconds } = found as { durationSeconds: number };
    expect(durationSeconds).toBeCloseTo(witness.durationSeconds, 2);
    expect(durationSeconds).toBeCloseTo(frames / rate, 1);
  });

  test('is refused when it is cut short anywhere, or has something behind its end', async () => {
    const bytes = await encodeVideo(64, 48, 4, 4);
    for (let length = 0; length < bytes.length; length += length < 200 ? 1 : 37)
      expect(await inspect(bytes.subarray(0, length))).toHaveProperty('refused');
    expect(await inspect(Buffer.concat([bytes, Buffer.from('PK\x03\x04')]))).toHaveProperty('refused');
  });
});

const ok = { format: 'mp4', width: 1280, height: 720, durationSeconds: 4 };

describe('is a video', () => {
  const large = Buffer.alloc(64, 7);
  const cases: [string, Buffer, object?][] = [
    ['the smallest there is', makeMp4()],
    ['with its moov box at the end', makeMp4({ moovLast: true })],
    ['with times of 64 bits', makeMp4({ version: 1 })],
    ['of another brand, compatible with ours', makeMp4({ brands: ['XXXX', 'mp42'] })],
    ['as Apple makes them', makeMp4({ brands: ['M4V ', 'isom'] })],
    ['with free room in it', Buffer.concat([makeMp4(), box('free', Buffer.alloc(100))])],
    ['with a box that nobody knows', Buffer.concat([makeMp4(), box('zzzz', Buffer.alloc(9))])],
    [
      'with media whose size is 64 bits long',
      Buffer.concat([ftyp(), largeBox('mdat', large), moovOf({ chunks: [ftyp().length + 16] })]),
    ],
    [
      'with media that go to the end of the file',
      (() => {
        const bytes = makeMp4();
        bytes.writeUInt32BE(0, bytes.length - 72);
        return bytes;
      })(),
    ],
    [
      'with sound before its pictures',
      makeMp4({
        media: Buffer.alloc(3_000),
        more: [trackOf({ handler: 'soun', width: 0, height: 0, chunks: [2_000] })],
      }),
    ],
    ['with a fraction of a pixel', makeMp4({ width: 1279.6, height: 719.7 })],
    ['in another scale of time', makeMp4({ timescale: 600, duration: 2400 })],
  ];
  test.each(cases)('%s', async (_name, bytes, expected = ok) => {
    expect(await inspect(bytes)).toEqual(expected);
  });

  test('in fragments, with or without its duration', async () => {
    const mvex = (...more: Buffer[]) => box('mvex', ...more, box('trex', Buffer.alloc(24)));
    const inFragments = (...more: Buffer[]) =>
      Buffer.concat([
        ftyp(['iso5', 'dash']),
        moovOf({ duration: 0, chunks: [], more: [mvex(...more)] }),
        box('moof', box('mfhd', uint32(0, 1))),
        box('mdat', Buffer.alloc(64)),
      ]);
    expect(await inspect(inFragments(box('mehd', uint32(0, 4000))))).toEqual(ok);
    const { durationSeconds: _none, ...silent } = ok;
    expect(await inspect(inFragments())).toEqual(silent);
  });
});

describe('is refused', () => {
  const [type = Buffer.of(), moov = Buffer.of(), media = Buffer.of()] = movieParts();
  /** The file with other bytes at the first place where these letters are. */
  const changed = (letters: string, offset: number, ...values: number[]): Buffer => {
    const bytes = makeMp4();
    uint32(...values).copy(bytes, bytes.indexOf(letters) + offset);
    return bytes;
  };
  const cases: [string, Buffer][] = [
    ['nothing', Buffer.alloc(0)],
    ['a type alone', type],
    ['without media', Buffer.concat([type, moovOf({ chunks: [] })])],
    ['with media that are empty', Buffer.concat([type, moov, box('mdat')])],
    ['without a moov box', Buffer.concat([type, media])],
    ['with two moov boxes', Buffer.concat([type, moov, media, moov])],
    ['that begins with its media', Buffer.concat([media, type, moov])],
    ['that begins with free room', Buffer.concat([box('free'), type, moov, media])],
    ['of no brand', makeMp4({ brands: ['XXXX', 'YYYY'] })],
    ['that is QuickTime alone', makeMp4({ brands: ['qt  ', 'qt  '] })],
    ['that is a still', makeMp4({ brands: ['avif', 'mif1'] })],
    ['whose brand is only a version', Buffer.concat([box('ftyp', 'XXXX', 'isom'), moov, media])],
    ['whose type is odd', Buffer.concat([box('ftyp', 'isom', uint32(0), 'abc'), moov, media])],
    ['whose type is very long', makeMp4({ brands: ['isom', ...Array.from({ length: 400 }, () => 'mp42')] })],
    ['with HTML behind its end', Buffer.concat([makeMp4(), Buffer.from('<script>alert(1)</script>')])],
    ['with a ZIP behind its end', Buffer.concat([makeMp4(), Buffer.from('PK\x05\x06'), Buffer.alloc(18)])],
    ['with zeros behind its end', Buffer.concat([makeMp4(), Buffer.alloc(16)])],
    ['with a box of seven bytes', changed('mdat', -4, 7)],
    ['with a box of no bytes but a name', changed('moov', -4, 4)],
    ['with a box that ends beyond the end', changed('mdat', -4, 73)],
    ['with a box of four gigabytes', changed('moov', -4, 0xffffffff)],
    ['whose moov box goes to the end of the file', changed('moov', -4, 0)],
    [
      'with a 64-bit size that is too small',
      Buffer.concat([type, moov, uint32(1), Buffer.from('mdat'), uint32(0, 15)]),
    ],
    [
      'with a 64-bit size that overflows',
      Buffer.concat([type, moov, uint32(1), Buffer.from('mdat'), uint32(0xffffffff, 0xffffffff), media]),
    ],
    [
      'with a 64-bit size that is cut short',
      Buffer.concat([type, moov, uint32(1), Buffer.from('mdat'), uint32(0)]),
    ],
    ['with a box whose name is no name', Buffer.concat([makeMp4(), uint32(8, 0x01020304)])],
    ['with a child larger than its parent', changed('trak', -4, 0xffff)],
    ['with a child without a size', changed('mvhd', -4, 0)],
    ['without a header', Buffer.concat([type, box('moov', trackOf({})), media])],
    [
      'with a header cut short',
      Buffer.concat([type, box('moov', box('mvhd', uint32(0, 0)), trackOf({})), media]),
    ],
    ['without a scale of time', makeMp4({ timescale: 0 })],
    ['that does not say how long it lasts', makeMp4({ duration: 0 })],
    ['that lasts for an unknown time', makeMp4({ duration: 0xffffffff })],
    ['that lasts for a month', makeMp4({ duration: 2_592_000_000 })],
    ['without a track', Buffer.concat([type, box('moov', box('mvhd', uint32(0, 0, 0, 1000, 4000))), media])],
    ['of sound alone', makeMp4({ handler: 'soun' })],
    ['without width', makeMp4({ width: 0 })],
    ['of 65,535 × 65,535', makeMp4({ width: 65_535, height: 65_535 })],
    ['whose media begin before they do', makeMp4({ chunks: [4] })],
    ['whose media lie beyond the end', makeMp4({ chunks: [1_000_000] })],
    ['with one chunk of many outside', makeMp4({ chunks: [800, 4_000_000_000, 801] })],
    ['that lists more than it holds', makeMp4({ sampleBytes: 65 })],
    [
      'whose media are on another machine',
      makeMp4({ reference: box('url ', uint32(0), 'http://127.0.0.1/\0') }),
    ],
    ['whose media are in another file', makeMp4({ reference: box('alis', uint32(0), Buffer.alloc(8)) })],
    ['that refers to another movie', makeMp4({ more: [box('rmra', box('rmda'))] })],
    ['whose moov box is compressed', makeMp4({ more: [box('cmov', Buffer.alloc(8))] })],
    ['with fragments that it does not speak of', Buffer.concat([makeMp4(), box('moof')])],
    ['with a thousand boxes in one', makeMp4({ more: Array.from({ length: 1_001 }, () => box('free')) })],
    [
      'with a hundred thousand boxes',
      Buffer.concat([makeMp4(), Buffer.concat(Array.from({ length: 21_000 }, () => box('free')))]),
    ],
    [
      'a track without a list of chunks',
      Buffer.concat([type, Buffer.from(moov.toString('latin1').replace('stco', 'xxxx'), 'latin1'), media]),
    ],
    ['a list of chunks that is cut short', changed('stco', 8, 1_000_000)],
    ['a list of samples that is cut short', changed('stsz', 12, 1_000_000)],
    [
      'a track without media',
      Buffer.concat([type, Buffer.from(moov.toString('latin1').replace('minf', 'xxxx'), 'latin1'), media]),
    ],
    [
      'a track without a header',
      Buffer.concat([type, Buffer.from(moov.toString('latin1').replace('tkhd', 'xxxx'), 'latin1'), media]),
    ],
  ];
  test.each(cases)('%s', async (_name, bytes) => {
    expect(await inspect(bytes)).toEqual({ refused: expect.stringContaining('mp4') });
  });

  test('cut short at every byte, and so at every boundary of its boxes', async () => {
    const bytes = makeMp4({ more: [trackOf({ handler: 'soun', chunks: [1_000] })] });
    for (let length = 0; length < bytes.length; length += 1)
      expect(await inspect(bytes.subarray(0, length))).toHaveProperty('refused');
  });

  test('a moov box that is too long to be held, of which nothing is read', async () => {
    const parts = [ftyp(), uint32(33 * 1024 * 1024 + 8), Buffer.from('moov')];
    const head = Buffer.concat(parts);
    let read = 0;
    const found = await inspectMp4({
      bytes: ftyp().length + 33 * 1024 * 1024 + 8 + media.length,
      read: async (from, length) => {
        read += length;
        const behind = from - (ftyp().length + 33 * 1024 * 1024 + 8);
        return behind >= 0 ? media.subarray(behind, behind + length) : head.subarray(from, from + length);
      },
    });
    expect(found).toEqual({ refused: expect.stringContaining('too long') });
    expect(read).toBeLessThan(2_000);
  });
});

test('whatever bytes there are, an answer comes, soon, and nothing is thrown', async () => {
  const good = makeMp4();
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat({ max: good.length - 1 }), fc.nat({ max: 255 })), {
        minLength: 1,
        maxLength: 12,
      }),
      fc.nat({ max: good.length }),
      async (changes, length) => {
        const bytes = Buffer.from(good);
        for (const [at, value] of changes) bytes[at] = value;
        const began = performance.now();
        for (const some of [bytes, bytes.subarray(0, length)]) {
          const found = await inspect(some);
          expect('refused' in found || found.format === 'mp4').toBe(true);
        }
        expect(performance.now() - began).toBeLessThan(1_000);
      },
    ),
    { numRuns: 1_500 },
  );
});
