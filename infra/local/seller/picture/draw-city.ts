import { at, type Canvas, fade } from './canvas.ts';
import { mix } from './colour.ts';
import type { Scene } from './plan-scene.ts';
import type { Random } from './random.ts';

const LAYERS = 4;

/** A skyline in four rows, with lights on after dark. */
export function drawCity(canvas: Canvas, scene: Scene): string {
  let rows = '';
  for (let row = 0; row < LAYERS; row += 1)
    rows += drawRow(canvas, scene, row, canvas.random.fork(`row${row}`));
  return rows;
}

function drawRow({ width, horizon, palette }: Canvas, { water }: Scene, row: number, random: Random): string {
  const share = row / (LAYERS - 1);
  const foot = water ? horizon + 8 : horizon + 8 + (1010 - horizon) * (row === 0 ? 0.4 : 1);
  const ground = horizon + (water ? 6 : 30 + 210 * share);
  const colour = mix(mix(palette.far, palette.sky[4], 0.4), palette.near, 0.12 + 0.8 * share);
  const centre = random.between(0.25, 0.75) * width;
  const noise = random.noise(2);
  let walls = '';
  let windows = '';
  for (let x = -30; x < width + 30; ) {
    const wide = random.between(26, 62) * (0.7 + share * 0.7);
    const downtown = Math.exp(-(((x - centre) / (width * 0.3)) ** 2));
    const tall =
      (60 + 360 * downtown * (1 - share * 0.62)) * (0.45 + 0.75 * noise(x / 60)) * random.between(0.6, 1.15);
    const top = ground - tall;
    walls += tower(x, top, wide, foot, random);
    if (row > 0) windows += lights(x, top, wide, foot, palette.time, random);
    x += wide + (random.chance(0.12) ? random.between(6, 22) : random.between(-3, 0));
  }
  const id = `row${row}`;
  return [
    fade(id, [
      [mix(colour, palette.light, 0.06), 0],
      [colour, 0.4],
      [mix(colour, palette.sky[4], 0.6 - 0.4 * share), 1],
    ]),
    `<path d="${walls}" fill="url(#${id})"/>`,
    `<path d="${windows}" fill="${palette.light}" opacity="${palette.time === 'day' ? 0.28 : 0.5 + 0.3 * share}"/>`,
  ].join('');
}

function tower(x: number, top: number, wide: number, foot: number, random: Random): string {
  const box = (left: number, upper: number, across: number): string =>
    `M${at(left)} ${at(foot)}V${at(upper)}h${at(across)}V${at(foot)}Z`;
  const shape = random.between(0, 1);
  if (shape < 0.16) {
    const mast = random.between(20, 60);
    return `${box(x, top, wide)}M${at(x + wide * 0.47)} ${at(top)}v${at(-mast)}h2.4v${at(mast)}Z`;
  }
  if (shape < 0.4) return box(x, top, wide) + box(x + wide * 0.2, top - wide * 0.35, wide * 0.6);
  if (shape < 0.52) {
    return `M${at(x)} ${at(foot)}V${at(top)}L${at(x + wide)} ${at(top - wide * 0.4)}V${at(foot)}Z`;
  }
  return box(x, top, wide);
}

function lights(x: number, top: number, wide: number, foot: number, time: string, random: Random): string {
  const lit = (time === 'night' ? 0.34 : time === 'day' ? 0.2 : 0.26) * random.between(0.2, 1.5);
  const step = random.pick([9, 11, 13]);
  let path = '';
  for (let y = top + 9; y < foot - 6; y += step) {
    for (let across = x + 5; across < x + wide - 6; across += 8.5) {
      if (random.chance(lit)) path += `M${at(across)} ${at(y)}h4v5.4h-4Z`;
    }
  }
  return path;
}
