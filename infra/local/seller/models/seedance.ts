import { z } from 'zod';
import type { VideoDrawing } from '../drawing.ts';
import { sizeOfShortSide } from '../picture/picture-size.ts';
import { type Offer, offer } from './offer.ts';
import { imageUrl, imageUrls, prompt } from './request-fields.ts';

const DURATIONS = ['4', '5', '6', '7', '8', '9', '10', '11', '12', '13', '14', '15'] as const;

/** Without defaults, and strict: a field that the model does not know is an error. */
const shared = {
  prompt,
  duration: z.enum(DURATIONS).describe('Seconds, as text'),
  aspectRatio: z.enum(['1:1', '3:4', '4:3', '16:9', '9:16', '21:9']).describe('Width to height'),
  upscaleResolution: z.enum(['4k']).optional().describe('Make it larger afterwards'),
};
const full = { ...shared, outputResolution: z.enum(['480p', '720p', '1080p']).describe('Shorter side') };
const fast = { ...shared, outputResolution: z.enum(['480p', '720p']).describe('Shorter side') };

const pictures = {
  image: imageUrl.optional(),
  mode: z.enum(['keyframe']).optional().describe('With urls: the pictures to pass through'),
  urls: imageUrls(9).optional(),
  urlMediaTypes: z.array(z.string()).min(1).max(9).optional().describe('One for each of urls'),
};
type Pictures = { [Name in keyof typeof pictures]?: z.infer<(typeof pictures)[Name]> };

/** Either one image, or key frames with their media types. */
const onePictureOrFrames = ({ image, mode, urls, urlMediaTypes }: Pictures): boolean =>
  image === undefined
    ? mode !== undefined && urls !== undefined && urls.length === urlMediaTypes?.length
    : mode === undefined && urls === undefined && urlMediaTypes === undefined;
const COMPLAINT = { path: ['image'], error: 'Give an image, or mode, urls and urlMediaTypes' };

type Request = z.infer<z.ZodObject<typeof full>> & Pictures;

/** Dollars per second; "4k" is what the upscaling costs altogether. */
type Rates = Partial<Record<Request['outputResolution'] | '4k', number>>;
const RATES: Rates = { '480p': 0.09, '720p': 0.24, '1080p': 0.54, '4k': 0.54 };
const FAST_RATES: Rates = { '480p': 0.08, '720p': 0.17, '4k': 0.17 };

function priceAt(rates: Rates): (request: Request) => number {
  return ({ duration, outputResolution, upscaleResolution }) =>
    Number(duration) * (rates[upscaleResolution ?? outputResolution] ?? Number.NaN);
}

/** An upscaled video is drawn at 1080p: an encoder in JavaScript would take minutes for 4k. */
function video(request: Request): VideoDrawing {
  const shorter = request.upscaleResolution === '4k' ? 1080 : Number.parseInt(request.outputResolution, 10);
  return {
    kind: 'video',
    prompt: request.prompt,
    size: sizeOfShortSide(request.aspectRatio, shorter),
    seconds: Number(request.duration),
    sources: request.image === undefined ? (request.urls ?? []) : [request.image],
  };
}

/** About a minute for the shortest, five and a half for the longest. */
const fullSeconds = ({ duration }: Request): number => 60 + (Number(duration) - 4) * 24.5;

const example = {
  prompt: 'A red kite over snow',
  duration: '4',
  aspectRatio: '16:9',
  outputResolution: '480p',
} as const;
const animated = { ...example, image: 'https://example.com/kite.png' };

function pair(
  model: string,
  fields: typeof full | typeof fast,
  rates: Rates,
  range: readonly [number, number],
  seconds: number | ((request: Request) => number),
): Offer[] {
  const terms = { model, range, maximum: 20, seconds, price: priceAt(rates), result: video };
  return [
    offer({
      ...terms,
      operation: 't2v',
      summary: `Generate a video from text with ${model}`,
      request: z.strictObject(fields),
      example,
    }),
    offer({
      ...terms,
      operation: 'i2v',
      summary: `Generate a video from images with ${model}`,
      request: z.strictObject({ ...fields, ...pictures }).refine(onePictureOrFrames, COMPLAINT),
      example: animated,
    }),
  ];
}

/** ByteDance's video models, the only ones that refuse fields they do not know. */
export const SEEDANCE = [
  ...pair('seedance', full, RATES, [0.36, 8.1], fullSeconds),
  ...pair('seedance-fast', fast, FAST_RATES, [0.32, 2.55], 40),
];
