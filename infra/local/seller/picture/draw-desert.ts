import { at, type Canvas, fade, polygon } from './canvas.ts';
import { type Colour, mix } from './colour.ts';
import type { Random } from './random.ts';

const DUNES = 5;

/** Mesas on the horizon, and dunes with a sunny and a shaded side. */
export function drawDesert(canvas: Canvas): string {
  const random = canvas.random.fork('desert');
  const sand = sandOf(canvas);
  let dunes = '';
  for (let index = 0; index < DUNES; index += 1)
    dunes += dune(canvas, index, sand, random.fork(String(index)));
  return mesas(canvas, sand, random.fork('mesas')) + dunes + cacti(canvas, random.fork('cacti'));
}

function sandOf({ palette }: Canvas): { lit: Colour; shade: Colour } {
  const night = palette.time === 'night';
  return {
    lit: mix(mix('#f0b468', palette.sky[3], 0.3), palette.near, night ? 0.62 : 0.04),
    shade: mix(mix('#9c4f36', palette.near, 0.3), palette.near, night ? 0.6 : 0.12),
  };
}

function mesas({ width, horizon, palette }: Canvas, { shade }: { shade: Colour }, random: Random): string {
  let shapes = '';
  for (let layer = 0; layer < 2; layer += 1) {
    const colour = mix(mix(shade, palette.far, 0.6), palette.sky[4], 0.42 - layer * 0.22);
    const rough = random.noise(4);
    let x = random.between(-120, 160);
    while (x < width) {
      const wide = random.between(70, 260);
      const tall = random.between(50, 150) * (layer === 0 ? 1 : 0.6);
      const slope = tall * random.between(0.25, 0.45);
      const top: [number, number][] = [];
      for (let step = 0; step <= 24; step += 1) {
        const along = x + (step / 24) * wide;
        top.push([along, horizon - tall - 9 * rough(along / 22) + (step % 12 === 0 ? 4 : 0)]);
      }
      shapes += `<path d="${polygon([[x - slope, horizon + 30], [x - slope * 0.3, horizon - tall * 0.35], ...top, [x + wide + slope * 0.3, horizon - tall * 0.35], [x + wide + slope, horizon + 30]])}" fill="${colour}"/>`;
      x += wide + random.between(120, 520);
    }
  }
  return shapes;
}

function dune(
  { width, horizon, palette, disc }: Canvas,
  index: number,
  sand: { lit: Colour; shade: Colour },
  random: Random,
): string {
  const share = index / (DUNES - 1);
  const base = horizon + 20 + (1000 - horizon) * share ** 1.25 * 0.86;
  const amplitude = 40 + 95 * share;
  const wave = random.noise(2);
  const scale = 330 + 260 * share;
  const bend = random.noise(2);
  const crest = (x: number): number => base - amplitude * (wave(x / scale) * 1.5 - 0.3);
  const step = 6;
  const line: [number, number][] = [];
  for (let x = -step; x <= width + step; x += step) line.push([x, crest(x)]);
  const body: [number, number][] = [[-step, 1010], ...line, [width + step, 1010]];
  const hazed = (colour: Colour): Colour => mix(colour, palette.sky[4], 0.5 * (1 - share) ** 1.4);
  const id = `dune${index}`;
  return [
    fade(id, [
      [hazed(mix(sand.lit, palette.light, 0.3)), 0],
      [hazed(sand.lit), 0.35],
      [hazed(mix(sand.lit, sand.shade, 0.55)), 1],
    ]),
    `<path d="${polygon(body)}" fill="url(#${id})"/>`,
    fade(`shade${index}`, [
      [hazed(sand.shade), 0, 0.85],
      [hazed(sand.shade), 0.5, 0.6],
      [hazed(sand.shade), 1, 0],
    ]),
    `<path d="${shades(line, amplitude, disc.x, bend)}" fill="url(#shade${index})"/>`,
  ].join('');
}

/** From each top, the side that turns away from the light, its edge winding down the slope. */
function shades(
  line: [number, number][],
  amplitude: number,
  lightX: number,
  bend: (x: number) => number,
): string {
  let path = '';
  for (let index = 2; index < line.length - 2; index += 1) {
    const [x = 0, y = 0] = line[index] ?? [];
    const before = line[index - 1]?.[1] ?? y;
    const after = line[index + 1]?.[1] ?? y;
    if (!(y <= before && y < after)) continue;
    const away = x < lightX ? -1 : 1;
    const side: [number, number][] = [[x, y]];
    for (let next = index + away; next > 0 && next < line.length; next += away) {
      const point = line[next];
      const previous = line[next - away];
      if (point === undefined || previous === undefined || point[1] < previous[1] - 0.2) break;
      side.push(point);
    }
    const [endX, endY] = side.at(-1) ?? [x, y];
    const wide = Math.abs(endX - x);
    if (wide < 50) continue;
    const foot = y + amplitude * 1.5;
    const edge = side.map(([px, py]) => `${at(px)} ${at(py)}`).join('L');
    const lean = away * wide * (0.1 + 0.5 * bend(x / 90));
    path += `M${edge}C${at(endX - away * wide * 0.3)} ${at(endY + amplitude * 0.25)} ${at(x + lean)} ${at(foot - amplitude * 0.3)} ${at(x + lean * 0.5)} ${at(foot)}C${at(x - away * wide * 0.12)} ${at(foot - amplitude * 0.6)} ${at(x + lean * 0.7)} ${at(y + amplitude * 0.5)} ${at(x)} ${at(y)}Z`;
  }
  return path;
}

function cacti({ width, palette }: Canvas, random: Random): string {
  const colour = mix(palette.near, '#16301f', 0.3);
  let shapes = '';
  for (let count = random.whole(1, 4); count > 0; count -= 1) {
    const x = random.between(0.05, 0.95) * width;
    const foot = random.between(850, 990);
    const tall = 60 + (foot - 820) * 0.75;
    const thick = tall * 0.13;
    const arm = (side: number, height: number): string =>
      `M${at(x)} ${at(foot - tall * height)}h${at(side * tall * 0.2)}q${at(side * tall * 0.06)} 0 ${at(side * tall * 0.06)} ${at(-tall * 0.07)}v${at(-tall * random.between(0.12, 0.26))}`;
    shapes += `<g fill="none" stroke="${colour}" stroke-linecap="round" stroke-linejoin="round"><path d="M${at(x)} ${at(foot)}v${at(-tall)}" stroke-width="${at(thick)}"/><path d="${arm(-1, random.between(0.35, 0.5))}${arm(1, random.between(0.45, 0.62))}" stroke-width="${at(thick * 0.68)}"/></g>`;
  }
  return shapes;
}
