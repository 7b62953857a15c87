import type { Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { problem } from './problem.ts';

/** The longest prompt is 10,000 characters, of six bytes each when escaped; the rest is small. */
const longestBodyBytes = 64 * 1024;

/** Refuses a long body before it is read whole, whether or not it says how long it is. */
export const shortBody = bodyLimit({
  maxSize: longestBodyBytes,
  onError: () =>
    problem('InputInvalid', `The body is larger than ${longestBodyBytes} bytes.`, { status: 413 }),
});

/** Reads a JSON body, or says what is wrong with it. */
export async function readBody(c: Context): Promise<{ body: unknown } | { refused: Response }> {
  const type = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') {
    const detail = 'The body must be JSON, with content type application/json.';
    return { refused: problem('InputInvalid', detail, { status: 415 }) };
  }
  const body: unknown = await c.req.json().catch(() => undefined);
  return body === undefined ? { refused: problem('InputInvalid', 'The body is not JSON.') } : { body };
}
