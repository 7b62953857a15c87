import type { Money } from '../answers.ts';
import { short, usd } from './amounts.ts';

/** One bar: what is spent, what is held, and where it ends. */
export interface Bar {
  readonly name: string;
  /** For people, beside the bar. */
  readonly says: string;
  /** Parts of the whole width, from 0 to 1. */
  readonly spent: number;
  readonly held: number;
  /** There is an end, and this comes close to it. */
  readonly isTight: boolean;
}

const part = (amount: number, whole: number): number =>
  whole > 0 ? Math.min(Math.max(amount / whole, 0), 1) : 0;

/** What of today's whole budget is gone, the held part included. */
export function spentToday({ today }: Money): { readonly spent: string; readonly limit: string } {
  const { held = 0, committed = 0, limit = 0 } = today.find(({ scope }) => scope === 'total') ?? {};
  return { spent: usd(held + committed), limit: usd(limit) };
}

/** Of dollars; what is counted in payments is a bar as well, in its own words. */
export const barsOfBudgets = ({ today }: Money): readonly Bar[] =>
  today
    .filter(({ scope }) => scope !== 'wallet')
    .map(({ scope, of, limit, held, committed }) => {
      const used = held + committed;
      return {
        name: of === undefined ? nameOf(scope) : `${nameOf(scope)}: ${short(of)}`,
        says: scope === 'exposure' ? `${held} of ${limit} payments` : `${usd(used)} of ${usd(limit)}`,
        spent: part(committed, limit),
        held: part(held, limit),
        isTight: limit > 0 && used / limit >= 0.8,
      };
    });

function nameOf(scope: string): string {
  const [kind = '', ...name] = scope.split(' ');
  if (kind === 'total') return 'All together';
  if (kind === 'exposure') return 'Outstanding payments';
  if (kind === 'exposure-usd') return 'Outstanding dollars';
  return `${kind.charAt(0).toUpperCase()}${kind.slice(1)} ${short(name.join(' '))}`;
}

/** The largest first; each against its own budget where it has one, otherwise against the largest of them. */
export function barsOfPurchases({ purchases, today }: Money, kind: 'model' | 'caller'): readonly Bar[] {
  const sums = Object.entries(kind === 'model' ? purchases.byModel : purchases.byCaller);
  const largest = Math.max(...sums.map(([, { held, committed }]) => held + committed), 0);
  return sums
    .toSorted(([, a], [, b]) => b.held + b.committed - (a.held + a.committed))
    .map(([name, { held, committed }]) => {
      const limit = today.find(({ scope }) => scope === `${kind} ${name}`)?.limit;
      const whole = limit ?? largest;
      const used = held + committed;
      return {
        name,
        says: limit === undefined ? usd(used) : `${usd(used)} of ${usd(limit)}`,
        spent: part(committed, whole),
        held: part(held, whole),
        isTight: limit !== undefined && limit > 0 && used / limit >= 0.8,
      };
    });
}
