import { Agent as AgentHttp, request as requestHttp } from 'node:http';
import { Agent as AgentHttps, request as requestHttps } from 'node:https';

/** One HTTP exchange with a stranger. */
export interface Exchange {
  readonly url: string;
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Bytes of the answer's body that are read at the most. */
  readonly longestBodyBytes: number;
  /** From the first byte sent to the last one read. */
  readonly totalMilliseconds: number;
  /**
   * May go over a connection of before, which saves making one, and once more over a fresh one where that turns out to
   * be closed: only for what may be asked twice.
   */
  readonly isRepeatable?: boolean;
  /** May go over a connection of before, and is never sent again by itself: what carries a signature is good for one use. */
  readonly reusesConnection?: boolean;
}

export interface Answer {
  readonly status: number;
  /** Lower-case names; a header sent twice is joined by a comma. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** No answer, or not one we read to the end: says nothing about what the other side did. */
export interface NoAnswer {
  readonly failed:
    | 'timeout'
    | 'connection'
    | 'headers-too-large'
    | 'body-too-large'
    | 'encoded'
    | 'truncated';
  /** The connection was one of before and was reset: the other side closes idle ones. The caller may ask anew. */
  readonly isStale?: true;
}

/** Large enough for a challenge that carries JSON schemas, small enough for a bomb. */
const longestHeaderBytes = 32 * 1024;

/** Connections that nobody used for so long are closed: before the other side does it. */
const idleMilliseconds = 4_000;
const settings = { keepAlive: true, timeout: idleMilliseconds, maxFreeSockets: 8 } as const;
const agents = { 'http:': new AgentHttp(settings), 'https:': new AgentHttps(settings) } as const;

/**
 * Sends one request and reads the whole answer within bounds of bytes and time; on a fresh connection, unless the input
 * allows one of before. Redirects are answers like any other: never followed. Nothing is decompressed: encoded answers are
 * refused.
 */
export function exchange(input: Exchange): Promise<Answer | NoAnswer> {
  const { promise, resolve } = Promise.withResolvers<Answer | NoAnswer>();
  const url = new URL(input.url);
  const isKept = input.isRepeatable === true || input.reusesConnection === true;
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  const request = send(url, {
    method: input.method,
    agent: isKept ? agents[url.protocol === 'https:' ? 'https:' : 'http:'] : false,
    maxHeaderSize: longestHeaderBytes,
    headers: {
      accept: '*/*',
      'accept-encoding': 'identity',
      'user-agent': 'coinbooth',
      ...(input.body !== undefined && { 'content-length': String(Buffer.byteLength(input.body)) }),
      ...input.headers,
    },
  });
  const settle = (outcome: Answer | NoAnswer): void => {
    clearTimeout(deadline);
    resolve(outcome);
    // What was read to its end goes back to the others of its kind.
    if ('failed' in outcome || !isKept) request.destroy();
  };
  const deadline = setTimeout(() => settle({ failed: 'timeout' }), input.totalMilliseconds);
  request.on('error', (error: NodeJS.ErrnoException) => {
    if (request.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE')) {
      if (!input.isRepeatable) return settle({ failed: 'connection', isStale: true });
      clearTimeout(deadline);
      return resolve(exchange({ ...input, isRepeatable: false }));
    }
    return settle({ failed: error.code === 'HPE_HEADER_OVERFLOW' ? 'headers-too-large' : 'connection' });
  });
  request.on('response', (response) => {
    const encoding = response.headers['content-encoding'];
    if (encoding !== undefined && encoding !== 'identity') return settle({ failed: 'encoded' });
    const chunks: Buffer[] = [];
    let bytes = 0;
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > input.longestBodyBytes) settle({ failed: 'body-too-large' });
      else chunks.push(chunk);
    });
    response.on('error', () => settle({ failed: 'truncated' }));
    response.on('aborted', () => settle({ failed: 'truncated' }));
    response.on('end', () => {
      if (!response.complete) return settle({ failed: 'truncated' });
      settle({
        status: response.statusCode ?? 0,
        headers: Object.fromEntries(
          Object.entries(response.headers).map(([name, value]) => [name, [value].flat().join(', ')]),
        ),
        body: Buffer.concat(chunks),
      });
    });
  });
  request.end(input.body);
  return promise;
}
