import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { type Address, type Route, routeTo } from './route-to.ts';
import { type DownloadedFile, openTemporaryFile } from './temporary-file.ts';

export type Download =
  | { readonly file: DownloadedFile }
  /** Asking the seller for the job again may give a better URL. */
  | { readonly unavailable: string }
  /** What came, or where it should come from, is not acceptable. */
  | { readonly unacceptable: string };

export interface DownloadBounds {
  /** The most that is read of a file that begins so; asked with what came until there are sixteen bytes of it. */
  readonly longestBytes: (head: Uint8Array) => number;
  readonly totalMilliseconds: number;
}

export interface DownloadLimits extends DownloadBounds {
  /** Where results may be fetched from, exactly. */
  readonly allowedOrigins: readonly string[];
  /** Every address of a name; the machine's own resolver, unless told otherwise. */
  readonly resolve?: (hostname: string) => Promise<readonly Address[]>;
}

/** A host that says nothing for so long is taken to be gone. */
const idleMilliseconds = 15_000;
const headBytes = 16;

/**
 * Fetches a finished result from a stranger's URL into a file without a name: only from origins that are listed
 * exactly, at public addresses, without redirects, and bounded in bytes and time.
 */
export async function download(url: string, limits: DownloadLimits): Promise<Download> {
  const parsed = URL.parse(url);
  const isWeb = parsed?.protocol === 'https:' || parsed?.protocol === 'http:';
  if (
    !isWeb ||
    parsed.username !== '' ||
    parsed.password !== '' ||
    !limits.allowedOrigins.includes(parsed.origin)
  )
    return {
      unacceptable: `the result is on ${isWeb ? parsed.origin : 'no web host'}, which is not allow-listed`,
    };
  const route = await routeTo(parsed, limits.resolve);
  if ('unavailable' in route) return route;
  const abort = new AbortController();
  const deadline = setTimeout(() => abort.abort(), limits.totalMilliseconds);
  try {
    const answer = await ask(parsed, route, abort.signal);
    if (answer.statusCode !== 200) return { unavailable: `the result's host answers ${answer.statusCode}` };
    const encoding = answer.headers['content-encoding'] ?? 'identity';
    if (encoding !== 'identity') return { unavailable: "the result's host gave no whole answer (encoded)" };
    return await receive(answer, limits);
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
    const why = abort.signal.aborted ? 'timeout' : error.message;
    return { unavailable: `the result's host gave no whole answer (${why})` };
  } finally {
    clearTimeout(deadline);
    abort.abort();
  }
}

/** The other side, or the way to it, failed; what our own disk says is not caught. */
class Broken extends Error {}

/** One request on a fresh connection. @returns the head of the answer; its body is still to come */
function ask(url: URL, route: Route, signal: AbortSignal): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  const request = send(url, {
    method: 'GET',
    agent: false,
    signal,
    maxHeaderSize: 32 * 1024,
    headers: { accept: '*/*', 'accept-encoding': 'identity', 'user-agent': 'coinbooth' },
    ...(route.lookup && { lookup: route.lookup }),
  });
  request.on('socket', (socket) =>
    socket.once('connect', () => {
      if (!route.leadsTo(socket.remoteAddress))
        socket.destroy(Object.assign(new Error('it leads elsewhere'), { code: 'ELSEWHERE' }));
    }),
  );
  request.setTimeout(idleMilliseconds, () =>
    request.destroy(Object.assign(new Error('it went silent'), { code: 'ETIMEDOUT' })),
  );
  request.on('error', (error: NodeJS.ErrnoException) => reject(new Broken(error.code ?? error.message)));
  request.on('response', resolve);
  request.end();
  return promise;
}

async function receive(answer: IncomingMessage, { longestBytes }: DownloadLimits): Promise<Download> {
  await using file = await openTemporaryFile();
  let head = Buffer.alloc(0);
  let bytes = 0;
  let longest = 0;
  for await (const chunk of chunksOf(answer)) {
    bytes += chunk.length;
    if (head.length < headBytes) {
      head = Buffer.concat([head, chunk.subarray(0, headBytes)]);
      longest = longestBytes(head);
    }
    if (bytes > longest) return { unacceptable: `the result is larger than ${longest} bytes` };
    await file.write(chunk);
  }
  if (!answer.complete) return { unavailable: "the result's host gave no whole answer (truncated)" };
  return { file: file.finish() };
}

async function* chunksOf(answer: IncomingMessage): AsyncGenerator<Buffer> {
  try {
    yield* answer as AsyncIterable<Buffer>;
  } catch {
    throw new Broken('truncated');
  }
}
