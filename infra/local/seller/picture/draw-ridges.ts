import { at, type Canvas, fade, type Line, polygon } from './canvas.ts';
import { type Colour, mix } from './colour.ts';
import { drawFaces } from './draw-faces.ts';
import { drawFirs } from './draw-firs.ts';
import type { Scene } from './plan-scene.ts';
import type { Random } from './random.ts';

/** One range of land. */
export interface Ridge {
  /** 0 is the farthest, 1 at our feet. */
  depth: number;
  base: number;
  amplitude: number;
  /** Units of width per bump. */
  scale: number;
  sharp: boolean;
  treeHeight: number;
}

const STEP = 4;

/** Ranges one behind the other, each paler and hazier the farther it is. */
export function drawRidges(canvas: Canvas, scene: Scene): string {
  const random = canvas.random.fork('ridges');
  return ridgesOf(canvas, scene)
    .map((ridge, index) => drawRidge(canvas, scene, ridge, index, random.fork(String(index))))
    .join('');
}

function ridgesOf({ horizon, random }: Canvas, { place, water }: Scene): Ridge[] {
  const chance = random.fork('shape');
  if (place === 'sea') {
    return [0.1, 0.32].map((depth, index) => ({
      depth,
      base: horizon + 4,
      amplitude: 60 + index * 30,
      scale: chance.between(240, 380),
      sharp: false,
      treeHeight: 0,
    }));
  }
  // With water in front, the land ends at the horizon; without, it comes down to our feet.
  const count = water ? 4 : 6;
  return Array.from({ length: count }, (_, index) => {
    const share = index / (count - 1);
    const sharp = place === 'mountains' && share < 0.62;
    const bottom = water ? horizon + 6 : 965;
    return {
      depth: water ? share * 0.72 : share,
      base: horizon - (water ? 60 : 70) + (bottom - horizon + (water ? 60 : 70)) * share ** 1.35,
      amplitude: sharp
        ? chance.between(250, 360) * (1 - share * 0.75)
        : chance.between(90, 150) * (1 - share * 0.35),
      scale: sharp
        ? chance.between(190, 300) * (1 - share * 0.25)
        : chance.between(280, 460) * (1 + share * 0.5),
      sharp,
      treeHeight: treesOf(place, share),
    };
  });
}

function treesOf(place: Scene['place'], share: number): number {
  if (place === 'forest') return share < 0.15 ? 0 : 14 + 120 * share ** 2.1;
  if (place === 'mountains') return share < 0.6 ? 0 : 16 + 70 * (share - 0.55) ** 1.6;
  if (place === 'hills') return share > 0.25 && share < 0.75 ? 13 + 16 * share : 0;
  return 0;
}

function drawRidge(canvas: Canvas, scene: Scene, ridge: Ridge, index: number, random: Random): string {
  const { palette, width, horizon } = canvas;
  const noise = random.noise(3);
  const crests = ridged(random);
  const fine = random.noise(3);
  const shape = (x: number): number => {
    const value = noise(x / ridge.scale);
    const height = ridge.sharp ? crests(x / ridge.scale) : value;
    const island = scene.place === 'sea' ? Math.max(0, (noise(x / 900 + 70) - 0.46) * 3.2) : 1;
    return ridge.base - ridge.amplitude * height * island - (ridge.sharp ? 0 : 3 * fine(x / 26));
  };
  const line: Line = [];
  for (let x = -STEP; x <= width + STEP; x += STEP) line.push([x, shape(x)]);
  const bottom = scene.water ? horizon + 8 : 1010;
  const far = scene.snow ? mix(palette.far, '#eef3fb', palette.time === 'night' ? 0.18 : 0.3) : palette.far;
  const near = scene.snow
    ? mix(palette.near, mix('#dfe9f7', palette.sky[2], 0.5), 0.5 - 0.3 * ridge.depth)
    : palette.near;
  const colour = mix(mix(far, palette.sky[4], 0.34 * (1 - ridge.depth)), near, ridge.depth ** 0.85);
  const haze = mix(colour, palette.sky[4], 0.62 * (1 - ridge.depth) + 0.04);
  const id = `ridge${index}`;
  return [
    fade(id, [
      [mix(colour, palette.light, 0.05), 0],
      [colour, 0.3],
      [haze, 1],
    ]),
    `<path d="${polygon([[-STEP, bottom], ...line, [width + STEP, bottom]])}" fill="url(#${id})"/>`,
    ridge.sharp && ridge.depth < 0.45 ? drawFaces(line, canvas, ridge, scene, random.fork('faces')) : '',
    ridge.treeHeight > 0
      ? drawFirs(line, ridge.treeHeight, mix(colour, near, 0.42), random.fork('trees'))
      : rim(line, palette.light, ridge),
  ].join('');
}

/** Folding noise at its middle turns soft bumps into sharp crests; finer folds are laid on the higher parts only. */
function ridged(random: Random): (x: number) => number {
  const octaves = [1, 2.1, 4.3, 9.1, 19].map((frequency) => ({ frequency, noise: random.noise(1) }));
  return (x) => {
    let sum = 0;
    let weight = 0.62;
    for (const { frequency, noise } of octaves) {
      const crest = 1 - Math.abs(2 * noise(x * frequency) - 1);
      sum += crest * weight;
      weight *= 0.3 + 0.22 * crest;
    }
    return sum;
  };
}

/** The thin line of light along a crest. */
function rim(line: Line, light: Colour, { depth }: Ridge): string {
  const path = line.map(([x, y]) => `${at(x)} ${at(y + 1)}`).join('L');
  return `<path d="M${path}" fill="none" stroke="${light}" stroke-width="2" opacity="${at(0.3 * (1 - depth) + 0.1)}"/>`;
}
