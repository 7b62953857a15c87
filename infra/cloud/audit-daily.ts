import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { Function as Lambda } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { metrics } from '../../shared/contracts/metrics.ts';
import { HouseAlarm } from './house-alarm.ts';

/** Has the auditor come every day, and rings when what it reads is not what we believe. */
export function auditDaily(scope: Construct, auditor: Lambda, namespace: string): void {
  const period = Duration.days(1);
  new Rule(scope, 'EveryDay', {
    schedule: Schedule.rate(period),
    targets: [new LambdaFunction(auditor)],
  });
  new HouseAlarm(scope, metrics.catalogueDrift, {
    means: "The seller's own description of what it sells differs from our catalogue.",
    namespace,
    period,
    threshold: 1,
    periods: 1,
  });
  // A seller may be away for a day.
  new HouseAlarm(scope, metrics.catalogueUnreadable, {
    means: "The seller's own description of what it sells cannot be read.",
    namespace,
    period,
    threshold: 1,
    periods: 2,
  });
}
