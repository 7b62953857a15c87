import { heldBy } from '../../../../shared/core/budget-moves.ts';
import type { Job } from '../../../../shared/core/job-record.ts';
import type { Store } from '../ledger/stores.ts';

/** What a row must hold, added up from the purchases alone: the plain integer model of the budgets. */
export interface Sum {
  held: number;
  committed: number;
}

export type Sums = ReadonlyMap<string, Readonly<Sum>>;

/** Adds up what every job holds and has spent, row by row, on top of what was added up before. */
export function sumsOf(jobs: readonly Job[], before: Sums = new Map()): Map<string, Sum> {
  const sums = new Map([...before].map(([key, sum]) => [key, { ...sum }]));
  const add = (key: string, part: keyof Sum, amount: number): void => {
    const sum = sums.get(key) ?? { held: 0, committed: 0 };
    sum[part] += amount;
    sums.set(key, sum);
  };
  for (const { earmark, purchase } of jobs) {
    for (const { key, amount } of heldBy({ earmark })) add(key, 'held', amount);
    if (!purchase) continue;
    const part = { held: 'held', committed: 'committed', released: undefined }[purchase.holdState] as
      | keyof Sum
      | undefined;
    for (const { key, amount } of purchase.holds) add(key, part ?? 'held', part ? amount : 0);
  }
  return sums;
}

/**
 * Whether a job's payment is exposed: reserved, not proven dead, and not over. Of what was sent and brought nothing the
 * end alone is not enough.
 * @param expired ids of jobs that were written after their end, at their deadline or later
 */
export const isExposed = (
  { jobId, purchase, end, proof, status }: Job,
  expired: ReadonlySet<string>,
): boolean =>
  purchase !== undefined &&
  proof?.state !== 'dead' &&
  (end === undefined ||
    (status !== 'delivered' && purchase.firstSentAt !== undefined && !expired.has(jobId)));

/** What a payee's row must hold. */
export function exposedBy(
  jobs: readonly Job[],
  expired: ReadonlySet<string>,
): { payments: number; atomic: number } {
  const exposed = jobs.filter((job) => isExposed(job, expired));
  return {
    payments: exposed.length,
    atomic: exposed.reduce((sum, { purchase }) => sum + Number(purchase?.amountAtomic), 0),
  };
}

/** In what the rows differ from what their jobs add up to; each row balances in itself as well. */
export async function wrongRows(store: Store, sums: Sums, known: ReadonlySet<string>): Promise<string[]> {
  const wrong: string[] = [];
  for (const key of new Set([...sums.keys(), ...known])) {
    const row = await store.control.readBudget(key);
    const { held, committed } = sums.get(key) ?? { held: 0, committed: 0 };
    if (!row) {
      if (held + committed > 0) wrong.push(`${key} is not there and should hold ${held}, ${committed} spent`);
      continue;
    }
    const shown = `${key} is ${JSON.stringify(row)}`;
    if (row.remaining + row.held + row.committed !== row.limit) wrong.push(`${shown}: it does not balance`);
    if (row.held !== held || row.committed !== committed)
      wrong.push(`${shown}: its jobs hold ${held} and have spent ${committed}`);
  }
  return wrong;
}
