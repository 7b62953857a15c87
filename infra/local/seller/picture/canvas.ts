import type { Palette } from './palettes.ts';
import type { Random } from './random.ts';

/**
 * What every drawing part works with. A canvas is always 1000 units high, so a picture of another size is the same
 * picture; its width follows from the ratio.
 */
export interface Canvas {
  width: number;
  height: 1000;
  /** Where sky meets land or water. */
  horizon: number;
  /** Centre and radius of the sun or moon. */
  disc: { x: number; y: number; radius: number };
  palette: Palette;
  random: Random;
}

/** Points of a drawing, x and y. */
export type Line = [number, number][];

/** A coordinate with one decimal: a tenth of a unit is less than a pixel. */
export function at(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** SVG path text through the given points. */
export function polygon(points: Line): string {
  return `M${points.map(([x, y]) => `${at(x)} ${at(y)}`).join('L')}Z`;
}

/** A gradient from the top to the bottom of whatever it fills. `stops` are colour, place (0 to 1) and opacity. */
export function fade(id: string, stops: readonly (readonly [string, number, number?])[]): string {
  const inner = stops.map(
    ([colour, offset, opacity = 1]) =>
      `<stop offset="${offset}" stop-color="${colour}" stop-opacity="${opacity}"/>`,
  );
  return `<linearGradient id="${id}" x1="0" y1="0" x2="0" y2="1">${inner.join('')}</linearGradient>`;
}
