import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { ASPECT_RATIOS, FluxRequest, RESOLUTIONS } from '../../../infra/local/seller/flux-2-pro.ts';
import { drawPicture } from '../../../infra/local/seller/picture/draw-picture.ts';
import { pictureSize } from '../../../infra/local/seller/picture/picture-size.ts';

const request = (changes: Partial<FluxRequest> = {}): FluxRequest =>
  FluxRequest.parse({ prompt: 'A lake in the mountains', resolution: '0.5 MP', seed: 11, ...changes });
const draw = async (changes: Partial<FluxRequest> = {}): Promise<Buffer> =>
  (await drawPicture(request(changes), 'job')).bytes;

describe('the size of a picture', () => {
  const sizes = ASPECT_RATIOS.flatMap((aspect_ratio) =>
    RESOLUTIONS.map((resolution) => ({ aspect_ratio, resolution })),
  );

  it.each(sizes)('$aspect_ratio at $resolution is even, exact in ratio and near in pixels', (size) => {
    const { width, height } = pictureSize(size);
    const [across = 0, down = 0] = size.aspect_ratio.split(':').map(Number);
    expect([width % 2, height % 2]).toEqual([0, 0]);
    expect(width * down).toBe(height * across);
    const asked = Number.parseFloat(size.resolution) * 1_000_000;
    expect(Math.abs(width * height - asked) / asked).toBeLessThan(0.04);
  });

  it('is the documented one for the commonest requests', () => {
    expect(pictureSize({ aspect_ratio: '16:9', resolution: '1 MP' })).toEqual({ width: 1344, height: 756 });
    expect(pictureSize({ aspect_ratio: '1:1', resolution: '1 MP' })).toEqual({ width: 1000, height: 1000 });
  });
});

describe('the pictures of the sandbox', () => {
  it.each([
    ['webp', 'webp', 'image/webp'],
    ['jpg', 'jpeg', 'image/jpeg'],
    ['png', 'png', 'image/png'],
  ] as const)('are real %s files of the size asked for', async (output_format, format, mediaType) => {
    const picture = await drawPicture(request({ output_format, aspect_ratio: '9:16' }), 'job');
    expect(picture.mediaType).toBe(mediaType);
    const metadata = await sharp(picture.bytes).metadata();
    expect(metadata).toMatchObject({
      format,
      ...pictureSize({ aspect_ratio: '9:16', resolution: '0.5 MP' }),
    });
    expect(metadata.hasAlpha).toBe(false);
  });

  it('are the same bytes for the same request and seed, whatever the job', async () => {
    const [one, other] = [await drawPicture(request(), 'job one'), await drawPicture(request(), 'job two')];
    expect(one.bytes.equals(other.bytes)).toBe(true);
  });

  it('differ by seed, by prompt, and without a seed by job', async () => {
    const one = await draw();
    expect((await draw({ seed: 12 })).equals(one)).toBe(false);
    expect((await draw({ prompt: 'A forest' })).equals(one)).toBe(false);
    const { seed: _, ...unseeded } = request();
    const [first, second] = [await drawPicture(unseeded, 'one'), await drawPicture(unseeded, 'two')];
    expect(first.bytes.equals(second.bytes)).toBe(false);
  });

  it.each(['webp', 'jpg'] as const)('weigh more as %s of better quality', async (output_format) => {
    const weights = [];
    for (const output_quality of [0, 60, 100])
      weights.push((await draw({ output_format, output_quality })).length);
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
    const { channels } = await sharp(await draw({ prompt })).stats();
    // A picture, not a plain surface.
    expect(Math.max(...channels.map(({ stdev }) => stdev))).toBeGreaterThan(12);
  });
});
