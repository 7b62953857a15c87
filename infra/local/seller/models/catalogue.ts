import { ARROW } from './arrow.ts';
import { FLUX_2 } from './flux-2.ts';
import { GPT_IMAGE } from './gpt-image.ts';
import { GROK } from './grok.ts';
import { NANO_BANANA } from './nano-banana.ts';
import type { Offer } from './offer.ts';
import { SEEDANCE } from './seedance.ts';
import { SORA } from './sora.ts';
import { VEO } from './veo.ts';
import { WAN } from './wan.ts';

// What the seller publishes is known. These are assumptions of the sandbox:
// - which price belongs to which option, wherever only a range is published (Flux, Nano Banana, GPT Image);
//   Flare's low costs as much as its medium; Seedance upscaled to 4k costs its dearest rate;
// - every default of the models other than Flux 2 Pro, and that "auto" of GPT Image is quoted at its dearest size;
// - at most 16 pictures for a GPT Image edit, 5 for Grok's, 9 key frames for Seedance, whose media types are any text;
// - Veo refuses an imageMode without its pictures; Seedance i2v wants aspectRatio too;
// - the names of Wan's optional fields, and that its i2v is 16:9;
// - the pixels of "1K" (Nano Banana), that Grok's pictures are JPEG of about a megapixel;
// - times of Flux 2 Max and Arrow, and "minutes" as two minutes; `sora-2-pro-video`; that Arrow takes no prompt.

/** Everything that makes something, in the seller's order. */
export const CATALOGUE: readonly Offer[] = [
  ...FLUX_2,
  ...NANO_BANANA,
  ...GPT_IMAGE,
  ...GROK,
  ...VEO,
  ...SORA,
  ...WAN,
  ...SEEDANCE,
  ...ARROW,
];
