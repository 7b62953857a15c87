import { Logger } from '@aws-lambda-powertools/logger';
import { ledgerIn } from '../../shared/aws/dynamodb.ts';
import { paymentQueueAt } from '../../shared/aws/sqs.ts';
import { readEnvironment } from '../../shared/contracts/environment.ts';
import { sweep } from './sweep.ts';

const environment = readEnvironment('sweeper', process.env);
const logger = new Logger({ serviceName: 'sweeper' });
const ports = {
  ledger: ledgerIn(environment.TABLE_NAME),
  queue: paymentQueueAt(environment.QUEUE_URL),
  timings: environment.TIMINGS,
  clock: Date.now,
};

/** Every minute. */
export async function handler(): Promise<void> {
  const requeued = await sweep(ports);
  if (requeued > 0) logger.info('re-queued', { requeued });
}
