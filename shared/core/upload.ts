import * as z from 'zod';
import { type Offering, offering, pollingFor } from './offering.ts';

/**
 * Buying a place for a file at the seller: $0.01, paid like a picture and in the same ledger, but never
 * asked for by a caller. Its job is shared by everybody who needs the same bytes.
 */

/** Name of the entry, beside the catalogue's. */
export const uploadOffering = 'upload';

/** What the seller takes in, by the bytes. */
export const uploadTypes = {
  png: 'image/png',
  jpg: 'image/jpeg',
  webp: 'image/webp',
} as const;

/** The seller's limit is not published; Vercel Blob's own is far higher. */
export const longestUploadBytes = 20 * 1024 * 1024;

/** Its leave to put a file lasts five minutes; what it says is believed up to this. */
export const longestLeaveMilliseconds = 3_600_000;

const request = z.strictObject({
  filename: z.string(),
  contentType: z.enum(uploadTypes),
  size: z.int().positive(),
});

export const uploadEntry: Offering = offering<z.infer<typeof request>>({
  title: 'Upload',
  type: 'upload',
  request,
  media: [],
  loose: [],
  ceilingAtomic: () => 10_000n,
  ceilingRangeAtomic: [10_000n, 10_000n],
  defaults: {},
  returns: 'picture',
  expected: () => ({}),
  typicalSeconds: 1,
  deadlineSeconds: 240,
  polling: pollingFor(1),
});
