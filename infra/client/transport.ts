import { Problem, problemOf } from './problem.ts';

/** One request as it will be sent, for whoever signs it. */
export interface UnsignedRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Gives the headers that say who is calling, in addition to those of the request. */
export type Sign = (request: UnsignedRequest) => Promise<Readonly<Record<string, string>>>;

export interface ClientOptions {
  /** Where the API is, such as `https://abc123.execute-api.eu-west-1.amazonaws.com`. */
  readonly origin: string;
  /** Instead of the platform's own. */
  readonly fetch?: typeof globalThis.fetch;
  /** Says who is calling; a booth on this machine asks nobody. */
  readonly sign?: Sign;
}

export interface Call {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  /** With its query. */
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  /** Whether the same call may be made again when its answer is lost. */
  readonly isRepeatable?: boolean;
}

const tries = 4;
const firstPauseMilliseconds = 250;
const longestPauseMilliseconds = 10_000;

/**
 * Makes calls: each is signed anew, and one that may be repeated is when nobody answers, or the answer is that it was
 * not taken (429, 500 and above).
 * @returns the JSON that was answered; of our own API, so it is typed and not read again
 */
export function transport({ origin, fetch = globalThis.fetch, sign }: ClientOptions) {
  return async <Answer>(call: Call): Promise<Answer> => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return (await once(call, origin, fetch, sign)) as Answer;
      } catch (error) {
        if (!(error instanceof Problem) || !call.isRepeatable || attempt === tries || !isPassing(error))
          throw error;
        await pause(error, attempt, call.signal);
      }
    }
  };
}

const isPassing = ({ status }: Problem): boolean => status === 0 || status === 429 || status >= 500;

function pause({ retryAfterSeconds }: Problem, attempt: number, signal?: AbortSignal): Promise<void> {
  const wished =
    retryAfterSeconds === undefined ? firstPauseMilliseconds * 2 ** (attempt - 1) : retryAfterSeconds * 1000;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, Math.min(wished, longestPauseMilliseconds));
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    });
  });
}

async function once(
  call: Call,
  origin: string,
  fetch: typeof globalThis.fetch,
  sign?: Sign,
): Promise<unknown> {
  const body = call.body === undefined ? undefined : JSON.stringify(call.body);
  const url = new URL(call.path, origin);
  const method = call.method ?? 'GET';
  const headers = { ...(body !== undefined && { 'content-type': 'application/json' }), ...call.headers };
  const unsigned = { method, url, headers, ...(body !== undefined && { body }) };
  const signed = { ...headers, ...(await sign?.(unsigned)) };
  const { signal } = call;
  /** Also of an answer that breaks off: what it would have said is not known. */
  const lost = (cause: unknown): never => {
    if (signal?.aborted) throw signal.reason;
    throw new Problem('Unreachable', `Nobody answers at ${url.origin}.`, { cause });
  };
  const response = await fetch(url, {
    method,
    headers: signed,
    ...(body !== undefined && { body }),
    ...(signal && { signal }),
  }).catch(lost);
  if (!response.ok) throw await problemOf(response);
  const answer = await response.text().catch(lost);
  try {
    return JSON.parse(answer);
  } catch (cause) {
    throw new Problem('Unreachable', `What answers at ${url.origin} is no Coinbooth.`, {
      status: response.status,
      cause,
    });
  }
}
