import type { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, Metric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { HouseMetric } from '../../shared/contracts/metrics.ts';

/**
 * An alarm on one of the house's own metrics, named after it: `infra/runbook.md` has a heading of that name, which says
 * what to do.
 */
export class HouseAlarm extends Construct {
  constructor(
    scope: Construct,
    { name, service }: HouseMetric,
    props: {
      /** The deployment's name. */
      namespace: string;
      /** What it means, in a sentence. */
      means: string;
      period: Duration;
      /** It rings when the highest value of a period is so high. */
      threshold: number;
      /** Periods in a row. */
      periods: number;
    },
  ) {
    super(scope, `${name}Alarm`);
    new Alarm(this, 'Alarm', {
      alarmName: `${props.namespace}-${name}`,
      alarmDescription: `${props.means} What to do: infra/runbook.md, "${name}".`,
      metric: new Metric({
        namespace: props.namespace,
        metricName: name,
        dimensionsMap: { service },
        statistic: Stats.MAXIMUM,
        period: props.period,
      }),
      threshold: props.threshold,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: props.periods,
      // A new deployment has counted nothing yet.
      treatMissingData: TreatMissingData.IGNORE,
    });
  }
}
