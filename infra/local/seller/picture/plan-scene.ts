import type { Colour } from './colour.ts';
import { PALETTES, type Palette, type TimeOfDay, tintPalette } from './palettes.ts';
import type { Random } from './random.ts';

type Place = 'mountains' | 'hills' | 'forest' | 'desert' | 'sea' | 'city';

/** What is to be seen, before anything is drawn. */
export interface Scene {
  place: Place;
  palette: Palette;
  water: boolean;
  snow: boolean;
  stars: boolean;
  aurora: boolean;
  /** How many; a prompt that speaks of one gets one. */
  kites: number;
  balloons: number;
  /** The colour that the prompt gave to what flies or sails. */
  accent: Colour | undefined;
  boat: boolean;
  birds: boolean;
  lighthouse: boolean;
}

const TIMES: [RegExp, TimeOfDay][] = [
  [/\b(night|midnight|moon\w*|star|stars|starry|aurora|galaxy|nacht)\b/, 'night'],
  [/\b(sunset|evening|golden hour|abend)\b/, 'sunset'],
  [/\b(dusk|twilight|blue hour)\b/, 'dusk'],
  [/\b(dawn|sunrise|morning|first light|morgen)\b/, 'dawn'],
  [/\b(day|noon|midday|sunny|summer|bright)\b/, 'day'],
];

const PLACES: [RegExp, Place][] = [
  [/\b(cit(y|ies)|skyline|town|street|tokyo|skyscrapers?|urban|manhattan|neon)\b/, 'city'],
  [/\b(desert|dunes?|sand|sahara|cact(us|i)|camels?|mesa)\b/, 'desert'],
  [/\b(sea|oceans?|beach|coast|waves?|island|harbou?r|lighthouse|boats?|ships?|sail\w*|whales?)\b/, 'sea'],
  [/\b(forest|woods?|trees?|pines?|jungle|fox|deer|owl|bear)\b/, 'forest'],
  [/\b(mountains?|alps?|peaks?|summit|glacier|lake|fjord|volcano)\b/, 'mountains'],
  [/\b(hills?|meadow|field|valley|farm|countryside|garden|flowers?|kites?)\b/, 'hills'],
];

const COLOURS: [RegExp, Colour][] = [
  [/\b(red|crimson|scarlet|mars)\b/, '#e0352b'],
  [/\b(orange|amber|copper)\b/, '#f08a24'],
  [/\b(gold|golden|yellow)\b/, '#f2c230'],
  [/\b(green|emerald|jade)\b/, '#2f9e5b'],
  [/\b(teal|turquoise|cyan)\b/, '#1fa6a6'],
  [/\b(blue|azure|indigo)\b/, '#2f6fe0'],
  [/\b(purple|violet|lavender)\b/, '#7d4be0'],
  [/\b(pink|magenta|rose)\b/, '#e8558f'],
];

/** Lets the words of a prompt choose what they can, and the seed the rest. */
export function planScene(prompt: string, random: Random): Scene {
  const words = prompt.toLowerCase();
  const said = (pattern: RegExp): boolean => pattern.test(words);
  const place =
    PLACES.find(([pattern]) => said(pattern))?.[1] ??
    random.pick(['mountains', 'mountains', 'hills', 'forest', 'desert', 'sea', 'city']);
  const snow = said(/\b(snow\w*|winter\w*|ice|icy|frost\w*|blizzard|christmas)\b/);
  const time =
    TIMES.find(([pattern]) => said(pattern))?.[1] ??
    random.pick(['dawn', 'day', 'sunset', 'sunset', 'dusk', 'night']);
  const colour = COLOURS.find(([pattern]) => said(pattern))?.[1];
  const plain = random.pick(PALETTES[time]);
  // "A red kite" speaks of the kite; "a red evening" of the light.
  const carried = said(/\b(kites?|balloons?|boats?|ships?|sail\w*)\b/);
  const palette = colour === undefined || carried ? plain : tintPalette(plain, colour);
  const many = (single: RegExp, plural: RegExp, most: number): number =>
    said(plural) ? random.whole(3, most) : said(single) ? 1 : 0;
  const balloons = many(/\b(balloon|airship)\b/, /\b(balloons|airships)\b/, 5);
  const visitors = !carried && time !== 'night' && random.chance(0.15) ? random.whole(2, 4) : 0;
  return {
    place,
    palette,
    snow,
    water:
      place === 'sea' ||
      said(/\b(lake|river|reflect\w*|water|fjord|harbou?r)\b/) ||
      (place !== 'desert' && random.chance(place === 'city' ? 0.6 : 0.4)),
    stars: time === 'night' || time === 'dusk',
    aurora: said(/\b(aurora|northern lights)\b/) || (time === 'night' && snow && random.chance(0.6)),
    kites: many(/\bkite\b/, /\bkites\b/, 6),
    balloons: balloons || visitors,
    accent: carried ? colour : undefined,
    boat: said(/\b(boats?|ships?|sail\w*)\b/) || (place === 'sea' && random.chance(0.8)),
    birds:
      said(/\b(birds?|gulls?|geese|swallows?|eagles?|crows?)\b/) || (time !== 'night' && random.chance(0.55)),
    lighthouse: said(/\blighthouse\b/),
  };
}
