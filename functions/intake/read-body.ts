import type { Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { parseCallerJson } from '../../shared/protocol/caller-json.ts';
import { problem } from './problem.ts';

/** The longest prompt is 10,000 characters, of six bytes each when escaped; the rest is small. */
export const requestBounds = { bytes: 64 * 1024, depth: 16 } as const;

/** Refuses a long body before it is read whole, whether or not it says how long it is. */
export const shortBody = bodyLimit({
  maxSize: requestBounds.bytes,
  onError: () =>
    problem('InputInvalid', `The body is larger than ${requestBounds.bytes} bytes.`, { status: 413 }),
});

/** Reads a JSON body, or says what is wrong with it. */
export async function readBody(c: Context): Promise<{ body: unknown } | { refused: Response }> {
  const type = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') {
    const detail = 'The body must be JSON, with content type application/json.';
    return { refused: problem('InputInvalid', detail, { status: 415 }) };
  }
  const read = parseCallerJson(new Uint8Array(await c.req.arrayBuffer()), requestBounds);
  return 'fault' in read
    ? { refused: problem('InputInvalid', `The body ${read.fault}.`) }
    : { body: read.value };
}
