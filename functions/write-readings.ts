import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { HouseMetric, Reading } from '../shared/contracts/metrics.ts';

const units = {
  Count: MetricUnit.Count,
  Seconds: MetricUnit.Seconds,
  Percent: MetricUnit.Percent,
  None: MetricUnit.NoUnit,
} as const;

/**
 * Writes readings of one service, as a line of the log that CloudWatch takes its metrics from (embedded metric format).
 * @param namespace the deployment's name
 * @returns takes the readings of one look, and what the line is to say beside them, such as a job's id
 */
export function readingsOf(
  namespace: string,
  service: HouseMetric['service'],
): (readings: readonly Reading[], beside?: Readonly<Record<string, string>>) => void {
  const counted = new Metrics({ namespace, serviceName: service });
  return (readings, beside = {}) => {
    if (readings.length === 0) return;
    for (const [name, value] of Object.entries(beside)) counted.addMetadata(name, value);
    for (const [metric, value] of readings) counted.addMetric(metric.name, units[metric.unit], value);
    counted.publishStoredMetrics();
  };
}
