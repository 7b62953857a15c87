import { formatUsd } from '../../shared/core/money.ts';
import { isWithdrawal } from '../../shared/core/withdrawal.ts';
import type { BookLine } from './book-lines.ts';

export const reportScopes = ['day', 'caller', 'model', 'payee'] as const;
export type ReportScope = (typeof reportScopes)[number];

/** Sums of some lines of the books, in atomic units of a six-decimal dollar asset. */
export interface Sums {
  /** Settled, by a final block. */
  readonly spent: bigint;
  /** Of that, what brought nothing. */
  readonly lost: bigint;
  /** Settled, to the treasury: moved, not spent. */
  readonly withdrawn: bigint;
  /** Signed, and not known yet. */
  readonly open: bigint;
  /** Of that, for jobs that ended without a picture. */
  readonly unresolved: bigint;
  /** Settled purchases, and those that brought nothing. */
  readonly purchases: number;
  readonly losses: number;
}

const nothing: Sums = {
  spent: 0n,
  lost: 0n,
  withdrawn: 0n,
  open: 0n,
  unresolved: 0n,
  purchases: 0,
  losses: 0,
};

const added = (sums: Sums, { state, amountAtomic, isLoss, model }: BookLine): Sums => {
  if (state === 'dead') return sums;
  if (state === 'settled' && isWithdrawal({ offering: model }))
    return { ...sums, withdrawn: sums.withdrawn + amountAtomic };
  const loss = isLoss ? amountAtomic : 0n;
  return state === 'settled'
    ? {
        ...sums,
        spent: sums.spent + amountAtomic,
        lost: sums.lost + loss,
        purchases: sums.purchases + 1,
        losses: sums.losses + (isLoss ? 1 : 0),
      }
    : { ...sums, open: sums.open + amountAtomic, unresolved: sums.unresolved + loss };
};

export interface Report {
  readonly total: Sums;
  /** By scope, then by name; the dearest first, days in their order. */
  readonly by: Readonly<Record<ReportScope, readonly (Sums & { readonly name: string })[]>>;
}

const nameOf: Readonly<Record<ReportScope, (line: BookLine) => string>> = {
  day: ({ day }) => day,
  caller: ({ caller }) => caller,
  model: ({ model }) => model,
  payee: ({ payTo }) => payTo,
};

/** Adds the books up, in all and by day, caller, model and payee. */
export function summarise(lines: readonly BookLine[]): Report {
  const groups = (scope: ReportScope) =>
    [...Map.groupBy(lines, nameOf[scope])]
      .map(([name, own]) => ({ name, ...own.reduce(added, nothing) }))
      .toSorted((a, b) => (scope === 'day' ? (a.name < b.name ? -1 : 1) : Number(b.spent - a.spent)));
  return {
    total: lines.reduce(added, nothing),
    by: Object.fromEntries(reportScopes.map((scope) => [scope, groups(scope)])) as unknown as Report['by'],
  };
}

const usd = (amount: bigint): string => formatUsd(amount.toString(), 6);

/** Sums in one line for people. */
export const sumsLine = (
  name: string,
  { spent, lost, withdrawn, open, unresolved, purchases, losses }: Sums,
): string =>
  [
    name.padEnd(44),
    `${usd(spent)} for ${purchases}`.padEnd(18),
    losses > 0 ? `lost ${usd(lost)} in ${losses}` : '',
    withdrawn > 0n ? `withdrawn ${usd(withdrawn)}` : '',
    open > 0n ? `open ${usd(open)}` : '',
    unresolved > 0n ? `of it ${usd(unresolved)} without a picture` : '',
  ]
    .filter((part) => part !== '')
    .join('  ')
    .trimEnd();

/** Sums for programs: dollars as text. */
export const plainSums = ({ spent, lost, withdrawn, open, unresolved, ...counts }: Sums) => ({
  spent: usd(spent),
  lost: usd(lost),
  withdrawn: usd(withdrawn),
  open: usd(open),
  unresolved: usd(unresolved),
  ...counts,
});
