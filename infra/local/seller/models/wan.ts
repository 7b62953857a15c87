import { z } from 'zod';
import { sizeOfShortSide, sizeOfText } from '../picture/picture-size.ts';
import { offer } from './offer.ts';
import { imageUrl, prompt, seed } from './request-fields.ts';

const shared = {
  prompt,
  duration: z.enum(['5', '10', '15']).default('5').describe('Seconds, as text'),
  negative_prompt: z.string().max(10_000).optional().describe('What must not be seen'),
  enable_prompt_expansion: z.boolean().default(false).describe('Let the model enrich the prompt'),
  multi_shots: z.boolean().default(false).describe('Cut between several views'),
  audio_url: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('URL of the sound'),
  seed,
};
const fromText = z.object({
  ...shared,
  size: z.enum(['1280*720', '720*1280', '1920*1080', '1080*1920']).default('1280*720').describe('In pixels'),
});
const fromImage = z.object({
  ...shared,
  image: imageUrl,
  resolution: z.enum(['720p', '1080p']).default('720p').describe('Length of the shorter side'),
});

const PER_SECOND = {
  '720p': 0.1,
  '1280*720': 0.1,
  '720*1280': 0.1,
  '1080p': 0.15,
  '1920*1080': 0.15,
  '1080*1920': 0.15,
};

/** Alibaba's video model. What comes from a picture is always 16:9 here. */
export const WAN = [
  offer({
    model: 'wan-2.6',
    operation: 't2v',
    summary: 'Generate a video from text with Wan 2.6',
    request: fromText,
    example: { prompt: 'A heron takes off', duration: '5', size: '1280*720' },
    range: [0.5, 2.25],
    price: ({ duration, size }) => Number(duration) * PER_SECOND[size],
    seconds: 210,
    result: ({ prompt, seed, duration, size }) => ({
      kind: 'video',
      prompt,
      seed,
      size: sizeOfText(size),
      seconds: Number(duration),
      sources: [],
    }),
  }),
  offer({
    model: 'wan-2.6',
    operation: 'i2v',
    summary: 'Generate a video from an image with Wan 2.6',
    request: fromImage,
    example: { prompt: 'It takes off', image: 'https://example.com/heron.jpg', duration: '5' },
    range: [0.5, 2.25],
    price: ({ duration, resolution }) => Number(duration) * PER_SECOND[resolution],
    seconds: 210,
    result: ({ prompt, seed, duration, resolution, image }) => ({
      kind: 'video',
      prompt,
      seed,
      size: sizeOfShortSide('16:9', Number.parseInt(resolution, 10)),
      seconds: Number(duration),
      sources: [image],
    }),
  }),
];
