import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { Function as Lambda } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';

/** Has the auditor come every day. */
export function auditDaily(scope: Construct, auditor: Lambda): void {
  new Rule(scope, 'EveryDay', {
    schedule: Schedule.rate(Duration.days(1)),
    targets: [new LambdaFunction(auditor)],
  });
}
