import * as z from 'zod';
import { parseReference } from './reference.ts';

/** Fields that many models' requests have in common. */

export const promptSchema = z
  .string()
  .min(1, 'must not be empty')
  .max(10_000, 'must be at most 10,000 characters');

/** One piece of media, as a caller may name it. */
export const referenceSchema = z
  .string()
  .max(2048)
  .refine((text) => parseReference(text) !== undefined, {
    error: 'must be the id of a delivered job, upload:ID, s3://bucket/key, or an https URL of a public host',
  });

/** A list of media, of one to so many. */
export const referencesSchema = (most: number) => z.array(referenceSchema).min(1).max(most);

/** A value whose form the seller does not publish: passed on as it comes, as long as it is small. */
export const looseSchema = z.union([z.string().max(10_000), z.number(), z.boolean()]);
