import * as z from 'zod';

/** Fields of a seller's answers as sellers write them: what differs in form alone is read the same. */

/** Id of a seller's job or upload as text. Some sellers number theirs. */
export const sellerIdSchema = z.union([
  z.string().regex(/^[A-Za-z0-9_-][A-Za-z0-9._:~+/=-]{0,127}$/),
  z.int().nonnegative().transform(String),
]);

/** Unix milliseconds of a time: ISO 8601, an HTTP date, or a number of seconds or milliseconds. */
export const timeSchema = z.union([
  z.number().nonnegative().transform(inMilliseconds),
  z
    .string()
    .max(64)
    .transform((text) => timeIn(text.trim()))
    .refine((at) => Number.isSafeInteger(at) && at >= 0),
]);

/** Seconds, where the number cannot be milliseconds. */
function inMilliseconds(at: number): number {
  return Math.round(at < 1e11 ? at * 1000 : at);
}

function timeIn(text: string): number {
  if (/^\d{9,14}(\.\d+)?$/.test(text)) return inMilliseconds(Number(text));
  // Without an offset it is UTC, as the servers of most sellers mean it.
  if (/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?$/.test(text))
    return Date.parse(`${text.replace(' ', 'T')}Z`);
  const isDate = /^\d{4}-\d\d-\d\d[T ]/.test(text) || /^[A-Z][a-z]{2}, \d/.test(text);
  return isDate ? Date.parse(text) : Number.NaN;
}
