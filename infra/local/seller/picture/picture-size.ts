import type { FluxRequest } from '../flux-2-pro.ts';

/** In pixels. */
export interface PictureSize {
  width: number;
  height: number;
}

/**
 * The size of a picture. The rule: of all even sizes whose ratio is **exactly** the one asked for (width 2·a·k,
 * height 2·b·k for a:b), the one whose number of pixels is nearest to the megapixels asked for (a megapixel being
 * 1,000,000). The number is within 4 % of what was asked; "1 MP" in 16:9 is 1344 x 756.
 */
export function pictureSize({
  aspect_ratio,
  resolution,
}: Pick<FluxRequest, 'aspect_ratio' | 'resolution'>): PictureSize {
  const [across = 1, down = 1] = aspect_ratio.split(':').map(Number);
  const pixels = Number.parseFloat(resolution) * 1_000_000;
  const k = Math.round(Math.sqrt(pixels / (4 * across * down)));
  return { width: 2 * across * k, height: 2 * down * k };
}
