import { at, type Canvas, fade, polygon } from './canvas.ts';
import { type Colour, mix } from './colour.ts';
import type { Scene } from './plan-scene.ts';
import type { Random } from './random.ts';

interface Ridge {
  /** 0 is the farthest, 1 at our feet. */
  depth: number;
  base: number;
  amplitude: number;
  /** Units of width per bump. */
  scale: number;
  sharp: boolean;
  treeHeight: number;
}

type Line = [number, number][];

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
    ridge.sharp && ridge.depth < 0.45 ? faces(line, canvas, ridge, scene, random.fork('faces')) : '',
    ridge.treeHeight > 0
      ? trees(line, ridge, mix(colour, near, 0.42), random.fork('trees'))
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

/** On each mountain the side that looks to the light, and snow on the top: in winter, far down. */
function faces(line: Line, { disc, palette }: Canvas, ridge: Ridge, { snow }: Scene, random: Random): string {
  const night = palette.time === 'night';
  const white = mix(mix('#ffffff', palette.sky[4], 0.3), palette.far, night ? 0.45 : 0.2);
  const snowLine = ridge.base - ridge.amplitude * (snow ? 0.46 : 0.56);
  return (
    `<path d="${litSides(line, disc.x, ridge, random)}" fill="${palette.light}" opacity="${night ? 0.09 : 0.2}"/>` +
    `<path d="${snowCaps(line, snowLine, random)}" fill="${white}" opacity="${snow ? 0.9 : 0.7}"/>`
  );
}

/** From each summit along the crest to the valley on the light's side, and back down a jagged spur. */
function litSides(line: Line, lightX: number, { amplitude, base }: Ridge, random: Random): string {
  const reach = 9;
  let path = '';
  for (let index = reach; index < line.length - reach; index += 1) {
    const [x, y] = line[index] ?? [0, 0];
    const near = line.slice(index - reach, index + reach + 1);
    if (near.some(([, other]) => other < y) || base - y < amplitude * 0.25) continue;
    const towards = lightX < x ? -1 : 1;
    const side: Line = [[x, y]];
    for (let next = index + towards; next >= 0 && next < line.length; next += towards) {
      const point = line[next];
      if (point === undefined || point[1] < (side.at(-1)?.[1] ?? 0) - 6) break;
      side.push(point);
    }
    const [endX, endY] = side.at(-1) ?? [x, y];
    const low = Math.max(endY, y) + (base - y) * 0.35;
    for (let share = 0.95; share > 0.05; share -= 0.09) {
      const zigzag = random.between(-0.09, 0.16) * (endX - x);
      side.push([x + (endX - x) * 0.22 * share + zigzag * share, y + (low - y) * share]);
    }
    path += polygon(side);
  }
  return path;
}

function snowCaps(line: Line, snowLine: number, random: Random): string {
  const ragged = random.noise(3);
  let path = '';
  let top: Line = [];
  for (const [x, y] of [...line, [0, Number.POSITIVE_INFINITY] as [number, number]]) {
    if (y < snowLine) {
      top.push([x, y]);
      continue;
    }
    if (top.length > 2) {
      const hem = top.map(([across, crest]): [number, number] => {
        const fold = Math.abs(2 * ragged(across / 15) - 1);
        return [across, crest + (snowLine - crest) * (0.3 + 0.95 * fold)];
      });
      path += polygon([...top, ...hem.reverse()]);
    }
    top = [];
  }
  return path;
}

/** The thin line of light along a crest. */
function rim(line: Line, light: Colour, { depth }: Ridge): string {
  const path = line.map(([x, y]) => `${at(x)} ${at(y + 1)}`).join('L');
  return `<path d="M${path}" fill="none" stroke="${light}" stroke-width="2" opacity="${at(0.3 * (1 - depth) + 0.1)}"/>`;
}

/** Firs along a ridge, close together, each a little different. */
function trees(line: Line, { treeHeight }: Ridge, colour: Colour, random: Random): string {
  const dense = random.noise(2);
  let path = '';
  let x = -treeHeight;
  const last = line.at(-1)?.[0] ?? 0;
  while (x < last + treeHeight) {
    const ground = line[Math.min(line.length - 1, Math.max(0, Math.round(x / STEP) + 1))]?.[1] ?? 0;
    const tall = treeHeight * random.between(0.5, 1.12) * (0.6 + 0.7 * dense(x / 150));
    path += fir(x, ground + tall * 0.12, tall, random);
    // Firs stand in woods, with clearings between them.
    x +=
      treeHeight *
      (dense(x / 90 + 500) > 0.36 || treeHeight > 60 ? random.between(0.1, 0.34) : random.between(1, 3));
  }
  return `<path d="${path}" fill="${colour}"/>`;
}

function fir(x: number, foot: number, tall: number, random: Random): string {
  const half = tall * random.between(0.15, 0.21);
  const tiers = tall > 40 ? 6 : 3;
  const [left, right]: [Line, Line] = [[], []];
  for (let tier = 1; tier <= tiers; tier += 1) {
    const y = foot - tall * (1 - tier / tiers);
    const reach = half * (tier / tiers) ** 0.9;
    left.unshift([x - reach * random.between(0.9, 1.1), y], [x - reach * 0.5, y - tall * 0.03]);
    right.push([x + reach * 0.5, y - tall * 0.03], [x + reach * random.between(0.9, 1.1), y]);
  }
  return polygon([...left, [x, foot - tall], ...right]);
}
