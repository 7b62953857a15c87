import type { Counts } from './count-world.ts';
import { type Priced, usdOf } from './prices.ts';

/** One line of the bill: what was counted for one purchase, and what a thousand of them cost. */
export interface Line {
  readonly name: string;
  readonly what: Priced;
  /** Of one purchase. */
  readonly quantity: number;
  /** Of a thousand. */
  readonly usd: number;
}

const bill: readonly (readonly [name: string, what: Priced])[] = [
  ['transitions', 'transitions'],
  ['express runs', 'expressRuns'],
  ['express seconds', 'expressSeconds'],
  ['signatures', 'signatures'],
  ['write units', 'writeUnits'],
  ['read units', 'readUnits'],
  ['compute seconds', 'computeSeconds'],
  ['invocations', 'invocations'],
  ['puts', 'puts'],
  ['gets', 'gets'],
  ['queue requests', 'queueRequests'],
  ['events', 'events'],
  ['api requests', 'apiRequests'],
  ['log bytes', 'logBytes'],
];

/** What a thousand purchases cost, by what was counted for `purchases` of them. */
export function spend(counts: Counts, purchases: number): { lines: readonly Line[]; usd: number } {
  const lines = bill.map(([name, what]): Line => {
    const quantity = (counts[name] ?? 0) / purchases;
    return { name, what, quantity, usd: 1000 * usdOf(what, quantity) };
  });
  return { lines, usd: lines.reduce((sum, { usd }) => sum + usd, 0) };
}
