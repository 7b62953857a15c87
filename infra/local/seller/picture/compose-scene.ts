import { at, type Canvas } from './canvas.ts';
import { drawCity } from './draw-city.ts';
import { drawDesert } from './draw-desert.ts';
import { drawGuests } from './draw-guests.ts';
import { drawRidges } from './draw-ridges.ts';
import { drawSky } from './draw-sky.ts';
import { drawWater } from './draw-water.ts';
import type { PictureSize } from './picture-size.ts';
import { planScene } from './plan-scene.ts';
import { createRandom } from './random.ts';

/**
 * The whole picture as an SVG document: sky, land, water, guests, vignette, from back to front. It depends on
 * nothing but its arguments.
 *
 * @param seed any text; the same one gives the same scene in every size.
 */
export function composeScene(prompt: string, seed: string, { width, height }: PictureSize): string {
  const random = createRandom(seed);
  const scene = planScene(prompt, random.fork('plan'));
  const units = (1000 * width) / height;
  const place = random.fork('place');
  const low =
    scene.palette.time === 'sunset' || scene.palette.time === 'dawn' || scene.palette.time === 'dusk';
  const horizon = scene.place === 'sea' ? place.between(540, 640) : place.between(600, 690);
  const canvas: Canvas = {
    width: units,
    height: 1000,
    horizon,
    disc: {
      x: units * (place.chance(0.5) ? place.between(0.24, 0.42) : place.between(0.58, 0.76)),
      y: horizon * (low ? place.between(0.52, 0.74) : place.between(0.2, 0.4)),
      radius: Math.min(1, units / 900) * (low ? place.between(48, 78) : place.between(34, 52)),
    },
    palette: scene.palette,
    random,
  };
  const land =
    scene.place === 'desert'
      ? drawDesert(canvas)
      : scene.place === 'city'
        ? drawCity(canvas, scene)
        : drawRidges(canvas, scene);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${at(units)} 1000" preserveAspectRatio="none">`,
    '<defs><filter id="still" x="0" y="0" width="100%" height="100%"><feGaussianBlur stdDeviation="2.2 5"/></filter>',
    '<radialGradient id="vignette" cx="0.5" cy="0.46" r="0.75"><stop offset="0.55" stop-opacity="0"/><stop offset="1" stop-opacity="0.36"/></radialGradient></defs>',
    `<g id="above">${drawSky(canvas, scene)}${land}</g>`,
    scene.water ? drawWater(canvas, 'above') : '',
    drawGuests(canvas, scene),
    `<rect width="${at(units)}" height="1000" fill="url(#vignette)"/></svg>`,
  ].join('');
}
