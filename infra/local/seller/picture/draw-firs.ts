import { type Line, polygon } from './canvas.ts';
import type { Colour } from './colour.ts';
import type { Random } from './random.ts';

/** Firs along a ridge, close together, each a little different. */
export function drawFirs(line: Line, treeHeight: number, colour: Colour, random: Random): string {
  const dense = random.noise(2);
  const start = line[0]?.[0] ?? 0;
  const step = (line[1]?.[0] ?? 1) - start;
  let path = '';
  let x = -treeHeight;
  const last = line.at(-1)?.[0] ?? 0;
  while (x < last + treeHeight) {
    const ground = line[Math.min(line.length - 1, Math.max(0, Math.round((x - start) / step)))]?.[1] ?? 0;
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
