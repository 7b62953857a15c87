import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { detailTypes } from '../../../shared/contracts/event.ts';
import { type HouseMetric, metrics } from '../../../shared/contracts/metrics.ts';
import {
  type Assembly,
  nameOf,
  ofType,
  type Properties,
  shipped,
  synthesiseAside,
  theNamed,
  theOne,
  writeOut,
} from './synthesised.ts';

/** An alarm of CloudWatch, as the template has it. */
interface AlarmProperties extends Properties {
  readonly AlarmName: string;
  readonly AlarmDescription: string;
  readonly Namespace?: string;
  readonly MetricName?: string;
  readonly Dimensions?: readonly { Name: string; Value: unknown }[];
  readonly Metrics?: readonly {
    MetricStat?: { Metric: { Dimensions: { Name: string; Value: unknown }[] } };
  }[];
}

const topicArn = 'arn:aws:sns:us-east-1:123456789012:pager';
const root = join(import.meta.dirname, '../../..');

let assembly: Assembly;
let alarms: Map<string, AlarmProperties>;
beforeAll(() => {
  assembly = synthesiseAside({
    ...shipped,
    name: 'Atelier',
    alarms: { topicArn, walletBelow: '12.50' },
    budgets: { unseenPerPayee: 22 },
  });
  alarms = new Map(
    ofType(assembly.service, 'AWS::CloudWatch::Alarm').map(([, { Properties: properties }]) => {
      const alarm = properties as AlarmProperties;
      return [alarm.AlarmName.replace('Atelier-', ''), alarm];
    }),
  );
});
afterAll(() => assembly?.[Symbol.dispose]());

const runbook = readFileSync(join(root, 'infra/runbook.md'), 'utf8');
const headings = [...runbook.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);

test('every alarm has a heading in the runbook, and every heading an alarm, in one order', () => {
  expect([...alarms.keys()].toSorted()).toEqual(headings.toSorted());
  for (const [name, { AlarmName, AlarmDescription }] of alarms) {
    expect(AlarmName).toBe(`Atelier-${name}`);
    expect(AlarmDescription).toContain(`What to do: infra/runbook.md, "${name}"`);
  }
});

test('every section of the runbook says what to do, step by step', () => {
  const sections = runbook.split(/^## /m).slice(1);
  for (const section of sections) {
    expect(section).toMatch(/^1\. /m);
    expect(section.length).toBeGreaterThan(250);
  }
});

test('the runbook tells of commands that there are', () => {
  const told = [...runbook.matchAll(/npx --no-install coinbooth ([a-z]+)/g)].flatMap(
    ([, command]) => command ?? [],
  );
  const { stdout } = spawnSync(process.execPath, [join(root, 'infra/cli/main.ts'), '--help'], {
    encoding: 'utf8',
  });
  const known = [...stdout.matchAll(/^ {2}([a-z]+)/gm)].map(([, command]) => command);
  expect(known).toContain('stop');
  expect(told.filter((command) => !known.includes(command))).toEqual([]);
});

describe('what is watched', () => {
  const ofHouse = (): AlarmProperties[] =>
    [...alarms.values()].filter(({ Namespace }) => Namespace === 'Atelier');

  test('is a metric that a function of this deployment writes, under the names that it writes', () => {
    const written = new Map<string, HouseMetric>(
      Object.values(metrics).map((metric) => [metric.name, metric]),
    );
    expect(ofHouse().length).toBeGreaterThan(8);
    for (const { MetricName, Dimensions } of ofHouse()) {
      const metric = written.get(MetricName ?? '');
      expect(Dimensions).toEqual([{ Name: 'service', Value: metric?.service }]);
    }
    for (const name of ['payer', 'poll', 'deliver', 'reconciler', 'auditor']) {
      const lambda = theNamed(assembly.service, 'AWS::Lambda::Function', `${name}Function`);
      expect(lambda.Properties.Environment).toMatchObject({ Variables: { METRICS_NAMESPACE: 'Atelier' } });
    }
  });

  test('ends of jobs are counted under the names of their events', () => {
    for (const [status, detailType] of Object.entries(detailTypes))
      expect(metrics[status as keyof typeof detailTypes]).toMatchObject({
        name: detailType,
        service: 'jobs',
      });
  });

  test('or one that AWS counts for a resource of these stacks', () => {
    const dimensionsOf = ({ Dimensions = [], Metrics = [] }: AlarmProperties): string[] =>
      [...Dimensions, ...Metrics.flatMap(({ MetricStat }) => MetricStat?.Metric.Dimensions ?? [])].map(
        ({ Name, Value }) => `${Name} ${writeOut(Value, assembly)}`,
      );
    const others = [...alarms].filter(([, alarm]) => alarm.Namespace !== 'Atelier');
    expect(Object.fromEntries(others.map(([name, alarm]) => [name, dimensionsOf(alarm)]))).toEqual({
      DeadLetters: [
        'QueueName PaymentDeadLetters.QueueName',
        'QueueName RequestDeadLetters.QueueName',
        'QueueName ManifestDeadLetters.QueueName',
        'QueueName ArrivalDeadLetters.QueueName',
      ],
      PaymentsWaiting: ['QueueName Payments.QueueName'],
      ManifestsWaiting: ['QueueName Payments.QueueName'],
      SweeperSilent: ['FunctionName sweeperFunction', 'FunctionName sweeperFunction'],
      ApiFailing: ['ApiId Api'],
    });
    // Whatever queue has dead letters is among them.
    const queues = [
      ...ofType(assembly.keep, 'AWS::SQS::Queue'),
      ...ofType(assembly.service, 'AWS::SQS::Queue'),
    ];
    const dead = queues
      .map(([logicalId]) => nameOf(logicalId))
      .filter((name) => name.endsWith('DeadLetters'));
    expect(dead).toHaveLength(4);
  });

  test.each([
    ['ChainUnexplained', { Threshold: 1, EvaluationPeriods: 1, Statistic: 'Maximum' }],
    ['ChainUnread', { Threshold: 1, EvaluationPeriods: 4, TreatMissingData: 'breaching' }],
    ['OldestAuthorization', { Threshold: 3600, EvaluationPeriods: 1 }],
    ['UnknownPayments', { Threshold: 5, EvaluationPeriods: 2 }],
    ['PaidNotDelivered', { Threshold: 1, Statistic: 'Sum', TreatMissingData: 'notBreaching' }],
    ['ResultHeld', { Threshold: 1, Statistic: 'Sum', TreatMissingData: 'notBreaching' }],
    ['ResultQuarantined', { Threshold: 1, Statistic: 'Sum', TreatMissingData: 'notBreaching' }],
    ['PayeesStopped', { Threshold: 1 }],
    ['WalletBalance', { Threshold: 12.5, Statistic: 'Minimum', ComparisonOperator: 'LessThanThreshold' }],
    ['BudgetUsed', { Threshold: 90 }],
    ['DeadLetters', { Threshold: 1 }],
    ['PaymentsWaiting', { Threshold: 900, MetricName: 'ApproximateAgeOfOldestMessageInQuietGroups' }],
    ['ManifestsWaiting', { Threshold: 1500, MetricName: 'ApproximateAgeOfOldestMessage' }],
    [
      'SweeperSilent',
      { Threshold: 1, ComparisonOperator: 'LessThanThreshold', TreatMissingData: 'breaching' },
    ],
    ['ApiFailing', { Threshold: 5, Statistic: 'Sum' }],
    ['CatalogueDrift', { Threshold: 1, Period: 86_400, TreatMissingData: 'ignore' }],
    ['CatalogueUnreadable', { Threshold: 1, Period: 86_400, EvaluationPeriods: 2 }],
  ])('%s rings at %j, and tells the topic of the settings', (name, expected) => {
    expect(alarms.get(name)).toMatchObject(expected);
    expect(alarms.get(name)).toMatchObject({ AlarmActions: [topicArn], OKActions: [topicArn] });
  });

  test('without a topic nobody is told, and everything is watched all the same', () => {
    using quiet = synthesiseAside(shipped);
    const silent = ofType(quiet.service, 'AWS::CloudWatch::Alarm');
    expect(silent).toHaveLength(alarms.size);
    for (const [, { Properties: properties }] of silent)
      expect(properties).not.toHaveProperty('AlarmActions');
  });
});

test('one dashboard shows what people ask', () => {
  const { DashboardBody, DashboardName } = theOne(assembly.service, 'AWS::CloudWatch::Dashboard').Properties;
  expect(writeOut(DashboardName, assembly)).toBe('Atelier-AWS::Region');
  const body = writeOut(DashboardBody, assembly);
  const { widgets } = JSON.parse(body) as { widgets: { type: string; properties: { title: string } }[] };
  expect(widgets.map(({ properties }) => properties.title)).toEqual([
    'What to act on',
    'Jobs by their end',
    'Time to picture (s)',
    'Paid, not delivered',
    'Spent and held today, and the budget ($)',
    'Wallet ($)',
    'Live authorizations',
    'Dead letters',
    'The oldest job in the payment queue (s)',
    'Price drift: places where the seller differs from the catalogue',
  ]);
  // Whatever is counted is shown, or rings.
  for (const { name } of Object.values(metrics))
    expect(body.includes(`"${name}"`) || alarms.has(name)).toBe(true);
});

test('the auditor comes every day', () => {
  const { Properties: rule } = theNamed(assembly.service, 'AWS::Events::Rule', 'EveryDay');
  expect(rule).toMatchObject({ ScheduleExpression: 'rate(1 day)', State: 'ENABLED' });
  const targets = rule.Targets as { Arn: unknown }[];
  expect(targets.map(({ Arn }) => writeOut(Arn, assembly))).toEqual(['auditorFunction.Arn']);
});
