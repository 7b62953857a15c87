import { at, type Canvas } from './canvas.ts';
import { type Colour, mix } from './colour.ts';
import type { Scene } from './plan-scene.ts';
import type { Random } from './random.ts';

const BRIGHT: [Colour, ...Colour[]] = [
  '#e8483f',
  '#f6a72c',
  '#f7d54a',
  '#3fae9f',
  '#3d7bd9',
  '#8a56c9',
  '#ef6f97',
];

/** What moves in the picture: birds, kites, balloons, a boat, snow. And a lighthouse, which does not. */
export function drawGuests(canvas: Canvas, scene: Scene): string {
  const random = canvas.random.fork('guests');
  return [
    scene.lighthouse ? lighthouse(canvas, random.fork('lighthouse')) : '',
    several(random.fork('balloons'), scene.balloons, (chance, share) =>
      balloon(canvas, scene, chance, share),
    ),
    several(random.fork('kites'), scene.kites, (chance, share) => kite(canvas, scene, chance, share)),
    scene.boat && scene.water ? boat(canvas, scene, random.fork('boat')) : '',
    scene.birds ? birds(canvas, random.fork('birds')) : '',
    scene.snow ? snow(canvas, random.fork('snow')) : '',
  ].join('');
}

/** Spread over the width, so that they do not cover each other. */
function several(random: Random, count: number, draw: (random: Random, share: number) => string): string {
  let drawn = '';
  for (let index = 0; index < count; index += 1) {
    const share = count === 1 ? random.between(0.25, 0.75) : (index + random.between(0.25, 0.75)) / count;
    drawn += draw(random, share);
  }
  return drawn;
}

function balloon({ width, horizon, palette }: Canvas, scene: Scene, random: Random, share: number): string {
  const r = scene.balloons === 1 ? random.between(70, 100) : random.between(18, 64);
  const x = share * width;
  const y = horizon * random.between(0.18, 0.66);
  const first = scene.accent ?? random.pick(BRIGHT);
  const stripes = [first, mix(first, '#fff4dc', 0.72), mix(first, '#3a1030', 0.25)];
  const gores = [1, 0.72, 0.4, 0.12].map(
    (part, index) =>
      `<path d="M0 ${at(-r)}C${at(r * 1.3 * part)} ${at(-r)} ${at(r * 1.25 * part)} ${at(r * 0.3)} ${at(r * 0.2 * part)} ${at(r * 1.25)}L${at(-r * 0.2 * part)} ${at(r * 1.25)}C${at(-r * 1.25 * part)} ${at(r * 0.3)} ${at(-r * 1.3 * part)} ${at(-r)} 0 ${at(-r)}Z" fill="${stripes[index % 2]}"/>`,
  );
  const dim = palette.time === 'night' || palette.time === 'dusk' ? 0.35 : 0.08;
  return `<g transform="translate(${at(x)} ${at(y)})">${gores.join('')}<path d="M0 ${at(-r)}C${at(r * 1.3)} ${at(-r)} ${at(r * 1.25)} ${at(r * 0.3)} ${at(r * 0.2)} ${at(r * 1.25)}L0 ${at(r * 1.25)}C${at(r * 0.5)} ${at(r * 0.3)} ${at(r * 0.5)} ${at(-r * 0.6)} 0 ${at(-r)}Z" fill="${palette.near}" opacity="${dim + 0.1}"/><path d="M${at(-r * 0.17)} ${at(r * 1.25)}L${at(-r * 0.13)} ${at(r * 1.55)}M${at(r * 0.17)} ${at(r * 1.25)}L${at(r * 0.13)} ${at(r * 1.55)}" stroke="${palette.near}" stroke-width="1.2"/><rect x="${at(-r * 0.15)}" y="${at(r * 1.53)}" width="${at(r * 0.3)}" height="${at(r * 0.24)}" rx="2" fill="${mix('#8a5a33', palette.near, dim + 0.2)}"/></g>`;
}

function kite({ width, horizon, palette }: Canvas, scene: Scene, random: Random, share: number): string {
  const r = scene.kites === 1 ? random.between(70, 95) : random.between(26, 52);
  const x = share * width;
  const y = horizon * random.between(0.14, 0.6);
  const first = scene.accent ?? random.pick(BRIGHT);
  const second = random.pick(BRIGHT);
  const sway = random.between(-60, 60);
  let bows = '';
  for (let index = 1; index <= 5; index += 1) {
    const down = r * (1.5 + index * 0.55);
    const aside = Math.sin(index * 1.1 + sway) * r * 0.42;
    bows += `<path d="M${at(aside)} ${at(down)}l-8 -5v10ZM${at(aside)} ${at(down)}l8 -5v10Z" fill="${index % 2 === 0 ? first : second}"/>`;
  }
  const tail = `M0 ${at(r * 1.5)}Q${at(Math.sin(1.1 + sway) * r * 0.6)} ${at(r * 2.3)} ${at(Math.sin(3.3 + sway) * r * 0.42)} ${at(r * 3.15)}T${at(Math.sin(5.5 + sway) * r * 0.42)} ${at(r * 4.25)}`;
  const line = `M${at(x)} ${at(y)}Q${at(x + sway * 2)} ${at((y + 1000) / 2 + 120)} ${at(x + sway * 5)} 1010`;
  return [
    `<path d="${line}" fill="none" stroke="${palette.light}" stroke-width="1" opacity="0.4"/>`,
    `<g transform="translate(${at(x)} ${at(y)}) rotate(${at(random.between(-26, 26))})">`,
    `<path d="${tail}" fill="none" stroke="${palette.near}" stroke-width="1.4" opacity="0.7"/>${bows}`,
    `<path d="M0 ${at(-r)}L${at(r * 0.78)} 0L0 ${at(r * 1.5)}Z" fill="${first}"/>`,
    `<path d="M0 ${at(-r)}L${at(-r * 0.78)} 0L0 ${at(r * 1.5)}Z" fill="${mix(first, '#ffffff', 0.28)}"/>`,
    `<path d="M${at(-r * 0.78)} 0L0 ${at(r * 1.5)}L${at(r * 0.78)} 0Z" fill="${second}" opacity="0.85"/>`,
    '</g>',
  ].join('');
}

function boat({ width, horizon, palette }: Canvas, scene: Scene, random: Random): string {
  const size = random.between(46, 84);
  const x = random.between(0.15, 0.85) * width;
  const y = horizon + random.between(70, 190);
  const white = mix(palette.light, '#ffffff', 0.35);
  const sail = scene.accent === undefined || scene.kites + scene.balloons > 0 ? white : scene.accent;
  const hull = mix(palette.near, '#5a2b22', 0.35);
  const shape = (opacity: number, flip: number): string =>
    `<g transform="translate(${at(x)} ${at(y)}) scale(1 ${flip})" opacity="${opacity}"><path d="M${at(size * 0.04)} ${at(-size * 1.75)}C${at(size * 0.7)} ${at(-size * 1.1)} ${at(size * 0.85)} ${at(-size * 0.5)} ${at(size * 0.8)} ${at(-size * 0.3)}L${at(size * 0.04)} ${at(-size * 0.24)}Z" fill="${sail}"/><path d="M${at(-size * 0.05)} ${at(-size * 1.6)}C${at(-size * 0.3)} ${at(-size)} ${at(-size * 0.5)} ${at(-size * 0.5)} ${at(-size * 0.72)} ${at(-size * 0.27)}L${at(-size * 0.05)} ${at(-size * 0.24)}Z" fill="${mix(sail, palette.far, 0.28)}"/><path d="M0 ${at(-size * 1.85)}V${at(-size * 0.18)}" stroke="${hull}" stroke-width="${at(size * 0.035)}"/><path d="M${at(-size * 0.85)} ${at(-size * 0.2)}H${at(size * 0.98)}Q${at(size * 0.75)} 0 ${at(size * 0.55)} 0H${at(-size * 0.55)}Q${at(-size * 0.75)} ${at(-size * 0.04)} ${at(-size * 0.85)} ${at(-size * 0.2)}Z" fill="${hull}"/></g>`;
  return shape(0.28, -0.8) + shape(1, 1);
}

function lighthouse({ width, horizon, palette }: Canvas, random: Random): string {
  const x = width * (random.chance(0.5) ? random.between(0.14, 0.28) : random.between(0.72, 0.86));
  const foot = horizon - 34;
  const tall = 250;
  const white = mix('#fbf6ec', palette.near, palette.time === 'night' ? 0.45 : 0.08);
  const red = mix('#c9433a', palette.near, palette.time === 'night' ? 0.4 : 0.06);
  const half = (share: number): number => 27 - 10 * share;
  const band = (low: number, high: number, colour: Colour): string =>
    `<path d="M${at(x - half(low))} ${at(foot - tall * low)}L${at(x - half(high))} ${at(foot - tall * high)}H${at(x + half(high))}L${at(x + half(low))} ${at(foot - tall * low)}Z" fill="${colour}"/>`;
  const lamp = foot - tall - 16;
  const rock = mix(palette.near, palette.far, 0.22);
  const beam = palette.time === 'day' ? 0 : 0.3;
  return [
    `<linearGradient id="beam"><stop offset="0" stop-color="${palette.light}" stop-opacity="0"/><stop offset="0.5" stop-color="${palette.light}"/><stop offset="1" stop-color="${palette.light}" stop-opacity="0"/></linearGradient>`,
    `<path d="M${at(x)} ${at(lamp)}L${at(x - 700)} ${at(lamp - 90)}V${at(lamp + 40)}ZM${at(x)} ${at(lamp)}L${at(x + 700)} ${at(lamp - 40)}V${at(lamp + 90)}Z" fill="url(#beam)" opacity="${beam}"/>`,
    `<path d="M${at(x - 210)} ${at(horizon + 10)}C${at(x - 150)} ${at(horizon - 20)} ${at(x - 90)} ${at(foot - 8)} ${at(x)} ${at(foot - 4)}C${at(x + 80)} ${at(foot - 2)} ${at(x + 150)} ${at(horizon - 22)} ${at(x + 240)} ${at(horizon + 10)}Z" fill="${rock}"/>`,
    [0, 0.2, 0.4, 0.6, 0.8].map((low, index) => band(low, low + 0.2, index % 2 === 0 ? white : red)).join(''),
    `<rect x="${at(x - 22)}" y="${at(foot - tall - 5)}" width="44" height="6" fill="${rock}"/>`,
    `<rect x="${at(x - 11)}" y="${at(lamp - 12)}" width="22" height="24" fill="${mix(palette.light, '#fff6cf', 0.5)}"/>`,
    `<circle cx="${at(x)}" cy="${at(lamp)}" r="46" fill="url(#close)" opacity="${beam * 2}"/>`,
    `<path d="M${at(x - 15)} ${at(lamp - 11)}L${at(x)} ${at(lamp - 32)}L${at(x + 15)} ${at(lamp - 11)}Z" fill="${red}"/>`,
  ].join('');
}

function birds({ width, horizon, palette }: Canvas, random: Random): string {
  const [x, y] = [random.between(0.15, 0.8) * width, horizon * random.between(0.2, 0.55)];
  let path = '';
  for (let count = random.whole(5, 13); count > 0; count -= 1) {
    const span = random.between(7, 19);
    const left = x + random.between(-150, 150);
    const lift = span * random.between(0.25, 0.6);
    path += `M${at(left - span)} ${at(y + random.between(-60, 60))}q${at(span * 0.6)} ${at(-lift)} ${at(span)} ${at(lift * 0.35)}q${at(span * 0.4)} ${at(-lift * 1.3)} ${at(span)} ${at(-lift * 0.3)}`;
  }
  return `<path d="${path}" fill="none" stroke="${palette.near}" stroke-width="2.4" stroke-linecap="round" opacity="0.75"/>`;
}

function snow({ width }: Canvas, random: Random): string {
  let flakes = '';
  for (let index = 0; index < 0.26 * width; index += 1) {
    const size = random.between(0, 1) ** 3 * 4.6 + 0.9;
    flakes += `<circle cx="${at(random.between(0, width))}" cy="${at(random.between(0, 1000))}" r="${at(size)}" fill-opacity="${at(random.between(0.3, 0.9))}"/>`;
  }
  return `<g fill="#ffffff">${flakes}</g>`;
}
