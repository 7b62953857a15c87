import { ledgerIn } from '../../shared/aws/dynamodb.ts';
import { resultHostsIn } from '../../shared/aws/dynamodb-hosts.ts';
import { announcementsOn } from '../../shared/aws/eventbridge.ts';
import { assetsIn } from '../../shared/aws/s3-assets.ts';
import { filesIn } from '../../shared/aws/s3-files.ts';
import { readEnvironment } from '../../shared/contracts/environment.ts';
import { taskInputSchema } from '../../shared/contracts/workflow.ts';
import { download } from '../../shared/seller/download.ts';
import { endReadings } from '../end-readings.ts';
import { loggerOf } from '../logger.ts';
import { readingsOf } from '../write-readings.ts';
import { type Deliverer, deliver } from './deliver.ts';

const environment = readEnvironment('deliver', process.env);
const logger = loggerOf('deliver');
const write = readingsOf(environment.METRICS_NAMESPACE, 'jobs');

const hosts = resultHostsIn(environment.TABLE_NAME);

const deliverer: Deliverer = {
  ledger: ledgerIn(environment.TABLE_NAME),
  assets: assetsIn(environment.BUCKET_NAME),
  announcements: announcementsOn(environment.EVENT_BUS_NAME),
  hosts,
  download: (url, bounds) =>
    download(url, { ...bounds, pin: environment.SELLER.pictureOrigins, isAllowed: hosts.isAllowed }),
  count: (readings, jobId) => write(readings, { jobId }),
  files: filesIn(),
  bucketName: environment.BUCKET_NAME,
  watch: (job, announced) => write(endReadings(job, announced), { jobId: job.jobId }),
  timings: environment.TIMINGS,
  clock: Date.now,
};

/** Task of the workflow: handles a stranger's bytes, and has no key to sign with. */
export async function handler(input: unknown): Promise<void> {
  const { jobId } = taskInputSchema.parse(input);
  try {
    await deliver(deliverer, jobId);
    logger.info('ended', { jobId });
  } catch (error) {
    const { name, message } = error as Error;
    logger.warn('not delivered', { jobId, error: { name, message } });
    throw error;
  }
}
