import { z } from 'zod';
import type { PictureDrawing } from '../drawing.ts';
import { sizeOfArea } from '../picture/picture-size.ts';
import { offer } from './offer.ts';
import { imageUrls, prompt, seed } from './request-fields.ts';

export const FLUX_RATIOS = ['1:1', '16:9', '9:16', '3:2', '2:3', '4:5', '5:4', '4:3', '3:4'] as const;
export const FLUX_RESOLUTIONS = ['0.5 MP', '1 MP', '2 MP', '4 MP'] as const;

/** The seller's rules for a body. */
const shared = {
  prompt,
  aspect_ratio: z.enum(FLUX_RATIOS).default('1:1').describe('Width to height'),
  output_format: z.enum(['webp', 'jpg', 'png']).default('webp').describe('File format of the result'),
  output_quality: z.int().min(0).max(100).default(80).describe('Quality of webp and jpg, 0 to 100'),
  safety_tolerance: z.int().min(1).max(5).default(2).describe('1 is strictest, 5 is most permissive'),
  prompt_upsampling: z.boolean().default(false).describe('Let the model enrich the prompt'),
  seed,
};
const megapixels = 'Size of the picture in megapixels';
const pro = z.object({
  ...shared,
  resolution: z.enum(['0.5 MP', '1 MP', '2 MP']).default('1 MP').describe(megapixels),
});
const max = z.object({
  ...shared,
  resolution: z.enum(FLUX_RESOLUTIONS).default('1 MP').describe(megapixels),
});
const images = imageUrls(8);

const PRO = { '0.5 MP': 0.02, '1 MP': 0.03, '2 MP': 0.04 };
const PRO_EDIT = { '0.5 MP': 0.03, '1 MP': 0.045, '2 MP': 0.06 };
const MAX = { '0.5 MP': 0.04, '1 MP': 0.07, '2 MP': 0.11, '4 MP': 0.17 };

type Request = z.infer<typeof max> & { images?: string[] };

/** What a Flux request owes. A megapixel is a million pixels. */
export function fluxPicture(request: Request): PictureDrawing {
  const pixels = Number.parseFloat(request.resolution) * 1_000_000;
  return {
    kind: 'picture',
    prompt: request.prompt,
    seed: request.seed,
    size: sizeOfArea(request.aspect_ratio, pixels),
    format: request.output_format,
    quality: request.output_quality,
    sources: request.images ?? [],
  };
}

const example = {
  prompt: 'A lighthouse in the first light of a winter morning',
  aspect_ratio: '16:9',
  resolution: '1 MP',
} as const;
const edited = { ...example, images: ['https://example.com/lighthouse.png'] };

/** Flux 2, the first models that StableStudio sold. */
export const FLUX_2 = [
  offer({
    model: 'flux-2-pro',
    operation: 'generate',
    summary: 'Generate an image with Flux 2 Pro',
    request: pro,
    example,
    range: [0.02, 0.04],
    price: ({ resolution }) => PRO[resolution],
    seconds: 5,
    result: fluxPicture,
  }),
  offer({
    model: 'flux-2-pro',
    operation: 'edit',
    summary: 'Edit images with Flux 2 Pro',
    request: pro.extend({ images }),
    example: edited,
    range: [0.03, 0.06],
    price: ({ resolution }) => PRO_EDIT[resolution],
    seconds: 5,
    result: fluxPicture,
  }),
  offer({
    model: 'flux-2-max',
    operation: 'generate',
    summary: 'Generate an image with Flux 2 Max',
    request: max,
    example,
    range: [0.04, 0.17],
    price: ({ resolution }) => MAX[resolution],
    seconds: 8,
    result: fluxPicture,
  }),
  offer({
    model: 'flux-2-max',
    operation: 'edit',
    summary: 'Edit images with Flux 2 Max',
    request: max.extend({ images }),
    example: edited,
    range: [0.04, 0.17],
    price: ({ resolution }) => MAX[resolution],
    seconds: 8,
    result: fluxPicture,
  }),
];
