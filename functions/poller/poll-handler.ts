import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from 'aws-lambda';
import { ledgerIn } from '../../shared/aws/dynamodb.ts';
import { modelTimesIn } from '../../shared/aws/dynamodb-times.ts';
import { announcementsOn } from '../../shared/aws/eventbridge.ts';
import { earlierWallets, walletOf } from '../../shared/aws/kms.ts';
import { readEnvironment } from '../../shared/contracts/environment.ts';
import { taskInputSchema } from '../../shared/contracts/workflow.ts';
import { paidAssets } from '../../shared/core/policy.ts';
import { sellerAt } from '../../shared/seller/seller.ts';
import { endReadings } from '../end-readings.ts';
import { knownTimes } from '../known-times.ts';
import { loggerOf } from '../logger.ts';
import { readingsOf } from '../write-readings.ts';
import { type Poller, poll } from './poll.ts';

const environment = readEnvironment('poll', process.env);
const logger = loggerOf('poll');
const write = readingsOf(environment.METRICS_NAMESPACE, 'jobs');
const wallet = await walletOf(environment.KEY_ID);
const clock = Date.now;

const poller: Poller = {
  ledger: ledgerIn(environment.TABLE_NAME),
  seller: sellerAt(
    environment.SELLER.origin,
    paidAssets(environment.SELLER).map(({ network }) => network),
    wallet,
    clock,
    earlierWallets(environment.EARLIER_KEY_IDS),
  ),
  announcements: announcementsOn(environment.EVENT_BUS_NAME),
  inlineResults: {
    // Few results come inline: the S3 client is loaded with the first.
    async put(...result) {
      const { inlineResultsIn } = await import('../../shared/aws/s3-inline.ts');
      return inlineResultsIn(environment.BUCKET_NAME).put(...result);
    },
  },
  bucketName: environment.BUCKET_NAME,
  timesOf: knownTimes(modelTimesIn(environment.TABLE_NAME), clock),
  watch: (job, announced) => write(endReadings(job, announced), { jobId: job.jobId }),
  timings: environment.TIMINGS,
  clock,
  sleep: (milliseconds) => sleep(milliseconds),
};

/** Task of the workflow: ends when the result is finished, or with the name of why not. */
export async function handler(input: unknown, context: Context): Promise<void> {
  const { jobId, startedAt } = taskInputSchema.parse(input);
  try {
    await poll(poller, jobId, { startedAt, endsAt: clock() + context.getRemainingTimeInMillis() });
    logger.info('seen', { jobId });
  } catch (error) {
    const { name, message } = error as Error;
    // That it takes its time is no trouble.
    const level = name.startsWith('StillRunning') || name === 'RunOver' ? 'info' : 'warn';
    logger[level]('not seen', { jobId, error: { name, message } });
    throw error;
  }
}
