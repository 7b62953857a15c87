import * as z from 'zod';

/** What a node's answer means: a result, or the kind of trouble, by HTTP status, JSON-RPC code and words together. */

/** Hexadecimal numbers of a node's answer; every number is read by it. */
export const quantity = z
  .string()
  .regex(/^0x[0-9a-fA-F]{1,64}$/)
  .toLowerCase();
/** Hashes, topics and words of storage. Some nodes write them in capitals: they are compared in lower case. */
export const word = z
  .string()
  .regex(/^0x[0-9a-fA-F]{64}$/)
  .toLowerCase();

/**
 * Kinds of trouble:
 * `limited` asks for patience; `silent` gave no answer in time; `unreachable` closed or failed the connection;
 * `pruned` keeps the state or logs no longer; `absent` has no such block; `untagged` knows no final block;
 * `redirected` names another address, which nobody asks; `denied` lets us not in; `refused` answers this question with an error; `empty` answers with nothing;
 * `lying` answers what was not asked; `foreign` is a node of another chain.
 */
export type Trouble =
  | 'limited'
  | 'silent'
  | 'unreachable'
  | 'pruned'
  | 'absent'
  | 'untagged'
  | 'redirected'
  | 'denied'
  | 'refused'
  | 'empty'
  | 'lying'
  | 'foreign';

export interface HttpAnswer {
  readonly status: number;
  readonly retryAfter?: string | undefined;
  readonly text: string;
}

export type NodeAnswer =
  | { readonly result: unknown }
  | {
      readonly trouble: Trouble;
      /** The node's own words. */
      readonly says: string;
      readonly status: number;
      /** For how long it asks to be left alone. */
      readonly waitMilliseconds?: number | undefined;
    };

/** JSON-RPC codes that providers give to callers who ask too often. */
const limitedCodes = new Set([429, -32_007, -32_016, -32_029, -32_090, -32_097]);
/** Of logs it means too often or too many; their words tell which, and without words it is too many. */
const limitExceeded = -32_005;
const limitedWords =
  /too many request|rate[- ]?limit|rate exceeded|(request|call)s? limit reached|request count exceeded|compute units|throttl|retry in \d|try again (in|later)|(rps|requests?) limit|(per|\/) ?second|quota|capacity|currently healthy/i;
const wideWords =
  /block range|blocks? range|range (is )?too|more than \d+ (results|logs)|response size|max(imum)? results/i;
const prunedWords =
  /missing trie node|prun|archive|histor\w+ (state|data|proofs?)|state .{0,90}not available|(world )?state unavailable|no state available|old data not available|maximum proof window/i;
const absentWords =
  /header (for hash )?not found|block .{0,40}(not found|cannot be found|not available)|(unknown|missing) block|could not find block|beyond (the )?(current )?head|in the future|block is out of range/i;
/** Credentials, a plan without this method, a path that is not there. */
const deniedStatuses = new Set([401, 402, 403, 404, 405]);
const deniedWords =
  /api key|unauthori[sz]ed|forbidden|must be authenticated|method .{0,40}not (found|supported|available|allowed)/i;
const missingMethod = -32_601;
const mostWords = 2_000;

/**
 * @param method the JSON-RPC method that was asked; one error code means two things by it
 * @param id of the question: a result of another one is none of this (JSON-RPC 2.0 §5)
 */
export function readAnswer(method: string, { status, retryAfter, text }: HttpAnswer, id: number): NodeAnswer {
  if (status >= 300 && status < 400) return { trouble: 'redirected', says: `HTTP ${status}`, status };
  const body = jsonOf(text);
  const isOk = status >= 200 && status < 300;
  if (isOk && body && 'result' in body && !body.error)
    return body.id === id
      ? { result: body.result }
      : { trouble: 'lying', says: 'a result of another question', status };
  const { code, says: said, data } = errorOf(body, text);
  // Patterns run over it, and people read it.
  const says = said.slice(0, mostWords);
  const trouble = (kind: Trouble): NodeAnswer => ({ trouble: kind, says, status });
  // Nethermind uses -32016 for its own time-out. Other nodes use it for a rate limit.
  if (code === -32_016 && /time[d-]? ?out|cancell?ed/i.test(says)) return trouble('silent');
  if (isLimit(method, status, code, says))
    return { trouble: 'limited', says, status, waitMilliseconds: askedWait(retryAfter, data, says) };
  if (prunedWords.test(says)) return trouble('pruned');
  if (absentWords.test(says)) return trouble('absent');
  if (wideWords.test(says)) return trouble('refused');
  if (deniedStatuses.has(status) || code === missingMethod || deniedWords.test(says))
    return trouble('denied');
  if (status === 408 || status === 504) return trouble('silent');
  return trouble(status >= 500 && code === undefined ? 'unreachable' : 'refused');
}

function isLimit(method: string, status: number, code: number | undefined, says: string): boolean {
  if (status === 429 || (status === 503 && code === undefined)) return true;
  if (wideWords.test(says)) return false;
  const isCode = limitedCodes.has(code ?? 0) || (code === limitExceeded && method !== 'eth_getLogs');
  return isCode || limitedWords.test(says);
}

function jsonOf(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

interface Refusal {
  readonly code?: number | undefined;
  readonly says: string;
  readonly data?: unknown;
}

/** Providers put their words into `message`, into `data`, or into plain text. */
function errorOf(body: Record<string, unknown> | undefined, text: string): Refusal {
  const { error, message } = body ?? {};
  if (typeof error === 'object' && error !== null) {
    const { code, message: said, data } = error as { code?: unknown; message?: unknown; data?: unknown };
    const more = typeof data === 'string' ? ` ${data}` : data === undefined ? '' : ` ${JSON.stringify(data)}`;
    return {
      code: typeof code === 'number' ? code : undefined,
      says: `${typeof said === 'string' ? said : 'an error'}${more}`,
      data,
    };
  }
  if (typeof error === 'string') return { says: error };
  if (typeof message === 'string') return { says: message };
  return { says: text.trim() || 'no words' };
}

/** `Retry-After` in seconds or as a date; Infura's `backoff_seconds`; Chainstack's `try_again_in`; `retry in 10s`. */
function askedWait(retryAfter: string | undefined, data: unknown, says: string): number | undefined {
  if (retryAfter !== undefined) {
    const seconds = Number(retryAfter);
    const until = Date.parse(retryAfter);
    if (Number.isFinite(seconds) && seconds >= 0) return seconds * 1000;
    if (Number.isFinite(until)) return Math.max(0, until - Date.now());
  }
  const rate = (data as { rate?: { backoff_seconds?: unknown } } | undefined)?.rate?.backoff_seconds;
  if (typeof rate === 'number' && rate >= 0) return rate * 1000;
  const said = /(?:retry|try[ _]again)[ _]in"?:? ?"?(\d+(?:\.\d+)?) ?(ms|milliseconds?|m(?!s)|s)?/i.exec(
    says,
  );
  if (!said) return undefined;
  const [, amount, unit = 's'] = said;
  const milliseconds = unit.startsWith('ms') || unit.startsWith('milli') ? 1 : unit === 'm' ? 60_000 : 1000;
  return Number(amount) * milliseconds;
}
