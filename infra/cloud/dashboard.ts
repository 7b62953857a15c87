import { Stack } from 'aws-cdk-lib';
import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  type IWidget,
  Stats,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { type HouseMetric, metrics } from '../../shared/contracts/metrics.ts';
import {
  deadLettersIn,
  houseMetric,
  noisyGroupsIn,
  quietWaitingIn,
  type Watched,
  waitingIn,
} from './house-metrics.ts';

/** The one dashboard of a deployment: what people ask, from left to right and from above, as often as they ask it. */
export function showOnDashboard(scope: Construct, watched: Watched, alarms: readonly Alarm[]): void {
  const { settings, payments, deadLetters } = watched;
  const of = (metric: HouseMetric, statistic?: string, label?: string): IMetric =>
    houseMetric(settings.name, metric, statistic).with({ label: label ?? metric.name });
  const graph = (title: string, left: IMetric[], more: { right?: IMetric[]; stacked?: boolean } = {}) =>
    new GraphWidget({ title, left, ...more, width: 8, height: 6, leftYAxis: { min: 0 } });

  const rows: readonly IWidget[][] = [
    [new AlarmStatusWidget({ title: 'What to act on', alarms: [...alarms], width: 24, height: 4 })],
    [
      graph(
        'Jobs by their end',
        [metrics.delivered, metrics.refused, metrics.unpaid, metrics.undelivered, metrics.unresolved].map(
          (end) => of(end, Stats.SUM),
        ),
        { stacked: true },
      ),
      graph('Time to picture (s)', [
        of(metrics.timeToPicture, 'p50', 'half of them'),
        of(metrics.timeToPicture, 'p90', 'nine of ten'),
        of(metrics.timeToPicture, Stats.MAXIMUM, 'the longest'),
      ]),
      graph(
        'Paid, not delivered',
        [
          of(metrics.paidNotDelivered, Stats.SUM),
          of(metrics.resultHeld, Stats.SUM),
          of(metrics.resultQuarantined, Stats.SUM),
        ],
        {
          right: [
            of(metrics.exposureUsed, Stats.MAXIMUM, 'exposure used (%)'),
            of(metrics.modelsStopped),
            of(metrics.payeesStopped),
          ],
        },
      ),
    ],
    [
      graph('Spent and held today, and the budget ($)', [of(metrics.spentToday), of(metrics.limitToday)]),
      graph('Wallet ($)', [of(metrics.walletBalance)], { right: [of(metrics.signingStopped)] }),
      graph('Live authorizations', [of(metrics.liveAuthorizations), of(metrics.unknownPayments)], {
        right: [of(metrics.oldestAuthorization)],
      }),
    ],
    [
      graph('Dead letters', [deadLettersIn(deadLetters)]),
      graph(
        'The oldest job in the payment queue (s)',
        [
          waitingIn(payments).with({ label: 'of all' }),
          quietWaitingIn(payments).with({ label: 'of single requests' }),
        ],
        { right: [noisyGroupsIn(payments).with({ label: 'groups that are many at once' })] },
      ),
      graph('Price drift: places where the seller differs from the catalogue', [of(metrics.catalogueDrift)]),
    ],
  ];
  new Dashboard(scope, 'Dashboard', {
    // Dashboards are the account's, those of other regions too.
    dashboardName: `${settings.name}-${Stack.of(scope).region}`,
    widgets: rows.map((row) => [...row]),
  });
}
