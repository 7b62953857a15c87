import { expect, test } from 'vitest';
import { readPaidAnswer, readSighting } from '../../shared/seller/answers.ts';
import { readQuote } from '../../shared/seller/quote.ts';
import { retryAfterSeconds } from '../../shared/seller/retry-after.ts';

const date = 'Fri, 15 Jan 2027 08:00:00 GMT';
const now = Date.parse(date);

test.each<[string, number | undefined]>([
  ['7', 7],
  ['0.2', 1],
  ['2.5', 3],
  ['30.0', 30],
  ['3600', 3600],
  ['86400', 3600],
  ['999999999999999', 3600],
  ['Fri, 15 Jan 2027 08:00:42 GMT', 42],
  ['Friday, 15-Jan-27 08:01:00 GMT', 60],
  ['Fri Jan 15 08:00:30 2027', 30],
  ['Fri, 15 Jan 2038 08:00:00 GMT', 3600],
  [' 12 ', 12],
  ...['0', '0.0', '-5', '1e3', '0x10', '+5', '', 'soon', '5 s', 'Infinity', 'NaN', '1,5', '5, 6'].map(
    (text): [string, undefined] => [text, undefined],
  ),
  ...['Fri, 15 Jan 2027 08:00:00 GMT', 'Fri, 15 Jan 2027 07:00:00 GMT', 'Fri, 35 Foo 2027 08:00:00 GMT'].map(
    (text): [string, undefined] => [text, undefined],
  ),
  ...['2027-01-15T08:01:00Z', '15 Jan 2027', `Fri, ${'9'.repeat(5_000)}`].map((text): [string, undefined] => [
    text,
    undefined,
  ]),
])('%j is %s seconds', (text, seconds) => {
  expect(retryAfterSeconds({ headers: { 'retry-after': text } }, now)).toBe(seconds);
  expect(retryAfterSeconds({ headers: { 'retry-after': text, date } }, 0)).toBe(seconds);
});

test('absent is absent', () => {
  expect(retryAfterSeconds({ headers: {} }, now)).toBeUndefined();
});

const answer = (status: number) => ({
  status,
  headers: { date, 'retry-after': 'Fri, 15 Jan 2027 08:00:42 GMT' },
  body: Buffer.from('{}'),
});

test.each([429, 500, 503])('status %i tells its pause of a quote, of a payment and of a poll', (status) => {
  const pause = { retryAfterSeconds: 42 };
  expect(readQuote(answer(status), 'https://seller.test/x', '{}')).toMatchObject(pause);
  expect(readPaidAnswer(answer(status))).toMatchObject({ unknown: `status ${status}`, ...pause });
  expect(readSighting(answer(status), 'cmn1234567890')).toMatchObject({ state: 'unavailable', ...pause });
});

test('a refusal of a payment tells none', () => {
  expect(readPaidAnswer(answer(402))).not.toHaveProperty('retryAfterSeconds');
});
