import { Duration } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { type IMetric, MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { Function as Lambda } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { HouseMetric } from '../../shared/contracts/metrics.ts';
import type { Settings } from './settings.ts';

/** What is watched beside the house's own metrics. */
export interface Watched {
  readonly settings: Settings;
  readonly api: HttpApi;
  readonly sweeper: Lambda;
  readonly payments: Queue;
  readonly deadLetters: readonly Queue[];
}

/** How often the reconciler takes its readings, and CloudWatch counts most of its own. */
export const fiveMinutes = Duration.minutes(5);

/** A metric that functions of this deployment write. */
export const houseMetric = (
  namespace: string,
  { name, service }: HouseMetric,
  statistic: string = Stats.MAXIMUM,
  period: Duration = fiveMinutes,
): Metric => new Metric({ namespace, metricName: name, dimensionsMap: { service }, statistic, period });

/** Messages that failed for good, in all queues together. */
export const deadLettersIn = (queues: readonly Queue[]): IMetric => {
  const usingMetrics = Object.fromEntries(
    queues.map((queue, index) => [
      `dead${index}`,
      queue.metricApproximateNumberOfMessagesVisible({ period: fiveMinutes, statistic: Stats.MAXIMUM }),
    ]),
  );
  // A queue that nobody has used for a while reports nothing.
  const expression = Object.keys(usingMetrics)
    .map((id) => `FILL(${id}, 0)`)
    .join(' + ');
  return new MathExpression({ expression, usingMetrics, period: fiveMinutes, label: 'dead letters' });
};

/** Runs that went well. */
export const goodRunsOf = (lambda: Lambda): IMetric =>
  new MathExpression({
    expression: 'FILL(runs, 0) - FILL(errors, 0)',
    usingMetrics: {
      runs: lambda.metricInvocations({ period: fiveMinutes }),
      errors: lambda.metricErrors({ period: fiveMinutes }),
    },
    period: fiveMinutes,
    label: 'good runs',
  });

/** Seconds that the oldest message of all has waited. */
export const waitingIn = (queue: Queue): Metric =>
  queue.metricApproximateAgeOfOldestMessage({ period: fiveMinutes, statistic: Stats.MAXIMUM });

/**
 * The same without the messages of groups that are many at once, as a manifest's lines are: they wait behind the others.
 * SQS developer guide, "Available CloudWatch metrics for Amazon SQS", fair queues.
 */
export const quietWaitingIn = (queue: Queue): Metric =>
  queue.metric('ApproximateAgeOfOldestMessageInQuietGroups', {
    period: fiveMinutes,
    statistic: Stats.MAXIMUM,
  });

/** Groups that are many at once. */
export const noisyGroupsIn = (queue: Queue): Metric =>
  queue.metric('ApproximateNumberOfNoisyGroups', { period: fiveMinutes, statistic: Stats.MAXIMUM });

export const failuresOf = (api: HttpApi): Metric => api.metricServerError({ period: fiveMinutes });
