import { at, type Canvas, fade } from './canvas.ts';
import { mix } from './colour.ts';

/**
 * Water from the horizon to our feet: what is above, upside down and blurred, under the water's own colour, with
 * ripples that widen as they come closer and a path of light below the sun.
 *
 * @param above the id of the group to mirror.
 */
export function drawWater({ width, horizon, palette, disc, random }: Canvas, above: string): string {
  const chance = random.fork('water');
  const deep = 1000 - horizon;
  const lit = mix(palette.sky[4], palette.light, 0.4);
  const low = disc.y > horizon * 0.3;
  let ripples = '';
  let glitter = '';
  for (let index = 0; index < 230; index += 1) {
    const share = chance.between(0, 1) ** 1.7;
    const y = horizon + 3 + deep * share;
    const long = (14 + 150 * share) * chance.between(0.4, 1.2);
    ripples += lens(chance.between(-40, width + 40), y, long, 0.7 + 3.6 * share);
  }
  for (let index = 0; index < 150; index += 1) {
    const share = chance.between(0, 1) ** 1.25;
    const spread = disc.radius * (0.5 + 1.5 * share);
    const x = disc.x + (chance.between(-1, 1) + chance.between(-1, 1)) * spread * 0.6;
    glitter += lens(
      x,
      horizon + 3 + deep * share,
      (10 + 70 * share) * chance.between(0.35, 1.1),
      0.9 + 3.4 * share,
    );
  }
  return [
    `<clipPath id="below"><rect x="0" y="${at(horizon)}" width="${at(width)}" height="${at(deep)}"/></clipPath>`,
    fade('water', [
      [mix(palette.sky[4], palette.far, 0.3), 0, 0.3],
      [mix(palette.sky[2], palette.near, 0.35), 0.45, 0.55],
      [palette.near, 1, 0.9],
    ]),
    `<g clip-path="url(#below)"><rect y="${at(horizon)}" width="${at(width)}" height="${at(deep)}" fill="${palette.sky[3]}"/>`,
    `<g filter="url(#still)"><use href="#${above}" transform="translate(0 ${at(horizon * 2)}) scale(1 -1)"/></g>`,
    `<rect y="${at(horizon)}" width="${at(width)}" height="${at(deep)}" fill="url(#water)"/>`,
    `<path d="${ripples}" fill="${lit}" fill-opacity="0.17"/>`,
    `<path d="${glitter}" fill="${palette.disc}" fill-opacity="${low ? 0.55 : 0.25}"/></g>`,
    `<rect y="${at(horizon - 1)}" width="${at(width)}" height="2.4" fill="${lit}" fill-opacity="0.4"/>`,
  ].join('');
}

function lens(x: number, y: number, long: number, thick: number): string {
  const half = at(long / 2);
  return `M${at(x - long / 2)} ${at(y)}q${half} ${at(-thick)} ${at(long)} 0q${at(-long / 2)} ${at(thick)} ${at(-long)} 0Z`;
}
