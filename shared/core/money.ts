/** Money is a whole number of the asset's smallest units, kept as a decimal string and compared as a BigInt. */

const atomic = /^[1-9][0-9]{0,9}$/;

/**
 * Reads an amount as a seller may write it: plain decimal digits, no sign, no leading zero, no exponent.
 * Ten digits is $9,999 in a six-decimal asset, far above any ceiling.
 * @returns the amount in atomic units, or undefined when the text is anything else.
 */
export const parseAmountAtomic = (text: string): bigint | undefined =>
  atomic.test(text) ? BigInt(text) : undefined;

/**
 * Writes an amount for people, without rounding: 30000 at six decimals is "$0.03".
 * @param amountAtomic whole units of the asset
 * @param decimals the asset's decimals
 */
export function formatUsd(amountAtomic: string, decimals: number): string {
  const digits = amountAtomic.padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = digits.slice(digits.length - decimals).replace(/0+$/, '');
  return `$${whole}.${fraction.padEnd(2, '0')}`;
}
