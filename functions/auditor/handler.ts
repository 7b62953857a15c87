import { Logger } from '@aws-lambda-powertools/logger';
import { readEnvironment } from '../../shared/contracts/environment.ts';
import { readApiDescription } from '../../shared/seller/api-description.ts';
import { readingsOf } from '../write-readings.ts';
import { audit } from './audit.ts';

const environment = readEnvironment('auditor', process.env);
const logger = new Logger({ serviceName: 'auditor' });
const write = readingsOf(environment.METRICS_NAMESPACE, 'auditor');

/** Every day. */
export async function handler(): Promise<void> {
  await audit({
    describe: () => readApiDescription(environment.SELLER.origin),
    count: (readings) => write(readings),
    warn: (message, fields) => logger.warn(message, { ...fields }),
  });
}
