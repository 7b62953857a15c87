import { aspectOf, type Expected } from './offering.ts';

/** What a request says about the size of its result, in the seller's different ways of saying it. */

type Size = Pick<Expected, 'aspect' | 'megapixels'>;

/**
 * Of a size in pixels, `1280x720` or `1280*720`.
 * @returns nothing when the seller chooses (`auto`, or no size)
 */
export function sizeInPixels(text: string | undefined): Size {
  const [width = 0, height = 0] = (text ?? '').split(/[x*]/).map(Number);
  return width > 0 && height > 0 ? { aspect: width / height, megapixels: (width * height) / 1_000_000 } : {};
}

/**
 * Of a video: `720p` names an area only where it is as wide as a screen; at other ratios models differ in which side
 * they mean.
 */
export function sizeOfFrames(ratio: string | undefined, resolution: string | undefined): Size {
  if (ratio === undefined) return {};
  const isScreen = ratio === '16:9' || ratio === '9:16';
  const lines = Number.parseInt(resolution ?? '', 10);
  return {
    aspect: aspectOf(ratio),
    ...(isScreen && lines > 0 && { megapixels: (lines * lines * 16) / 9 / 1_000_000 }),
  };
}
