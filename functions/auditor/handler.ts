import { readEnvironment } from '../../shared/contracts/environment.ts';
import { readApiDescription } from '../../shared/seller/api-description.ts';
import { loggerOf } from '../logger.ts';
import { readingsOf } from '../write-readings.ts';
import { audit } from './audit.ts';

const environment = readEnvironment('auditor', process.env);
const logger = loggerOf('auditor');
const write = readingsOf(environment.METRICS_NAMESPACE, 'auditor');

/** Every day. */
export async function handler(): Promise<void> {
  await audit({
    describe: () => readApiDescription(environment.SELLER.origin),
    count: (readings) => write(readings),
    warn: (message, fields) => logger.warn(message, { ...fields }),
  });
}
