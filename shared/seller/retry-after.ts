import type { Answer } from './exchange.ts';

/** A seller that asks for a longer pause is asked again after this. */
const longestSeconds = 3600;

const days = '(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?';
const httpDate = new RegExp(`^${days},? [A-Za-z0-9: -]{12,32}$`);

/** Time of an HTTP date (RFC 9110 §5.6.7, its three forms) in Unix milliseconds. */
function timeOf(text: string | undefined): number | undefined {
  if (text === undefined || !httpDate.test(text)) return undefined;
  const at = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`);
  return Number.isNaN(at) ? undefined : at;
}

/**
 * Pause that an answer's `Retry-After` asks for (RFC 9110 §10.2.3): seconds, with decimals or without, or a date. A date
 * is held against the answer's own `Date`, so that clocks which differ do not matter.
 * @param now Unix milliseconds, for an answer without a `Date`
 * @returns whole seconds from 1 to 3600; undefined when the header is absent, malformed or over
 */
export function retryAfterSeconds(
  { headers }: Pick<Answer, 'headers'>,
  now = Date.now(),
): number | undefined {
  const text = headers['retry-after']?.trim() ?? '';
  const until = timeOf(text);
  const seconds = /^\d{1,15}(?:\.\d{1,15})?$/.test(text)
    ? Number(text)
    : until === undefined
      ? 0
      : (until - (timeOf(headers.date?.trim()) ?? now)) / 1000;
  return seconds > 0 ? Math.min(Math.ceil(seconds), longestSeconds) : undefined;
}
