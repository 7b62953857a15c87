/** In pixels. */
export interface PictureSize {
  width: number;
  height: number;
}

/**
 * The size of a picture by its ratio and area. The rule: of all even sizes whose ratio is **exactly** the one asked
 * for (width 2·a·k, height 2·b·k for a:b), the one whose number of pixels is nearest to the area asked for. "16:9"
 * with 1,000,000 pixels is 1344 x 756.
 *
 * @param ratio such as `16:9` or `19.5:9`.
 */
export function sizeOfArea(ratio: string, pixels: number): PictureSize {
  const [across, down] = sidesOf(ratio);
  const k = Math.max(1, Math.round(Math.sqrt(pixels / (4 * across * down))));
  return { width: 2 * across * k, height: 2 * down * k };
}

/**
 * The size of a video by its ratio and what names its resolution: `720` is the length of the shorter side. The
 * longer one is rounded to an even number, as codecs want it: "16:9" at 480 is 854 x 480.
 */
export function sizeOfShortSide(ratio: string, shortSide: number): PictureSize {
  const [across, down] = sidesOf(ratio);
  const long = 2 * Math.round((shortSide * Math.max(across, down)) / Math.min(across, down) / 2);
  return across >= down ? { width: long, height: shortSide } : { width: shortSide, height: long };
}

/** @param text such as `1536x1024` or `1280*720`. */
export function sizeOfText(text: string): PictureSize {
  const [width = 1024, height = 1024] = text.split(/[x*]/).map(Number);
  return { width, height };
}

function sidesOf(ratio: string): [number, number] {
  const [across = 1, down = 1] = ratio.split(':').map(Number);
  return Number.isInteger(across) && Number.isInteger(down) ? [across, down] : [across * 2, down * 2];
}
