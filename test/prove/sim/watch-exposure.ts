import type { Limits } from '../../../shared/core/budget.ts';
import { exposureDollars, exposureKey } from '../../../shared/core/exposure.ts';
import { isUpload, type Job } from '../../../shared/core/job-record.ts';
import { isWithdrawal } from '../../../shared/core/withdrawal.ts';
import type { MemoryLedger } from '../../functions/memory-ledger.ts';

/** What the jobs alone say of the exposure to each payee. */
export interface ExposureWatch {
  limited(limits: Limits): void;
  wrote(before: Job | undefined, after: Job): void;
  /** Holds the rows against what the jobs say. */
  check(): void;
}

/** An hour, how old its count may be, and how far the clocks of invocations are apart. */
const deliveryMilliseconds = 3_600_000 + 15 * 60_000 + 10_000;
/** No price of the simulated seller is higher. */
const dearest = 60_000;

interface Exposed {
  payments: number;
  atomic: number;
  delivered: number;
}

/** Of an end without a picture for what was sent, the seller's word is enough only from the deadline on. */
const isOver = ({ status, end, purchase, updatedAt, deadlineAt }: Job): boolean =>
  end !== undefined &&
  (status === 'delivered' || purchase?.firstSentAt === undefined || updatedAt >= deadlineAt);

/** A payment is exposed from its reservation until its job is over or it is proven dead, whatever the seller says. */
const exposedOf = (job: Job | undefined): { payTo: string; amount: number } | undefined =>
  job?.purchase && !isWithdrawal(job) && !isOver(job) && job.proof?.state !== 'dead'
    ? { payTo: job.purchase.payTo.toLowerCase(), amount: Number(job.purchase.amountAtomic) }
    : undefined;

/** Watches that exposure to a payee never grows above the widest bound that was ever allowed. */
export function watchExposure(
  ledger: MemoryLedger,
  now: () => number,
  breach: (what: string) => void,
): ExposureWatch {
  const payees = new Map<string, Exposed>();
  const deliveredAt: number[] = [];
  const over = new Set<string>();
  const widest = { payments: 0, atomic: dearest };
  const of = (payTo: string): Exposed => {
    const exposed = payees.get(payTo) ?? { payments: 0, atomic: 0, delivered: 0 };
    payees.set(payTo, exposed);
    return exposed;
  };
  const deliveredLately = (): number => {
    const since = now() - deliveryMilliseconds;
    return deliveredAt.filter((at) => at >= since).length;
  };

  return {
    limited(limits) {
      widest.payments = Math.max(widest.payments, limits.exposurePerPayee);
      widest.atomic = Math.max(widest.atomic, exposureDollars(limits));
    },

    wrote(before, after) {
      const was = over.has(after.jobId) ? undefined : exposedOf(before);
      const is = over.has(after.jobId) ? undefined : exposedOf(after);
      // It stays so, although a later write may have been decided on earlier.
      if (after.end && !is) over.add(after.jobId);
      if (was) {
        const exposed = of(was.payTo);
        exposed.payments -= 1;
        exposed.atomic -= was.amount;
        if (!is && after.status === 'delivered' && !isUpload(after)) {
          exposed.delivered += 1;
          deliveredAt.push(now());
        }
      }
      if (!is) return;
      const exposed = of(is.payTo);
      exposed.payments += 1;
      exposed.atomic += is.amount;
      if (was && was.payTo === is.payTo && is.amount <= was.amount) return;
      const isTooMany = exposed.payments > widest.payments && exposed.payments > deliveredLately();
      if (isTooMany || exposed.atomic > widest.atomic)
        breach(
          `exposure: ${exposed.payments} payments and ${exposed.atomic} to ${is.payTo}, more than ${JSON.stringify(widest)}`,
        );
    },

    check() {
      const rows = ledger.exposures();
      for (const [payTo, { payments, atomic, delivered }] of payees) {
        const row = rows[exposureKey(payTo)] ?? { payments: 0, atomic: 0, delivered: 0 };
        if (row.payments !== payments || row.atomic !== atomic || row.delivered !== delivered)
          breach(
            `exposure: the row of ${payTo} is ${JSON.stringify(row)}, its jobs say ${payments}, ${atomic}, ${delivered}`,
          );
      }
    },
  };
}
