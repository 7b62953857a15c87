import type { Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { parseCallerJson } from '../../shared/protocol/caller-json.ts';
import { invalid, problem } from './problem.ts';
import { queryOf } from './query-of.ts';

/** The longest prompt is 10,000 characters, of six bytes each when escaped; the rest is small. */
export const requestBounds = { bytes: 64 * 1024, depth: 16 } as const;

/** Refuses a long body before it is read whole, whether or not it says how long it is. */
export const shortBody = bodyLimit({
  maxSize: requestBounds.bytes,
  onError: () =>
    problem('InputInvalid', `The body is larger than ${requestBounds.bytes} bytes.`, { status: 413 }),
});

/**
 * Reads a JSON body, or says what is wrong with the request. Everything is asked for in the body: a query would be
 * dropped, and a limit of the caller's with it.
 */
export async function readBody(c: Context): Promise<{ body: unknown } | { refused: Response }> {
  const query = Object.keys(queryOf(c));
  if (query.length > 0)
    return {
      refused: invalid(
        query.map((field) => ({ field: `?${field}`, message: 'must be in the body, not in the query' })),
      ),
    };
  if (!isPlainJson(c.req.header('content-type'), c.req.header('content-encoding'))) {
    const detail =
      'The body must be JSON in UTF-8, with content type application/json and no content encoding.';
    return { refused: problem('InputInvalid', detail, { status: 415 }) };
  }
  const read = parseCallerJson(new Uint8Array(await c.req.arrayBuffer()), requestBounds);
  return 'fault' in read
    ? { refused: problem('InputInvalid', `The body ${read.fault}.`) }
    : { body: read.value };
}

/** JSON knows no charset (RFC 8259 §11), though some clients name the one that it has. */
function isPlainJson(type = '', encoding = 'identity'): boolean {
  const [name, ...parameters] = type.split(';').map((part) => part.trim().toLowerCase());
  const charset = parameters.find((parameter) => parameter.startsWith('charset='));
  return (
    name === 'application/json' &&
    /^charset="?utf-?8"?$/.test(charset ?? 'charset=utf-8') &&
    encoding.trim().toLowerCase() === 'identity'
  );
}
