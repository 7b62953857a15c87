import { expect, test } from 'vitest';
import { formatUsd, parseAmountAtomic } from '../../shared/core/money.ts';

test.each(['1', '30000', '9999999999'])('reads %s', (text) => {
  expect(parseAmountAtomic(text)).toBe(BigInt(text));
});

test.each(['', '0', '-1', '+1', '01', '0x10', '1e3', '0.02', ' 1', '1 ', '1_000', '١', '10000000000', 'NaN'])(
  'refuses %j',
  (text) => {
    expect(parseAmountAtomic(text)).toBeUndefined();
  },
);

test('writes dollars without rounding', () => {
  expect(formatUsd('30000', 6)).toBe('$0.03');
  expect(formatUsd('134000', 6)).toBe('$0.134');
  expect(formatUsd('1', 6)).toBe('$0.000001');
  expect(formatUsd('10000000', 6)).toBe('$10.00');
});
