import { z } from 'zod';
import { sizeOfShortSide } from '../picture/picture-size.ts';
import { type Offer, offer } from './offer.ts';
import { imageUrl, imageUrls, prompt } from './request-fields.ts';

const veo = z
  .object({
    prompt,
    durationSeconds: z.enum(['4', '6', '8']).default('8').describe('Seconds, as text'),
    aspectRatio: z.enum(['16:9', '9:16']).default('16:9').describe('Width to height'),
    resolution: z.enum(['720p', '1080p']).default('720p').describe('Length of the shorter side'),
    negativePrompt: z.string().max(10_000).optional().describe('What must not be seen'),
    imageMode: z
      .enum(['none', 'first-frame', 'reference', 'interpolation'])
      .default('none')
      .describe('What the pictures are for'),
    image: imageUrl.optional(),
    lastFrame: imageUrl.optional(),
    referenceImages: imageUrls(3).optional(),
  })
  .refine(({ imageMode, image }) => image !== undefined || !/first-frame|interpolation/.test(imageMode), {
    path: ['image'],
    error: 'This imageMode needs an image',
  })
  .refine(({ imageMode, lastFrame }) => lastFrame !== undefined || imageMode !== 'interpolation', {
    path: ['lastFrame'],
    error: 'Interpolation needs a last frame',
  })
  .refine(({ imageMode, referenceImages }) => referenceImages !== undefined || imageMode !== 'reference', {
    path: ['referenceImages'],
    error: 'This imageMode needs reference images',
  });

type Request = z.infer<typeof veo>;

function sourcesOf({ imageMode, image, lastFrame, referenceImages = [] }: Request): string[] {
  const frames = [image, lastFrame].filter((url) => url !== undefined);
  if (imageMode === 'none') return [];
  return imageMode === 'reference' ? referenceImages : frames;
}

function generate(
  model: string,
  perSecond: number,
  range: readonly [number, number],
  seconds: number,
): Offer {
  return offer({
    model,
    operation: 'generate',
    summary: `Generate a video with ${model}`,
    request: veo,
    example: { prompt: 'Waves against a pier at dawn', durationSeconds: '4', aspectRatio: '16:9' },
    range,
    price: ({ durationSeconds }) => Number(durationSeconds) * perSecond,
    seconds,
    result: (request) => ({
      kind: 'video',
      prompt: request.prompt,
      size: sizeOfShortSide(request.aspectRatio, Number.parseInt(request.resolution, 10)),
      seconds: Number(request.durationSeconds),
      sources: sourcesOf(request),
    }),
  });
}

/** Google's video models. */
export const VEO = [generate('veo-3.1', 0.4, [1.6, 3.2], 90), generate('veo-3.1-fast', 0.25, [1, 2], 30)];
