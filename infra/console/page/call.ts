import { keyHere } from './key.ts';

/** A call that was refused or not answered, in words for the person. */
export class Refusal extends Error {
  /** Of HTTP; 0 where nobody answered. */
  readonly status: number;
  readonly fields: readonly { readonly field: string; readonly message: string }[];

  constructor(message: string, status: number, fields: Refusal['fields'] = []) {
    super(message);
    this.status = status;
    this.fields = fields;
  }

  /** Whether it may have been taken all the same: it must be asked again under the same key, or not at all. */
  get isUnanswered(): boolean {
    return this.status === 0 || this.status >= 500;
  }
}

interface Asking {
  readonly method?: 'POST' | 'DELETE';
  /** JSON, or a file as it is. */
  readonly body?: object | Blob;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

const patienceMilliseconds = 60_000;

/**
 * Asks the console's server, for the booth's API (`/api/…`) or an operator's (`/operator/…`).
 * @returns the JSON that was answered; it comes from our own server, so it is typed and not read again
 * @throws Refusal
 */
export async function call<Answer>(path: string, asking: Asking = {}): Promise<Answer> {
  const response = await ask(path, asking);
  const answer = (await response.json().catch(() => undefined)) as Answer | undefined;
  return response.ok && answer !== undefined ? answer : refuse(response, answer as Problem | undefined);
}

/**
 * The same for an answer that is a file.
 * @throws Refusal
 */
export async function callFile(path: string): Promise<Blob> {
  const response = await ask(path);
  return response.ok ? response.blob() : refuse(response, await response.json().catch(() => undefined));
}

async function ask(path: string, asking: Asking = {}): Promise<Response> {
  const { method = 'GET', body, headers, signal } = asking;
  const isFile = body instanceof Blob;
  return fetch(path, {
    method,
    headers: {
      'x-coinbooth-console': keyHere(),
      ...(body && { 'content-type': isFile ? body.type : 'application/json' }),
      ...headers,
    },
    signal: AbortSignal.any([AbortSignal.timeout(patienceMilliseconds), ...(signal ? [signal] : [])]),
    ...(body && { body: isFile ? body : JSON.stringify(body) }),
  }).catch(() => {
    if (signal?.aborted) throw signal.reason;
    throw new Refusal('The booth does not answer.', 0, []);
  });
}

function refuse(response: Response, answer: Problem | undefined): never {
  const { detail, message, errors } = answer ?? {};
  const words = detail ?? gatewayWords[response.status] ?? message ?? `The booth answers ${response.status}.`;
  throw new Refusal(words, response.status, errors);
}

/** What API Gateway says in one word, before the booth is asked. */
const gatewayWords: Readonly<Record<number, string>> = {
  403: 'Your AWS credentials may not call this API: they need execute-api:Invoke on it.',
  429: 'Too much is asked at once; in a moment there is room again.',
};

interface Problem {
  readonly detail?: string;
  readonly message?: string;
  readonly errors?: Refusal['fields'];
}

/** For what went wrong, whatever it was. */
export const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
