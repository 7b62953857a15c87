import { type Colour, tint } from './colour.ts';

export type TimeOfDay = 'dawn' | 'day' | 'sunset' | 'dusk' | 'night';

/** The light of one hour. */
export interface Palette {
  time: TimeOfDay;
  /** From the top of the sky to the horizon. */
  sky: readonly [Colour, Colour, Colour, Colour, Colour];
  /** The sun's or the moon's disc, and the glow around it. */
  disc: Colour;
  glow: Colour;
  /** Land in the distance, and at our feet. */
  far: Colour;
  near: Colour;
  /** Edges that face the light; windows, sails, foam. */
  light: Colour;
}

export const PALETTES: Record<TimeOfDay, readonly [Palette, ...Palette[]]> = {
  dawn: [
    {
      time: 'dawn',
      sky: ['#3b5b92', '#7d8fc0', '#c9a9c6', '#f5b9a6', '#fde3bd'],
      disc: '#fff4d6',
      glow: '#ffd9a0',
      far: '#c9a3b4',
      near: '#272a4d',
      light: '#ffe6c4',
    },
    {
      time: 'dawn',
      sky: ['#3f8f9b', '#74b8b0', '#b4d9bf', '#ecebc4', '#fdf1cf'],
      disc: '#fffbe6',
      glow: '#fff0b8',
      far: '#a3cab6',
      near: '#14393f',
      light: '#fff7d6',
    },
  ],
  day: [
    {
      time: 'day',
      sky: ['#2467ab', '#4f93cf', '#8dbfe6', '#c5e0f0', '#f2f1e2'],
      disc: '#fffdf2',
      glow: '#fff6d4',
      far: '#a5c3d8',
      near: '#183d3c',
      light: '#fff8e1',
    },
    {
      time: 'day',
      sky: ['#5b8fc7', '#8db5dd', '#bccfe8', '#e9d9e0', '#fbeadb'],
      disc: '#fffaf0',
      glow: '#ffeccb',
      far: '#b9bfd8',
      near: '#2c3560',
      light: '#fff1de',
    },
  ],
  sunset: [
    {
      time: 'sunset',
      sky: ['#2a1a4a', '#67265f', '#bb3e5e', '#f17a4b', '#ffcb74'],
      disc: '#fff0b5',
      glow: '#ffb35c',
      far: '#b84e66',
      near: '#1d0f2c',
      light: '#ffd28a',
    },
    {
      time: 'sunset',
      sky: ['#26436b', '#5d6a92', '#b98592', '#f2a56f', '#ffdf9b'],
      disc: '#fff6cf',
      glow: '#ffc777',
      far: '#b98a83',
      near: '#22202f',
      light: '#ffdca0',
    },
  ],
  dusk: [
    {
      time: 'dusk',
      sky: ['#111b40', '#303a78', '#6c559b', '#c07fa6', '#f4bca4'],
      disc: '#fff1de',
      glow: '#f7b7a8',
      far: '#7f6a9f',
      near: '#0f1130',
      light: '#ffd9b8',
    },
    {
      time: 'dusk',
      sky: ['#0d2a3f', '#1c4f66', '#4a7f8c', '#a3a99b', '#f2c99a'],
      disc: '#fff3da',
      glow: '#f5cf9c',
      far: '#5c818a',
      near: '#071b26',
      light: '#ffe0b0',
    },
  ],
  night: [
    {
      time: 'night',
      sky: ['#040818', '#0a1738', '#15305e', '#2a5483', '#5d8cab'],
      disc: '#fdf8e4',
      glow: '#a9cdea',
      far: '#31577c',
      near: '#030817',
      light: '#ffdf9e',
    },
    {
      time: 'night',
      sky: ['#0a0720', '#191245', '#33226c', '#59408f', '#9a78b2'],
      disc: '#fff4e8',
      glow: '#cdb1ec',
      far: '#4b3b7d',
      near: '#080618',
      light: '#ffd7a1',
    },
  ],
};

/** The same hour under a coloured light. */
export function tintPalette(palette: Palette, towards: Colour): Palette {
  const tinted = (colour: Colour): Colour => tint(colour, towards, 0.72);
  const [top, high, middle, low, horizon] = palette.sky;
  return {
    ...palette,
    sky: [tinted(top), tinted(high), tinted(middle), tinted(low), tinted(horizon)],
    glow: tinted(palette.glow),
    far: tinted(palette.far),
    near: tinted(palette.near),
  };
}
