import type { Context } from 'hono';
import type { ClientOptions } from '../client/transport.ts';

/** As long as an HTTP API waits for its function, and a little more. */
const timeoutMilliseconds = 35_000;
const wanted = ['accept', 'content-type', 'idempotency-key', 'prefer'];
const given = [
  'allow',
  'cache-control',
  'content-type',
  'location',
  'preference-applied',
  'retry-after',
  'vary',
];

const only = (headers: Headers, names: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    names.flatMap((name) => {
      const value = headers.get(name);
      return value === null ? [] : [[name, value]];
    }),
  );

/**
 * Passes a request on to the booth's API under the name of the person who runs the console, and its answer back. What
 * the browser adds (cookies, origin) stays here.
 * @returns the API's answer, or a problem document when there is none
 */
export async function passOn(
  c: Context,
  { origin, sign, fetch = globalThis.fetch }: ClientOptions,
): Promise<Response> {
  const { method, raw } = c.req;
  const asked = new URL(c.req.url);
  const url = new URL(`${asked.pathname}${asked.search}`, origin);
  const body = ['GET', 'HEAD'].includes(method) ? '' : await c.req.text();
  const unsigned = { method, url, headers: only(raw.headers, wanted), ...(body !== '' && { body }) };
  try {
    const headers = { ...unsigned.headers, ...(await sign?.(unsigned)) };
    const answer = await fetch(url, {
      method,
      headers,
      redirect: 'manual',
      signal: AbortSignal.any([raw.signal, AbortSignal.timeout(timeoutMilliseconds)]),
      ...(body !== '' && { body }),
    });
    return new Response(answer.body, { status: answer.status, headers: only(answer.headers, given) });
  } catch (error) {
    return unreachable(error);
  }
}

/** The API does not answer, or nobody is signed in to AWS: told as the API tells of its own troubles. */
function unreachable(error: unknown): Response {
  const { name, message } = error as Error;
  const isOurs = name === 'ConfigInvalid';
  return Response.json(
    {
      type: `urn:coinbooth:problem:${isOurs ? 'ConfigInvalid' : 'Unreachable'}`,
      title: isOurs ? 'Who is calling?' : 'The booth does not answer',
      status: 502,
      detail: isOurs ? message : 'Nobody answers at the address of the API.',
    },
    { status: 502, headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' } },
  );
}
