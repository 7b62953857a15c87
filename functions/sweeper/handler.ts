import { ledgerIn } from '../../shared/aws/dynamodb.ts';
import { manifestsIn } from '../../shared/aws/dynamodb-manifests.ts';
import { manifestQueueAt, paymentQueueAt } from '../../shared/aws/sqs.ts';
import { readEnvironment } from '../../shared/contracts/environment.ts';
import { loggerOf } from '../logger.ts';
import { sweep } from './sweep.ts';
import { sweepManifests } from './sweep-manifests.ts';

const environment = readEnvironment('sweeper', process.env);
const logger = loggerOf('sweeper');
const ports = {
  ledger: ledgerIn(environment.TABLE_NAME),
  manifests: manifestsIn(environment.TABLE_NAME),
  queue: paymentQueueAt(environment.QUEUE_URL),
  manifestQueue: manifestQueueAt(environment.MANIFEST_QUEUE_URL),
  timings: environment.TIMINGS,
  clock: Date.now,
};

/** Every minute. */
export async function handler(): Promise<void> {
  const [jobs, manifests] = await Promise.allSettled([sweep(ports), sweepManifests(ports)]);
  for (const outcome of [jobs, manifests]) if (outcome.status === 'rejected') throw outcome.reason;
  const [requeued, woken] = [jobs, manifests].map((outcome) => 'value' in outcome && outcome.value);
  if (requeued || woken) logger.info('re-queued', { requeued, manifests: woken });
}
