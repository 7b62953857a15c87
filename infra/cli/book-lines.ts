import { atMost } from '../../functions/at-most.ts';
import { type BookEntry, bookEntryOf } from '../../shared/core/book.ts';
import { dayOf } from '../../shared/core/budget.ts';
import { transactionOf } from '../../shared/core/job-money.ts';
import type { Job } from '../../shared/core/job-record.ts';
import { formatUsd } from '../../shared/core/money.ts';
import type { Deployment } from './deployment.ts';

/** One line of the books as they are exported; the same fields in every format. */
export interface BookLine {
  /** `settled` and `dead` as final blocks show it; `open`: signed, and not known yet. */
  readonly state: BookEntry['state'] | 'open';
  /** Day (UTC) of the book that it is in; of what is open, the day that it was reserved. */
  readonly day: string;
  /** When the final block was made that was looked at. */
  readonly bookedAt?: Date | undefined;
  readonly reservedAt: Date;
  /** Whose budgets it was taken from. */
  readonly reservedDay: string;
  readonly jobId: string;
  readonly caller: string;
  readonly model: string;
  readonly payTo: string;
  readonly payer: string;
  readonly network: string;
  readonly asset: string;
  readonly amountAtomic: bigint;
  /** The same in dollars, without a sign: `0.03`. */
  readonly usd: string;
  /** Of a final block; of what is open, as the seller says. */
  readonly transaction?: string | undefined;
  readonly blockNumber?: number | undefined;
  readonly nonce: string;
  /** How the job ended, `running` before that; `unknown` where its row is gone. */
  readonly outcome: string;
  /** It was paid, or may be, and brought nothing. */
  readonly isLoss: boolean;
  readonly sellerJobId?: string | undefined;
  readonly forJobId?: string | undefined;
}

const atOnce = 20;
const mostOpen = 10_000;

/**
 * The books of some days: what final blocks show, and what is open still.
 * @param from first day, such as 2026-11-01
 * @param to the day after the last one
 */
export async function bookLines(
  { books, ledger }: Pick<Deployment, 'books' | 'ledger'>,
  from: string,
  to: string,
): Promise<BookLine[]> {
  // In this order: what is closed between the two reads is in both, and counted once.
  const openIds = await ledger.openAuthorizations(mostOpen);
  const entries = (await atMost(atOnce, daysBetween(from, to), (day) => books.entries(day))).flat();
  const closed = await atMost(atOnce, entries, async (entry) => {
    const [job, isLoss] = await Promise.all([ledger.read(entry.jobId), books.isLoss(entry.jobId)]);
    const outcome = job ? outcomeOf(job) : isLoss ? 'undelivered' : 'unknown';
    return lineOf(entry, outcome, isLoss && entry.state === 'settled');
  });
  const booked = new Set(closed.map(({ jobId }) => jobId));
  const open = await atMost(atOnce, openIds, async (jobId) => {
    const job = booked.has(jobId) ? undefined : await ledger.read(jobId);
    return job && !job.proof && job.purchase?.firstSentAt !== undefined ? openLine(job) : undefined;
  });
  return [...closed, ...open.filter((line) => line !== undefined && line.day >= from && line.day < to)]
    .filter((line) => line !== undefined)
    .toSorted((a, b) => (a.bookedAt ?? a.reservedAt).getTime() - (b.bookedAt ?? b.reservedAt).getTime());
}

/** Days from one up to another, the last one not among them. */
function daysBetween(from: string, to: string): string[] {
  const days: string[] = [];
  for (let time = Date.parse(from); dayOf(time) < to; time += 86_400_000) days.push(dayOf(time));
  return days;
}

const outcomeOf = (job: Job): string => (job.end ? job.status : 'running');

function lineOf(entry: BookEntry, outcome: string, isLoss: boolean): BookLine {
  const { bookedAt, reservedAt, amountAtomic, decimals, ...rest } = entry;
  return {
    ...rest,
    day: dayOf(bookedAt),
    bookedAt: new Date(bookedAt),
    reservedAt: new Date(reservedAt),
    amountAtomic: BigInt(amountAtomic),
    usd: formatUsd(amountAtomic, decimals).slice(1),
    outcome,
    isLoss,
  };
}

/** As it would be booked at this moment; what an end without a picture may have cost counts as a loss until it is known. */
function openLine(job: Job): BookLine | undefined {
  const entry = bookEntryOf({ ...job, proof: { state: 'dead', blockNumber: 0, at: 0 } });
  if (!entry) return undefined;
  const {
    bookedAt: _at,
    blockNumber: _block,
    ...line
  } = lineOf(entry, outcomeOf(job), job.end !== undefined && job.status !== 'delivered');
  return { ...line, ...transactionOf(job), state: 'open', day: dayOf(entry.reservedAt) };
}
