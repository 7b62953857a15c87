import { type Canvas, type Line, polygon } from './canvas.ts';
import { mix } from './colour.ts';
import type { Ridge } from './draw-ridges.ts';
import type { Scene } from './plan-scene.ts';
import type { Random } from './random.ts';

/** On each mountain the side that looks to the light, and snow on the top: in winter, far down. */
export function drawFaces(
  line: Line,
  { disc, palette }: Canvas,
  ridge: Ridge,
  { snow }: Scene,
  random: Random,
): string {
  const night = palette.time === 'night';
  const white = mix(mix('#ffffff', palette.sky[4], 0.3), palette.far, night ? 0.45 : 0.2);
  const snowLine = ridge.base - ridge.amplitude * (snow ? 0.46 : 0.56);
  return (
    `<path d="${litSides(line, disc.x, ridge, random)}" fill="${palette.light}" fill-opacity="${night ? 0.09 : 0.2}"/>` +
    `<path d="${snowCaps(line, snowLine, random)}" fill="${white}" fill-opacity="${snow ? 0.9 : 0.7}"/>`
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
