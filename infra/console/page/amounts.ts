import { formatUsd } from '../../../shared/core/money.ts';

/** Atomic units of a six-decimal dollar asset, for people. */
export const usd = (amountAtomic: number): string =>
  `${amountAtomic < 0 ? '-' : ''}${formatUsd(String(Math.abs(amountAtomic)), 6)}`;

/** `0x1234…abcd`: enough to tell two apart. */
export const short = (address: string): string =>
  address.length > 16 ? `${address.slice(0, 6)}…${address.slice(-4)}` : address;

/** A span of time, in the unit that says it best; a rough one to the second. */
export function spanOf(milliseconds: number, isRough = false): string {
  const seconds = milliseconds / 1000;
  if (seconds < 10 && !isRough) return `${Math.max(seconds, 0).toFixed(1)} s`;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  return `${Math.round(seconds / 60)} min`;
}

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const day = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });

/** A moment: the time of today, or the day before it. */
export function momentOf(milliseconds: number): string {
  const at = new Date(milliseconds);
  const isToday = at.toDateString() === new Date().toDateString();
  return isToday ? clock.format(at) : `${day.format(at)}, ${clock.format(at)}`;
}

export const bytesOf = (bytes: number): string =>
  bytes < 1_000
    ? `${bytes} bytes`
    : bytes < 1_000_000
      ? `${Math.round(bytes / 1000)} kB`
      : `${(bytes / 1_000_000).toFixed(1)} MB`;
