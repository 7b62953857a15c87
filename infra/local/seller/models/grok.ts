import { z } from 'zod';
import type { PictureDrawing } from '../drawing.ts';
import { sizeOfArea, sizeOfShortSide } from '../picture/picture-size.ts';
import { offer } from './offer.ts';
import { imageUrl, imageUrls, prompt } from './request-fields.ts';

const RATIOS = [
  ...['1:1', '16:9', '9:16', '4:3', '3:4', '3:2', '2:3'],
  ...['2:1', '1:2', '19.5:9', '9:19.5', '20:9', '9:20'],
] as const;
const VIDEO_RATIOS = ['1:1', '16:9', '9:16', '4:3', '3:4', '3:2', '2:3'] as const;

const grok = z.object({ prompt, aspect_ratio: z.enum(RATIOS).default('1:1').describe('Width to height') });
const grokVideo = z.object({
  prompt,
  duration: z.enum(['3', '6', '9', '12', '15']).default('6').describe('Seconds, as text'),
  resolution: z.enum(['480p', '720p']).default('720p').describe('Length of the shorter side'),
  aspect_ratio: z.enum(VIDEO_RATIOS).default('16:9').describe('Width to height'),
  image: imageUrl.optional(),
});

const PIXELS = 1_000_000;
const VIDEO_PER_SECOND = 0.05;

function picture(request: { prompt: string; aspect_ratio: string; images?: string[] }): PictureDrawing {
  const { prompt, aspect_ratio, images: sources = [] } = request;
  const size = sizeOfArea(aspect_ratio, PIXELS);
  return { kind: 'picture', prompt, size, format: 'jpg', quality: 90, sources };
}

/** xAI's models. Their pictures are JPEG, of about a megapixel. */
export const GROK = [
  offer({
    model: 'grok',
    operation: 'generate',
    summary: 'Generate an image with Grok',
    request: grok,
    example: { prompt: 'A night train through snow', aspect_ratio: '16:9' },
    range: [0.07, 0.07],
    price: () => 0.07,
    seconds: 3,
    result: picture,
  }),
  offer({
    model: 'grok',
    operation: 'edit',
    summary: 'Edit images with Grok',
    request: grok.extend({ images: imageUrls(5) }),
    example: { prompt: 'Make it evening', images: ['https://example.com/train.jpg'] },
    range: [0.022, 0.022],
    price: () => 0.022,
    seconds: 3,
    result: picture,
  }),
  offer({
    model: 'grok-video',
    operation: 'generate',
    summary: 'Generate a video with Grok',
    request: grokVideo,
    example: { prompt: 'A night train through snow', duration: '6', resolution: '480p' },
    range: [0.15, 0.75],
    price: ({ duration }) => Number(duration) * VIDEO_PER_SECOND,
    seconds: 17,
    result: ({ prompt, duration, resolution, aspect_ratio, image }) => ({
      kind: 'video',
      prompt,
      size: sizeOfShortSide(aspect_ratio, Number.parseInt(resolution, 10)),
      seconds: Number(duration),
      sources: image === undefined ? [] : [image],
    }),
  }),
];
