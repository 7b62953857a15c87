import type { HttpAnswer, Trouble } from './node-answer.ts';

/** There is no answer to a request: `silent` when its time was over. */
export class NoAnswer extends Error {
  readonly trouble: Trouble;
  constructor(trouble: Trouble, message: string) {
    super(message);
    this.trouble = trouble;
  }
}

const tenSeconds = 10_000;
/** A thousand blocks of a busy wallet are a tenth of it. */
const mostBytes = 16_000_000;

/**
 * Posts JSON to one address. Credentials in the address go as basic authorization. A redirect is an answer, and is not
 * followed: it may lead to where the settings name no node.
 * @throws NoAnswer
 */
export function postTo(
  address: string,
  timeoutMilliseconds = tenSeconds,
): (body: string) => Promise<HttpAnswer> {
  const url = new URL(address);
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (url.username !== '') {
    const user = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    headers.authorization = `Basic ${Buffer.from(user).toString('base64')}`;
    url.username = '';
    url.password = '';
  }
  return async (body) => {
    const signal = AbortSignal.timeout(timeoutMilliseconds);
    try {
      const response = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'manual' });
      const text = await textOf(response);
      return { status: response.status, retryAfter: response.headers.get('retry-after') ?? undefined, text };
    } catch (cause) {
      if (cause instanceof NoAnswer) throw cause;
      if (signal.aborted) throw new NoAnswer('silent', `none within ${timeoutMilliseconds / 1000} s`);
      const { code, message } = ((cause as Error).cause ?? cause) as { code?: string; message: string };
      throw new NoAnswer('unreachable', code ?? message);
    }
  };
}

async function textOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > mostBytes) throw new NoAnswer('refused', `its answer is longer than ${mostBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
