import type { IncomingMessage } from 'node:http';

/**
 * Reads a request's body.
 * @returns undefined when it is longer than `most` bytes: the rest is read and dropped, so that the answer arrives
 */
export async function readBody(request: IncomingMessage, most: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size <= most) chunks.push(chunk as Buffer);
    else chunks.length = 0;
  }
  return size > most ? undefined : Buffer.concat(chunks);
}
