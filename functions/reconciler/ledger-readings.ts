import type { Control } from '../../shared/aws/dynamodb-control.ts';
import type { Exposure } from '../../shared/aws/dynamodb-exposure.ts';
import { metrics, type Reading } from '../../shared/contracts/metrics.ts';
import { dayOf, type Limits, totalKey } from '../../shared/core/budget.ts';
import { exposureUsed } from '../../shared/core/exposure.ts';
import type { Reconciliation } from './reconcile.ts';

/** What looks at the chain found, and what the ledger says of today. */
export interface Looked {
  readonly control: Pick<Control, 'readSigning' | 'readSwitches' | 'readBudget'>;
  readonly limits: Limits;
  /** To each payee; undefined where it could not be read. */
  readonly exposures: readonly Exposure[] | undefined;
  /** Of each token whose chain could be read. */
  readonly looks: readonly Reconciliation[];
  /** Whether every token that is paid with was looked at. */
  readonly isWhole: boolean;
  /** Unix milliseconds. */
  readonly now: number;
}

/** Amounts are of six-decimal dollar assets, as the budgets are. */
const dollars = (atomic: number): number => atomic / 1_000_000;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/**
 * The readings of one look: how much is spent, held, open and in doubt. Of what could not be read there is no reading, so
 * that nothing looks well that nobody has seen.
 */
export async function ledgerReadings({
  control,
  limits,
  exposures,
  looks,
  isWhole,
  now,
}: Looked): Promise<readonly Reading[]> {
  const [signing, switches, budget] = await Promise.all([
    control.readSigning(),
    control.readSwitches(),
    control.readBudget(totalKey(dayOf(now))),
  ]);
  const used = (budget?.held ?? 0) + (budget?.committed ?? 0);
  const stopped = switches.filter(({ enabled, by }) => !enabled && by === 'reconciler');
  const stoppedOf = (kind: string) => stopped.filter(({ scope }) => scope.startsWith(kind)).length;
  const ofLooks: Reading[] = [
    [metrics.walletBalance, dollars(sum(looks.map(({ balance }) => balance)))],
    [metrics.liveAuthorizations, sum(looks.map(({ open }) => open))],
    [metrics.unknownPayments, sum(looks.map(unknownOf))],
    [metrics.oldestAuthorization, Math.max(...looks.map(({ oldestOpenSeconds }) => oldestOpenSeconds))],
    [metrics.chainUnexplained, sum(looks.map(({ unexplained }) => unexplained.length))],
  ];
  return [
    [metrics.chainUnread, isWhole ? 0 : 1],
    ...(looks.length > 0 ? ofLooks : []),
    [metrics.spentToday, dollars(used)],
    [metrics.limitToday, dollars(limits.total)],
    [metrics.budgetUsed, limits.total > 0 ? (100 * used) / limits.total : 100],
    ...(exposures ? [exposureReading(exposures, limits, now)] : []),
    [metrics.signingStopped, signing?.enabled ? 0 : 1],
    [metrics.modelsStopped, stoppedOf('model:')],
    [metrics.payeesStopped, stoppedOf('payee:')],
  ];
}

/** Of the payee that is closest to its bound. */
const exposureReading = (exposures: readonly Exposure[], limits: Limits, now: number): Reading => [
  metrics.exposureUsed,
  100 * Math.max(0, ...exposures.map((exposure) => exposureUsed(limits, exposure, now))),
];

/** Sent, without a job of the seller's, and in no final block. */
const unknownOf = ({ table }: Reconciliation): number =>
  sum(Object.entries(table).map(([cell, count]) => (/^(unused|expired) .* unknown$/.test(cell) ? count : 0)));
