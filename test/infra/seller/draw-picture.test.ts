import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { PictureDrawing } from '../../../infra/local/seller/drawing.ts';
import { FLUX_RATIOS, FLUX_RESOLUTIONS } from '../../../infra/local/seller/models/flux-2.ts';
import { drawPicture } from '../../../infra/local/seller/picture/draw-picture.ts';
import { sizeOfArea, sizeOfShortSide } from '../../../infra/local/seller/picture/picture-size.ts';

const drawing = (changes: Partial<PictureDrawing> = {}): PictureDrawing => ({
  kind: 'picture',
  prompt: 'A lake in the mountains',
  seed: 11,
  size: sizeOfArea('1:1', 500_000),
  format: 'webp',
  quality: 80,
  sources: [],
  ...changes,
});
const draw = async (changes: Partial<PictureDrawing> = {}): Promise<Buffer> =>
  (await drawPicture(drawing(changes), 'job')).bytes;
const deviation = async (bytes: Buffer): Promise<number> => {
  const { channels } = await sharp(bytes).stats();
  return Math.max(...channels.map(({ stdev }) => stdev));
};

describe('the size of a picture', () => {
  const sizes = FLUX_RATIOS.flatMap((ratio) => FLUX_RESOLUTIONS.map((resolution) => ({ ratio, resolution })));

  it.each(sizes)('$ratio at $resolution is even, exact in ratio and near in pixels', (size) => {
    const asked = Number.parseFloat(size.resolution) * 1_000_000;
    const { width, height } = sizeOfArea(size.ratio, asked);
    const [across = 0, down = 0] = size.ratio.split(':').map(Number);
    expect([width % 2, height % 2]).toEqual([0, 0]);
    expect(width * down).toBe(height * across);
    expect(Math.abs(width * height - asked) / asked).toBeLessThan(0.04);
  });

  it('is the documented one for the commonest requests', () => {
    expect(sizeOfArea('16:9', 1_000_000)).toEqual({ width: 1344, height: 756 });
    expect(sizeOfArea('1:1', 1_000_000)).toEqual({ width: 1000, height: 1000 });
    expect(sizeOfArea('19.5:9', 1_000_000)).toEqual({ width: 1482, height: 684 });
    expect(sizeOfShortSide('16:9', 480)).toEqual({ width: 854, height: 480 });
    expect(sizeOfShortSide('9:16', 1080)).toEqual({ width: 1080, height: 1920 });
  });
});

describe('the pictures of the sandbox', () => {
  it.each([
    ['webp', 'webp', 'image/webp'],
    ['jpg', 'jpeg', 'image/jpeg'],
    ['png', 'png', 'image/png'],
  ] as const)('are real %s files of the size asked for', async (format, decoded, mediaType) => {
    const size = sizeOfArea('9:16', 500_000);
    const picture = await drawPicture(drawing({ format, size }), 'job');
    expect(picture.mediaType).toBe(mediaType);
    const metadata = await sharp(picture.bytes).metadata();
    expect(metadata).toMatchObject({ format: decoded, ...size });
    expect(metadata.hasAlpha).toBe(false);
  });

  it('are the same bytes for the same request and seed, whatever the job', async () => {
    const [one, other] = [await drawPicture(drawing(), 'job one'), await drawPicture(drawing(), 'job two')];
    expect(one.bytes.equals(other.bytes)).toBe(true);
  });

  it('differ by seed, by prompt, and without a seed by job', async () => {
    const one = await draw();
    expect((await draw({ seed: 12 })).equals(one)).toBe(false);
    expect((await draw({ prompt: 'A forest' })).equals(one)).toBe(false);
    const unseeded = drawing({ seed: undefined });
    const [first, second] = [await drawPicture(unseeded, 'one'), await drawPicture(unseeded, 'two')];
    expect(first.bytes.equals(second.bytes)).toBe(false);
  });

  it.each(['webp', 'jpg'] as const)('weigh more as %s of better quality', async (format) => {
    const weights = [];
    for (const quality of [0, 60, 100]) weights.push((await draw({ format, quality })).length);
    expect(weights).toEqual([...weights].sort((a, b) => a - b));
    expect(new Set(weights).size).toBe(3);
  });

  it.each([
    'a snowy night in the city',
    'kites and balloons over the desert',
    'a lighthouse, a boat and birds at dusk',
    'aurora over winter mountains',
    '<svg onload="alert(1)"> & "quotes" \u0000',
    '夕焼けの海 🪁',
  ])('can be drawn for "%s"', async (prompt) => {
    // A picture, not a plain surface.
    expect(await deviation(await draw({ prompt }))).toBeGreaterThan(12);
  });

  it('leave the corners out where a transparent background is wanted', async () => {
    const size = { width: 300, height: 200 };
    const bytes = await draw({ format: 'png', transparent: true, size });
    const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
    expect(info).toMatchObject({ ...size, channels: 4 });
    expect([data[3], data[(100 * 300 + 150) * 4 + 3]]).toEqual([0, 255]);
  });

  it('are plain, of the exact size and different by seed where the style is plain', async () => {
    const size = { width: 1376, height: 768 };
    const plain = (seed: number) => drawPicture(drawing({ size, seed }), 'job', [], 'plain');
    const [one, same, other] = [await plain(1), await plain(1), await plain(2)];
    expect(await sharp(one.bytes).metadata()).toMatchObject({ format: 'webp', ...size });
    expect(one.bytes.equals(same.bytes)).toBe(true);
    expect(one.bytes.equals(other.bytes)).toBe(false);
    expect(one.bytes.length).toBeLessThan(30_000);
  });
});
