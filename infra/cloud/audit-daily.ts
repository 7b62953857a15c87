import { Duration, type Stack } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { Function as Lambda } from 'aws-cdk-lib/aws-lambda';
import { metrics } from '../../shared/contracts/metrics.ts';
import { HouseAlarm } from './house-alarm.ts';

/** Has the auditor come every day, and rings when what it reads is not what we believe. */
export function auditDaily(stack: Stack, auditor: Lambda): void {
  const period = Duration.days(1);
  const namespace = stack.stackName;
  new Rule(stack, 'EveryDay', {
    schedule: Schedule.rate(period),
    targets: [new LambdaFunction(auditor)],
  });
  new HouseAlarm(stack, metrics.catalogueDrift, {
    means: "The seller's own description of what it sells differs from our catalogue.",
    namespace,
    period,
    threshold: 1,
    periods: 1,
  });
  // A seller may be away for a day.
  new HouseAlarm(stack, metrics.catalogueUnreadable, {
    means: "The seller's own description of what it sells cannot be read.",
    namespace,
    period,
    threshold: 1,
    periods: 2,
  });
}
