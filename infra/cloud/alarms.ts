import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, type IMetric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { metrics } from '../../shared/contracts/metrics.ts';
import {
  deadLettersIn,
  failuresOf,
  goodRunsOf,
  houseMetric,
  quietWaitingIn,
  type Watched,
  waitingIn,
} from './house-metrics.ts';

/** One thing that a person must act on. */
export interface AlarmPlan {
  /** Of the alarm, and of the heading in the runbook that says what to do. */
  readonly name: string;
  /** What it means, in a sentence. */
  readonly means: string;
  readonly metric: IMetric;
  readonly threshold: number;
  /** Rings at the threshold and above, unless `below`. */
  readonly below?: boolean;
  /** Periods in a row. */
  readonly periods?: number;
  /** What silence means: by default that nothing has happened yet. */
  readonly silence?: TreatMissingData;
}

export const comparisonOf = ({ below }: AlarmPlan): ComparisonOperator =>
  below ? ComparisonOperator.LESS_THAN_THRESHOLD : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD;

/** Every alarm of a deployment, in the order of the runbook: money first. */
export function alarmPlans({ settings, api, sweeper, payments, deadLetters }: Watched): readonly AlarmPlan[] {
  const of = (metric: (typeof metrics)[keyof typeof metrics], statistic?: string, period?: Duration) => ({
    name: metric.name,
    metric: houseMetric(settings.name, metric, statistic, period),
  });
  const day = Duration.days(1);
  return [
    {
      ...of(metrics.chainUnexplained),
      means: 'The chain shows what the ledger cannot explain; signing is stopped.',
      threshold: 1,
    },
    {
      ...of(metrics.chainUnread),
      means: 'The chain has not been read for twenty minutes: nothing can be proven meanwhile.',
      threshold: 1,
      periods: 4,
      // A reconciler that does not run counts nothing.
      silence: TreatMissingData.BREACHING,
    },
    {
      ...of(metrics.oldestAuthorization),
      means: 'An authorization has been open for more than an hour.',
      threshold: 3600,
    },
    {
      ...of(metrics.unknownPayments),
      means: 'Many payments are out that neither the seller nor the chain has answered.',
      threshold: Math.max(1, Math.ceil(settings.budgets.exposurePerPayee / 5)),
      periods: 2,
    },
    {
      ...of(metrics.paidNotDelivered, Stats.SUM),
      means: 'Something was paid for and will not come.',
      threshold: 1,
      silence: TreatMissingData.NOT_BREACHING,
    },
    {
      ...of(metrics.resultHeld, Stats.SUM),
      means: 'A paid result lies on a host that the pin does not allow, and waits until its deadline.',
      threshold: 1,
      silence: TreatMissingData.NOT_BREACHING,
    },
    {
      ...of(metrics.resultQuarantined, Stats.SUM),
      means: 'Inspection refused a paid result; it is asked for again until its deadline.',
      threshold: 1,
      silence: TreatMissingData.NOT_BREACHING,
    },
    {
      ...of(metrics.modelsStopped),
      means: 'A model was stopped: too many of its payments brought nothing.',
      threshold: 1,
    },
    {
      ...of(metrics.payeesStopped),
      means: 'A payee was stopped: two of its models or more brought nothing.',
      threshold: 1,
    },
    {
      ...of(metrics.exposureUsed),
      means: 'A payee has been close to its exposure bound for half an hour: its jobs wait.',
      threshold: 90,
      periods: 6,
    },
    {
      ...of(metrics.walletBalance, Stats.MINIMUM),
      means: 'The wallet holds little.',
      threshold: settings.alarms.walletBelow / 1_000_000,
      below: true,
      periods: 2,
    },
    {
      ...of(metrics.budgetUsed),
      means: "Nine tenths of the day's budget are spent or held.",
      threshold: 90,
    },
    {
      name: 'DeadLetters',
      means: 'A message failed for good.',
      metric: deadLettersIn(deadLetters),
      threshold: 1,
    },
    {
      name: 'PaymentsWaiting',
      means: 'A single request has waited in the payment queue for a quarter of an hour.',
      // A manifest's lines wait behind one another, and that is nobody's trouble.
      metric: quietWaitingIn(payments),
      threshold: 900,
      silence: TreatMissingData.NOT_BREACHING,
    },
    {
      name: 'ManifestsWaiting',
      means: 'Lines of manifests wait for so long that they will end at their deadline, not paid for.',
      metric: waitingIn(payments),
      threshold: Math.floor((settings.timings.paymentDeadlineSeconds * 5) / 6),
      silence: TreatMissingData.NOT_BREACHING,
    },
    {
      name: 'SweeperSilent',
      means: 'The sweeper has not swept for ten minutes: what is interrupted stays so.',
      metric: goodRunsOf(sweeper),
      threshold: 1,
      below: true,
      periods: 2,
      silence: TreatMissingData.BREACHING,
    },
    {
      name: 'ApiFailing',
      means: 'The API answers with failures of ours.',
      metric: failuresOf(api),
      threshold: 5,
      silence: TreatMissingData.NOT_BREACHING,
    },
    {
      ...of(metrics.catalogueDrift, Stats.MAXIMUM, day),
      means: "The seller's own description of what it sells differs from our catalogue.",
      threshold: 1,
    },
    {
      ...of(metrics.catalogueUnreadable, Stats.MAXIMUM, day),
      means: "The seller's own description of what it sells cannot be read.",
      threshold: 1,
      // A seller may be away for a day.
      periods: 2,
    },
  ];
}
