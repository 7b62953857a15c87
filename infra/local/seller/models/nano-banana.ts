import { z } from 'zod';
import type { PictureDrawing } from '../drawing.ts';
import type { PictureSize } from '../picture/picture-size.ts';
import { offer } from './offer.ts';
import { imageUrls, prompt } from './request-fields.ts';

/** Sizes at "1K". The ratios are not exact: Google's models keep both sides multiples of sixteen. */
const SIZES = {
  '1:1': [1024, 1024],
  '2:3': [848, 1264],
  '3:2': [1264, 848],
  '3:4': [896, 1200],
  '4:3': [1200, 896],
  '4:5': [928, 1152],
  '5:4': [1152, 928],
  '9:16': [768, 1376],
  '16:9': [1376, 768],
  '21:9': [1584, 672],
  '1:4': [512, 2048],
  '4:1': [2048, 512],
  '1:8': [384, 3072],
  '8:1': [3072, 384],
} as const;
const SCALES = { '512': 0.5, '1K': 1, '2K': 2, '4K': 4 } as const;

const RATIOS = ['1:1', '2:3', '3:2', '3:4', '4:3', '4:5', '5:4', '9:16', '16:9', '21:9'] as const;
const LONG_RATIOS = ['1:4', '4:1', '1:8', '8:1'] as const;

const banana = z.object({
  prompt,
  aspectRatio: z
    .enum([...RATIOS, ...LONG_RATIOS])
    .default('1:1')
    .describe('Width to height'),
  imageSize: z.enum(['512', '1K', '2K', '4K']).default('1K').describe('Length of a square picture'),
  thinkingLevel: z.enum(['minimal', 'high']).default('minimal').describe('How long to think first'),
});
const bananaPro = z.object({
  prompt,
  aspectRatio: z.enum(RATIOS).default('1:1').describe('Width to height'),
  imageSize: z.enum(['1K', '2K', '4K']).default('1K').describe('Length of a square picture'),
});
const images = imageUrls(14);

const BANANA = { '512': 0.045, '1K': 0.07, '2K': 0.1, '4K': 0.151 };
const BANANA_PRO = { '1K': 0.134, '2K': 0.134, '4K': 0.24 };

interface Request {
  prompt: string;
  aspectRatio: keyof typeof SIZES;
  imageSize: keyof typeof SCALES;
  images?: string[];
}

function bananaSize({ aspectRatio, imageSize }: Request): PictureSize {
  const [width, height] = SIZES[aspectRatio];
  return { width: width * SCALES[imageSize], height: height * SCALES[imageSize] };
}

function picture(request: Request): PictureDrawing {
  const { prompt, images: sources = [] } = request;
  return { kind: 'picture', prompt, size: bananaSize(request), format: 'png', quality: 100, sources };
}

const example = { prompt: 'A kite over a stubble field', aspectRatio: '16:9', imageSize: '1K' } as const;
const edited = { ...example, images: ['https://example.com/field.jpg'] };

/** Google's picture models. Their results are PNG. */
export const NANO_BANANA = [
  offer({
    model: 'nano-banana',
    operation: 'generate',
    summary: 'Generate an image with Nano Banana',
    request: banana,
    example,
    range: [0.045, 0.151],
    price: ({ imageSize }) => BANANA[imageSize],
    seconds: 5,
    result: picture,
  }),
  offer({
    model: 'nano-banana',
    operation: 'edit',
    summary: 'Edit images with Nano Banana',
    request: banana.extend({ images }),
    example: edited,
    range: [0.045, 0.151],
    price: ({ imageSize }) => BANANA[imageSize],
    seconds: 5,
    result: picture,
  }),
  offer({
    model: 'nano-banana-pro',
    operation: 'generate',
    summary: 'Generate an image with Nano Banana Pro',
    request: bananaPro,
    example,
    range: [0.13, 0.24],
    price: ({ imageSize }) => BANANA_PRO[imageSize],
    seconds: 10,
    result: picture,
  }),
  offer({
    model: 'nano-banana-pro',
    operation: 'edit',
    summary: 'Edit images with Nano Banana Pro',
    request: bananaPro.extend({ images }),
    example: edited,
    range: [0.13, 0.24],
    price: ({ imageSize }) => BANANA_PRO[imageSize],
    seconds: 10,
    result: picture,
  }),
];
