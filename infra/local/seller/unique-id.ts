import { randomBytes } from 'node:crypto';

/**
 * Twenty-five characters in the manner of a cuid: `c`, time, count, chance.
 *
 * @param now milliseconds since 1970.
 * @param count of ids made before.
 */
export function uniqueId(now: number, count: number): string {
  const chance = BigInt(`0x${randomBytes(10).toString('hex')}`)
    .toString(36)
    .padStart(12, '0')
    .slice(-12);
  return `c${now.toString(36).padStart(8, '0').slice(-8)}${count.toString(36).padStart(4, '0').slice(-4)}${chance}`;
}
