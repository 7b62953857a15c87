import { Alarm, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { alarmPlans, comparisonOf } from './alarms.ts';
import { showOnDashboard } from './dashboard.ts';
import type { Watched } from './house-metrics.ts';

/**
 * An alarm for each thing that a person must act on, and one dashboard.
 * @returns the alarms, for whoever wants to be told by them in another way than by the topic of the settings
 */
export function watch(scope: Construct, watched: Watched): readonly Alarm[] {
  const { name: deployment, alarms: to } = watched.settings;
  const action =
    to.topicArn === undefined
      ? undefined
      : new SnsAction(Topic.fromTopicArn(scope, 'AlarmTopic', to.topicArn));
  const alarms = alarmPlans(watched).map((plan) => {
    const { name, means, metric, threshold, periods = 1, silence = TreatMissingData.IGNORE } = plan;
    const alarm = new Alarm(scope, `${name}Alarm`, {
      alarmName: `${deployment}-${name}`,
      alarmDescription: `${means} What to do: infra/runbook.md, "${name}".`,
      metric,
      threshold,
      comparisonOperator: comparisonOf(plan),
      evaluationPeriods: periods,
      treatMissingData: silence,
    });
    if (action) {
      alarm.addAlarmAction(action);
      alarm.addOkAction(action);
    }
    return alarm;
  });
  showOnDashboard(scope, watched, alarms);
  return alarms;
}
