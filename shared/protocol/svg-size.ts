/** Pixels in one of each unit (CSS Values §6.2). */
const pixelsIn: Readonly<Record<string, number>> = {
  '': 1,
  px: 1,
  pt: 96 / 72,
  pc: 16,
  in: 96,
  cm: 96 / 2.54,
  mm: 96 / 25.4,
  q: 96 / 101.6,
};

/** What a drawing is shown at when it says nothing (CSS 2 §10.3.2). */
const unsaid = { width: 300, height: 150 };
const longest = 100_000;
/** A length has a few digits and a unit; room around it counts too. */
const mostCharacters = 100;

/**
 * The size at which an SVG is shown, in whole CSS pixels, from its root's `width`, `height` and `viewBox`.
 * @param root the root's attributes
 */
export function svgSize(root: Readonly<Record<string, string>>): { width: number; height: number } {
  const [, , boxWidth, boxHeight] = (root.viewBox ?? '')
    .trim()
    .split(/[\s,]+/)
    .map(Number);
  const box = isLength(boxWidth) && isLength(boxHeight) ? { width: boxWidth, height: boxHeight } : undefined;
  const [width, height] = [lengthOf(root.width), lengthOf(root.height)];
  const ratio = box ? box.width / box.height : undefined;
  return {
    width: whole(width ?? (height && ratio ? height * ratio : (box?.width ?? unsaid.width))),
    height: whole(height ?? (width && ratio ? width / ratio : (box?.height ?? unsaid.height))),
  };
}

const isLength = (value: number | undefined): value is number =>
  value !== undefined && Number.isFinite(value) && value > 0;

const whole = (pixels: number): number => Math.min(Math.max(Math.round(pixels), 1), longest);

/** Undefined for what depends on where it is shown, such as a percentage. */
function lengthOf(text: string | undefined): number | undefined {
  if (text === undefined || text.length > mostCharacters) return undefined;
  const [, number, unit = ''] = /^\s*([\d.]+(?:e[+-]?\d+)?)\s*([a-z]*)\s*$/i.exec(text) ?? [];
  const pixels = Number(number) * (pixelsIn[unit.toLowerCase()] ?? Number.NaN);
  return isLength(pixels) ? pixels : undefined;
}
