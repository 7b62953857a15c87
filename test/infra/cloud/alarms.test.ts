import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { metrics } from '../../../shared/contracts/metrics.ts';
import {
  type Assembly,
  ofType,
  type Properties,
  shipped,
  synthesiseAside,
  theNamed,
  writeOut,
} from './synthesised.ts';

let assembly: Assembly;
let alarms: Properties[];
beforeAll(() => {
  assembly = synthesiseAside({ ...shipped, name: 'Atelier' });
  alarms = ofType(assembly.service, 'AWS::CloudWatch::Alarm').map(
    ([, { Properties: properties }]) => properties,
  );
});
afterAll(() => assembly?.[Symbol.dispose]());

const runbook = readFileSync(join(import.meta.dirname, '../../../infra/runbook.md'), 'utf8');
const headings = [...runbook.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);

test('every alarm has a heading in the runbook, and every heading an alarm', () => {
  const names = alarms.map(({ AlarmName }) => AlarmName);
  expect(names).toEqual(headings.map((heading) => `Atelier-${heading}`));
  for (const { AlarmName, AlarmDescription } of alarms)
    expect(AlarmDescription).toContain(
      `What to do: infra/runbook.md, "${String(AlarmName).replace('Atelier-', '')}"`,
    );
});

test('the runbook tells of commands that there are', () => {
  const commands = [...runbook.matchAll(/`npx coinbooth ([a-z]+) ([a-z]+)/g)].map(([, ...words]) =>
    words.join(' '),
  );
  expect(new Set(commands)).toEqual(new Set(['catalogue check']));
});

describe('an alarm', () => {
  test('watches a metric that a function of this deployment counts', () => {
    const counted = new Map<unknown, string>(
      Object.values(metrics).map(({ name, service }) => [name, service]),
    );
    for (const { Namespace, MetricName, Dimensions, Statistic } of alarms) {
      expect(Namespace).toBe('Atelier');
      expect(Dimensions).toEqual([{ Name: 'service', Value: counted.get(MetricName) }]);
      expect(Statistic).toBe('Maximum');
      const lambda = theNamed(
        assembly.service,
        'AWS::Lambda::Function',
        `${counted.get(MetricName)}Function`,
      );
      expect(lambda.Properties.Environment).toMatchObject({ Variables: { METRICS_NAMESPACE: 'Atelier' } });
    }
    expect(alarms.map(({ MetricName }) => MetricName)).toEqual([...counted.keys()]);
  });

  test('rings at the first reading that is not well, and not before there is one', () => {
    for (const alarm of alarms)
      expect(alarm).toMatchObject({
        Threshold: 1,
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        TreatMissingData: 'ignore',
      });
  });
});

test('the auditor comes every day', () => {
  const { Properties: rule } = theNamed(assembly.service, 'AWS::Events::Rule', 'EveryDay');
  expect(rule).toMatchObject({ ScheduleExpression: 'rate(1 day)', State: 'ENABLED' });
  const targets = rule.Targets as { Arn: unknown }[];
  expect(targets.map(({ Arn }) => writeOut(Arn, assembly))).toEqual(['auditorFunction.Arn']);
});
