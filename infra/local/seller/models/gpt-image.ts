import { z } from 'zod';
import type { PictureDrawing } from '../drawing.ts';
import { sizeOfText } from '../picture/picture-size.ts';
import { type Offer, offer } from './offer.ts';
import { imageUrls, prompt } from './request-fields.ts';

const shared = {
  prompt,
  quality: z.enum(['low', 'medium', 'high']).default('high').describe('How much work to put in'),
  size: z.enum(['1024x1024', '1536x1024', '1024x1536', 'auto']).default('auto').describe('In pixels'),
  output_format: z.enum(['png', 'jpeg', 'webp']).default('png').describe('File format of the result'),
  output_compression: z.int().min(0).max(100).default(100).describe('Quality of jpeg and webp'),
  moderation: z.enum(['auto', 'low']).default('auto').describe('How strict to be about what is asked'),
};
const filled = z.enum(['opaque', 'auto']).default('auto').describe('Background');
const clear = z.enum(['transparent', 'opaque', 'auto']).default('auto').describe('Background');
const images = imageUrls(16);
const input_fidelity = z.enum(['high', 'low']).default('low').describe('How closely to keep to the pictures');

const image2 = z.object({ ...shared, background: filled });
const image1 = z.object({ ...shared, background: clear });

/** Dollars for a square, a landscape and a portrait picture. */
type Sheet = Record<Request['quality'], readonly [number, number, number]>;
const PLACES = { '1024x1024': 0, '1536x1024': 1, '1024x1536': 2 } as const;

const SHEET_2: Sheet = { low: [0.01, 0.005, 0.005], medium: [0.053, 0.041, 0.041], high: [0.21, 0.17, 0.17] };
const SHEET_FLARE: Sheet = { low: [0.01, 0.01, 0.01], medium: [0.01, 0.01, 0.01], high: [0.05, 0.05, 0.05] };
const SHEET_15: Sheet = { low: [0.009, 0.013, 0.013], medium: [0.034, 0.05, 0.05], high: [0.133, 0.2, 0.2] };
const SHEET_1: Sheet = {
  low: [0.011, 0.016, 0.016],
  medium: [0.042, 0.063, 0.063],
  high: [0.167, 0.25, 0.25],
};

type Request = z.infer<typeof image1> & { images?: string[] };

/** "auto" may become any size, so it costs what the dearest does. */
function priceOn(sheet: Sheet): (request: Pick<Request, 'quality' | 'size'>) => number {
  return ({ quality, size }) =>
    size === 'auto' ? Math.max(...sheet[quality]) : sheet[quality][PLACES[size]];
}

function picture(request: Request): PictureDrawing {
  return {
    kind: 'picture',
    prompt: request.prompt,
    size: sizeOfText(request.size === 'auto' ? '1024x1024' : request.size),
    format: request.output_format === 'jpeg' ? 'jpg' : request.output_format,
    quality: request.output_compression,
    transparent: request.background === 'transparent' && request.output_format !== 'jpeg',
    sources: request.images ?? [],
  };
}

const example = { prompt: 'A tin toy lighthouse', quality: 'medium', size: '1024x1024' } as const;
const edited = { ...example, images: ['https://example.com/toy.png'] };

function generate(model: string, sheet: Sheet, range: readonly [number, number], seconds: number): Offer {
  return offer({
    model,
    operation: 'generate',
    summary: `Generate an image with ${model}`,
    request: model === 'gpt-image-2' ? image2 : image1,
    example,
    range,
    price: priceOn(sheet),
    seconds,
    result: picture,
  });
}

function edit(model: string, sheet: Sheet, range: readonly [number, number], seconds: number): Offer {
  return offer({
    model,
    operation: 'edit',
    summary: `Edit images with ${model}`,
    request: model === 'gpt-image-2' ? image2.extend({ images }) : image1.extend({ images, input_fidelity }),
    example: edited,
    range,
    price: priceOn(sheet),
    seconds,
    result: picture,
  });
}

/** OpenAI's picture models. The older two and Flare can leave the background out. */
export const GPT_IMAGE = [
  generate('gpt-image-2', SHEET_2, [0.005, 0.21], 120),
  edit('gpt-image-2', SHEET_2, [0.005, 0.21], 120),
  generate('gpt-image-2.5-flare', SHEET_FLARE, [0.01, 0.05], 40),
  generate('gpt-image-1.5', SHEET_15, [0.009, 0.2], 3),
  edit('gpt-image-1.5', SHEET_15, [0.009, 0.2], 3),
  generate('gpt-image-1', SHEET_1, [0.011, 0.25], 10),
  edit('gpt-image-1', SHEET_1, [0.011, 0.25], 10),
];
