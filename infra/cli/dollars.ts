/**
 * An amount as people write it, in atomic units of a six-decimal dollar asset.
 * @throws Error in words for the person
 */
export function atomicOf(amount: string): number {
  if (!/^\$?\d{1,6}(\.\d{1,6})?$/.test(amount))
    throw new Error(`"${amount}" is no amount: write dollars, such as 25 or 0.50.`);
  return Math.round(Number(amount.replace('$', '')) * 1_000_000);
}
