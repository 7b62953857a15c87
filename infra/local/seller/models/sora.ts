import { z } from 'zod';
import type { VideoDrawing } from '../drawing.ts';
import { sizeOfText } from '../picture/picture-size.ts';
import { offer } from './offer.ts';
import { imageUrl, prompt } from './request-fields.ts';

const SMALL = ['1280x720', '720x1280'] as const;
const LARGE = ['1792x1024', '1024x1792'] as const;

const shared = {
  prompt,
  seconds: z.enum(['4', '8', '12']).default('4').describe('Length, as text'),
  input_reference: imageUrl.optional(),
  autoCrop: z.boolean().default(true).describe('Cut the reference to the size of the video'),
};
const sora = z.object({ ...shared, size: z.enum(SMALL).default('1280x720').describe('In pixels') });
const soraPro = z.object({
  ...shared,
  size: z
    .enum([...SMALL, ...LARGE])
    .default('1280x720')
    .describe('In pixels'),
});

const SORA_PER_SECOND = 0.1;
const SORA_PRO_PER_SECOND = {
  '1280x720': 0.3,
  '720x1280': 0.3,
  '1792x1024': 0.5,
  '1024x1792': 0.5,
};

function video({ prompt, size, seconds, input_reference }: z.infer<typeof soraPro>): VideoDrawing {
  return {
    kind: 'video',
    prompt,
    size: sizeOfText(size),
    seconds: Number(seconds),
    sources: input_reference === undefined ? [] : [input_reference],
  };
}

const example = { prompt: 'A paper boat in a gutter', seconds: '4', size: '1280x720' } as const;

/** OpenAI's video models. Their jobs are called `video`, not `generate`. */
export const SORA = [
  offer({
    model: 'sora-2',
    operation: 'generate',
    type: 'sora-2-video',
    summary: 'Generate a video with Sora 2',
    request: sora,
    example,
    range: [0.4, 1.2],
    price: ({ seconds }) => Number(seconds) * SORA_PER_SECOND,
    seconds: 120,
    result: video,
  }),
  offer({
    model: 'sora-2-pro',
    operation: 'generate',
    type: 'sora-2-pro-video',
    summary: 'Generate a video with Sora 2 Pro',
    request: soraPro,
    example,
    range: [1.2, 6],
    price: ({ seconds, size }) => Number(seconds) * SORA_PRO_PER_SECOND[size],
    seconds: 210,
    result: video,
  }),
];
