import { at, type Canvas, fade } from './canvas.ts';
import { mix } from './colour.ts';
import type { Scene } from './plan-scene.ts';

/** Sky, stars, aurora, sun or moon, and clouds: everything behind the land. */
export function drawSky(canvas: Canvas, scene: Scene): string {
  const { width, horizon, palette } = canvas;
  const stops = palette.sky.map((colour, index) => [colour, [0, 0.28, 0.55, 0.8, 1][index] ?? 1] as const);
  return [
    fade('sky', stops),
    `<rect width="${at(width)}" height="${at(horizon + 40)}" fill="url(#sky)"/>`,
    scene.stars ? stars(canvas) : '',
    scene.aurora ? aurora(canvas) : '',
    disc(canvas),
    clouds(canvas),
  ].join('');
}

function stars({ width, horizon, palette, random }: Canvas): string {
  const chance = random.fork('stars');
  const count = Math.round((palette.time === 'night' ? 0.36 : 0.14) * width);
  let circles = '';
  for (let index = 0; index < count; index += 1) {
    const height = chance.between(0, 1) ** 1.4;
    const size = chance.between(0, 1) ** 5 * 2.1 + 0.55;
    const opacity = (1 - height) * chance.between(0.35, 1);
    circles += `<circle cx="${at(chance.between(0, width))}" cy="${at(height * horizon)}" r="${size.toFixed(2)}" fill-opacity="${opacity.toFixed(2)}"/>`;
  }
  return `<g fill="#fdfbf0">${circles}</g>`;
}

/** Curtains of light: thin upright strips side by side whose height and strength wander. */
function aurora({ width, horizon, random }: Canvas): string {
  const chance = random.fork('aurora');
  const [path, strength] = [chance.noise(3), chance.noise(4)];
  const bands = [
    { colour: '#62f2b0', base: 0.6, reach: 0.5, opacity: 0.95 },
    { colour: '#7a8bff', base: 0.42, reach: 0.4, opacity: 0.6 },
  ];
  return bands
    .map(({ colour, base, reach, opacity }, band) => {
      let strips = '';
      for (let x = -8; x < width + 8; x += 8) {
        const foot = horizon * (base + 0.34 * (path(x / 420 + band * 9) - 0.5));
        const tall = horizon * reach * (0.35 + strength(x / 70 + band * 31));
        const shine = opacity * Math.max(0, strength(x / 130 + band * 17) * 1.9 - 0.4);
        strips += `<rect x="${x}" y="${at(foot - tall)}" width="8.4" height="${at(tall)}" fill-opacity="${shine.toFixed(3)}"/>`;
      }
      const id = `aurora${band}`;
      const gradient = fade(id, [
        [colour, 0, 0],
        [colour, 0.8, 0.75],
        [colour, 0.94, 1],
        [colour, 1, 0],
      ]);
      return `${gradient}<g fill="url(#${id})">${strips}</g>`;
    })
    .join('');
}

function disc({ disc: { x, y, radius }, palette, width }: Canvas): string {
  const far = Math.max(width, 1000) * 0.62;
  const glow = (id: string, stops: [number, number][]): string =>
    `<radialGradient id="${id}">${stops.map(([offset, opacity]) => `<stop offset="${offset}" stop-color="${palette.glow}" stop-opacity="${opacity}"/>`).join('')}</radialGradient>`;
  const moon = palette.time === 'night';
  const seas = moon
    ? `<g fill="${mix(palette.disc, palette.sky[3], 0.28)}" opacity="0.5"><circle cx="${at(x - radius * 0.3)}" cy="${at(y - radius * 0.2)}" r="${at(radius * 0.26)}"/><circle cx="${at(x + radius * 0.28)}" cy="${at(y + radius * 0.1)}" r="${at(radius * 0.18)}"/><circle cx="${at(x - radius * 0.08)}" cy="${at(y + radius * 0.42)}" r="${at(radius * 0.14)}"/></g>`
    : '';
  return [
    glow('wide', [
      [0, moon ? 0.42 : 0.85],
      [0.25, moon ? 0.16 : 0.4],
      [1, 0],
    ]),
    glow('close', [
      [0, 1],
      [0.4, 0.65],
      [1, 0],
    ]),
    `<circle cx="${at(x)}" cy="${at(y)}" r="${at(far)}" fill="url(#wide)"/>`,
    `<circle cx="${at(x)}" cy="${at(y)}" r="${at(radius * 2.6)}" fill="url(#close)" opacity="0.75"/>`,
    `<circle cx="${at(x)}" cy="${at(y)}" r="${at(radius)}" fill="${palette.disc}"/>`,
    seas,
  ].join('');
}

/** Long flat banks, flat below and heaped above, lit from beneath when the sun is low. */
function clouds({ width, horizon, palette, random }: Canvas): string {
  const chance = random.fork('clouds');
  const count = chance.whole(palette.time === 'night' ? 2 : 4, palette.time === 'night' ? 4 : 9);
  let shapes = '';
  for (let index = 0; index < count; index += 1) {
    const height = chance.between(0.16, 0.82);
    const long = chance.between(180, 560) * (0.5 + (1 - height) * 0.9);
    const tall = long * chance.between(0.05, 0.11);
    const left = chance.between(-long * 0.4, width - long * 0.5);
    const foot = horizon * height;
    const heap = chance.noise(4);
    const top: string[] = [];
    for (let step = 0; step <= 60; step += 1) {
      const share = step / 60;
      const envelope = Math.sin(Math.PI * share) ** 0.7;
      top.push(`${at(left + share * long)} ${at(foot - envelope * tall * (0.15 + 1.5 * heap(share * 5)))}`);
    }
    const colour = mix(
      palette.sky[Math.min(4, Math.floor(height * 5) + 1)] ?? palette.glow,
      palette.light,
      palette.time === 'night' ? 0.12 : 0.55,
    );
    const id = `cloud${index}`;
    shapes += `${fade(id, [
      [colour, 0, 0.85],
      [colour, 0.7, 0.4],
      [colour, 1, 0],
    ])}<path d="M${top.join('L')}Q${at(left + long / 2)} ${at(foot + tall * 0.5)} ${at(left)} ${at(foot)}Z" fill="url(#${id})"/>`;
  }
  return `<g opacity="${palette.time === 'night' ? 0.4 : 0.75}">${shapes}</g>`;
}
