import { plainText } from '../core/plain-text.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Of a job, and of a reason that is an object; the likeliest first. */
const jobFields = [
  'error',
  'errors',
  'failure',
  'failureReason',
  'failure_reason',
  'reason',
  'message',
  'detail',
];
const reasonFields = [
  'message',
  'error',
  'reason',
  'detail',
  'details',
  'description',
  'title',
  'code',
  'type',
];
const longestReason = 200;
const deepest = 4;

/**
 * Reads why a job failed, as plain text of one line: sellers say it as a text, an object, a list or a `message`.
 * @returns at most 200 characters; undefined where the seller says nothing
 */
export function failureIn(job: Fields): string | undefined {
  for (const field of jobFields) {
    const words = plainText(wordsIn(job[field], 0))
      .replace(/\s+/g, ' ')
      .trim()
      .slice(0, longestReason)
      .toWellFormed();
    if (words !== '') return words;
  }
  return undefined;
}

function wordsIn(value: unknown, depth: number): string {
  if (typeof value === 'string') return value.slice(0, 4_000).trim();
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'object' || value === null || depth === deepest) return '';
  if (Array.isArray(value))
    return value
      .slice(0, 8)
      .map((one) => wordsIn(one, depth + 1))
      .filter((words) => words !== '')
      .join('; ');
  const words = reasonFields.map((field) => wordsIn((value as Fields)[field], depth + 1));
  return words.find((some) => some !== '') ?? '';
}
