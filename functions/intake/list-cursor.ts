import * as z from 'zod';
import type { ListCursor } from '../../shared/aws/dynamodb.ts';

const cursorSchema = z.tuple([z.int().nonnegative(), z.uuid()]);

/** A place in a caller's list as text for an address: it names no caller, and opens nothing by itself. */
export const encodeCursor = ({ acceptedAt, jobId }: ListCursor): string =>
  Buffer.from(JSON.stringify([acceptedAt, jobId])).toString('base64url');

/** Undefined for whatever is not a cursor to the letter. */
export function decodeCursor(text: string): ListCursor | undefined {
  try {
    const parsed = cursorSchema.safeParse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
    if (!parsed.success) return undefined;
    const [acceptedAt, jobId] = parsed.data;
    const place = { acceptedAt, jobId };
    return encodeCursor(place) === text ? place : undefined;
  } catch {
    return undefined;
  }
}
