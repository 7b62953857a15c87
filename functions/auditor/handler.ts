import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { readEnvironment } from '../../shared/contracts/environment.ts';
import { metrics } from '../../shared/contracts/metrics.ts';
import { readApiDescription } from '../../shared/seller/api-description.ts';
import { audit } from './audit.ts';

const environment = readEnvironment('auditor', process.env);
const { service: serviceName } = metrics.catalogueDrift;
const logger = new Logger({ serviceName });
const counted = new Metrics({ namespace: environment.METRICS_NAMESPACE, serviceName });

/** Every day. */
export async function handler(): Promise<void> {
  await audit({
    describe: () => readApiDescription(environment.SELLER.origin),
    count: (metric, value) => void counted.addMetric(metric, MetricUnit.Count, value),
    warn: (message, fields) => logger.warn(message, { ...fields }),
  });
  counted.publishStoredMetrics();
}
