import type { IncomingMessage } from 'node:http';
import { askStranger, Broken } from './ask-stranger.ts';
import { type HostRules, judgeHost } from './result-host.ts';
import { routeTo } from './route-to.ts';
import { type DownloadedFile, openTemporaryFile } from './temporary-file.ts';

export type Download =
  | { readonly file: DownloadedFile }
  /** Asking the seller for the job again may give a better URL. */
  | { readonly unavailable: string }
  /** What came, or where it should come from, is not acceptable. */
  | { readonly unacceptable: string }
  /** Origin of a result that the pin does not allow; nothing was asked of its host. */
  | { readonly held: string };

export interface DownloadBounds {
  /** The most that is read of a file that begins so; asked with what came until there are sixteen bytes of it. */
  readonly longestBytes: (head: Uint8Array) => number;
  readonly totalMilliseconds: number;
}

export type DownloadLimits = DownloadBounds & HostRules;

const headBytes = 16;

/**
 * Fetches a finished result from a stranger's URL into a file without a name: from a host that may give one, at public
 * addresses, without credentials or redirects, and bounded in bytes and time.
 */
export async function download(url: string, limits: DownloadLimits): Promise<Download> {
  const judged = await judgeHost(url, limits);
  if (!('url' in judged)) return judged;
  const route = await routeTo(judged.url, limits.resolve, judged.isListed);
  if ('unavailable' in route) return route;
  const abort = new AbortController();
  const deadline = setTimeout(() => abort.abort(), limits.totalMilliseconds);
  try {
    const answer = await askStranger('GET', judged.url, route, abort.signal);
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
