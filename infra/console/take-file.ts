import type { Context } from 'hono';
import * as z from 'zod';
import { longestUploadBytes } from '../../shared/core/upload.ts';
import type { Client } from '../client/create-client.ts';

const typeSchema = z.enum(['image/png', 'image/jpeg', 'image/webp']);

/**
 * Takes a picture of the person's, and puts it where a request can name it. The bucket takes files from no browser, so
 * that they come by here.
 * @returns its reference, such as `upload:ID`; 413 and 415 for what cannot be named
 */
export async function takeFile(c: Context, client: Pick<Client, 'upload'>): Promise<Response> {
  const type = typeSchema.safeParse(c.req.header('content-type'));
  if (!type.success) return refused(415, 'A picture must be a PNG, a JPEG or a WebP.');
  if (Number(c.req.header('content-length') ?? 0) > longestUploadBytes) return tooLarge();
  const bytes = new Uint8Array(await c.req.arrayBuffer());
  if (bytes.byteLength > longestUploadBytes) return tooLarge();
  if (bytes.byteLength === 0) return refused(400, 'The file is empty.');
  const { reference } = await client.upload(bytes, type.data);
  return c.json({ reference });
}

const tooLarge = (): Response =>
  refused(413, `A picture may have up to ${longestUploadBytes / 1024 ** 2} MiB.`);

const refused = (status: number, detail: string): Response =>
  Response.json({ title: 'This file cannot be taken', detail }, { status });
