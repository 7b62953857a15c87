import { z } from 'zod';

/** Fields that several models share, name and all. */
export const prompt = z.string().min(1).max(10_000).describe('What to make');

/** The URL of a picture: of an upload, of an earlier result, or of anywhere. */
export const imageUrl = z.url({ protocol: /^https?$/ }).describe('URL of a picture');

/** The pictures of an edit. */
export function imageUrls(most: number): z.ZodArray<typeof imageUrl> {
  return z.array(imageUrl).min(1).max(most).describe(`URLs of 1 to ${most} pictures`);
}

/** A request for the same picture again. */
export const seed = z.int().optional().describe('Same seed and same request give the same result');
