import { z } from 'zod';
import { type Offer, offer } from './offer.ts';
import { imageUrl } from './request-fields.ts';

const arrow = z.object({
  image: imageUrl,
  target_size: z.int().min(128).max(4096).default(1024).describe('Of the longer side'),
  auto_crop: z.boolean().default(false).describe('Cut an even border away first'),
});

function vectorize(model: string, dollars: number): Offer {
  return offer({
    model,
    operation: 'vectorize',
    summary: `Turn an image into SVG with ${model}`,
    request: arrow,
    example: { image: 'https://example.com/logo.png', target_size: 1024 },
    range: [dollars, dollars],
    price: () => dollars,
    seconds: 10,
    result: ({ image, target_size, auto_crop }) => ({
      kind: 'vector',
      targetSize: target_size,
      autoCrop: auto_crop,
      sources: [image],
    }),
  });
}

/** Quiver's models: a picture in, an SVG out, no prompt. */
export const ARROW = [vectorize('arrow-1.1', 0.15), vectorize('arrow-1.1-max', 0.2)];
