/** `#rrggbb`. */
export type Colour = `#${string}`;

type Triple = [number, number, number];

/** From `from` (share 0) to `to` (share 1), mixed as light mixes rather than as bytes do. */
export function mix(from: Colour, to: Colour, share: number): Colour {
  const a = toOklab(from);
  const b = toOklab(to);
  return fromOklab([
    a[0] + (b[0] - a[0]) * share,
    a[1] + (b[1] - a[1]) * share,
    a[2] + (b[2] - a[2]) * share,
  ]);
}

/** Draws a colour's hue towards another colour's and keeps how light and how strong it is. */
export function tint(colour: Colour, towards: Colour, share: number): Colour {
  const [light, a, b] = toOklab(colour);
  const [, wantedA, wantedB] = toOklab(towards);
  const strength = Math.max(Math.hypot(a, b), 0.04);
  const wanted = Math.hypot(wantedA, wantedB) || 1;
  return fromOklab([
    light,
    a + ((wantedA / wanted) * strength - a) * share,
    b + ((wantedB / wanted) * strength - b) * share,
  ]);
}

function toOklab(colour: Colour): Triple {
  const value = Number.parseInt(colour.slice(1), 16);
  const [r, g, b] = [linear(value >> 16), linear((value >> 8) & 255), linear(value & 255)];
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function fromOklab([light, a, b]: Triple): Colour {
  const l = (light + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (light - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (light - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return `#${[
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ]
    .map((channel) => encoded(channel).toString(16).padStart(2, '0'))
    .join('')}`;
}

function linear(byte: number): number {
  const value = byte / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

function encoded(channel: number): number {
  const value = channel <= 0.0031308 ? channel * 12.92 : 1.055 * channel ** (1 / 2.4) - 0.055;
  return Math.round(Math.min(1, Math.max(0, value)) * 255);
}
