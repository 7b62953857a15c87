import { setTimeout as sleep } from 'node:timers/promises';
import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { ledgerIn } from '../../shared/aws/dynamodb.ts';
import { controlIn } from '../../shared/aws/dynamodb-control.ts';
import { headersIn } from '../../shared/aws/dynamodb-headers.ts';
import { modelTimesIn } from '../../shared/aws/dynamodb-times.ts';
import { callerUploadsIn } from '../../shared/aws/dynamodb-uploads.ts';
import { announcementsOn } from '../../shared/aws/eventbridge.ts';
import { earlierWallets, walletOf } from '../../shared/aws/kms.ts';
import type { FileStore } from '../../shared/aws/s3-files.ts';
import { workflowsOf } from '../../shared/aws/sfn.ts';
import { paymentQueueAt } from '../../shared/aws/sqs.ts';
import { readEnvironment } from '../../shared/contracts/environment.ts';
import { paymentMessageSchema } from '../../shared/contracts/message.ts';
import { knownOrigins, paidAssets, railsOf } from '../../shared/core/policy.ts';
import { payFirst } from '../../shared/seller/pay-first.ts';
import { sellerAt } from '../../shared/seller/seller.ts';
import { derivedId } from '../derived-id.ts';
import { endReadings } from '../end-readings.ts';
import { knownTimes } from '../known-times.ts';
import { loggerOf } from '../logger.ts';
import { readingsOf } from '../write-readings.ts';
import { eraseHeaders } from './erase-headers.ts';
import { pay } from './pay.ts';
import type { Payer } from './payer.ts';

const environment = readEnvironment('payer', process.env);
const logger = loggerOf('payer');
const write = readingsOf(environment.METRICS_NAMESPACE, 'jobs');
const queue = paymentQueueAt(environment.QUEUE_URL);
const paysOnTempo = railsOf(environment.SELLER).includes('tempo');
const wallet = await walletOf(environment.KEY_ID, undefined, { paysOnTempo });
const clock = Date.now;

/** Few requests name files of ours: what reads them is a sixth of this function, and is loaded with the first. */
let files: FileStore | undefined;
const readFile: FileStore['read'] = async (...where) => {
  files ??= (await import('../../shared/aws/s3-files.ts')).filesIn();
  return files.read(...where);
};

const payer: Payer = {
  ledger: ledgerIn(environment.TABLE_NAME, undefined, environment.HEADERS_TABLE_NAME),
  headers: headersIn(environment.HEADERS_TABLE_NAME),
  seller: payFirst(
    sellerAt(
      environment.SELLER.origin,
      paidAssets(environment.SELLER).map(({ network }) => network),
      wallet,
      clock,
      earlierWallets(environment.EARLIER_KEY_IDS),
    ),
    environment.QUOTE_SECONDS,
    clock,
  ),
  files: { read: readFile },
  uploads: callerUploadsIn(environment.TABLE_NAME),
  uploadId: (sha256, edition) =>
    derivedId('upload', wallet.address, environment.SELLER.origin, sha256, String(edition)),
  referenceBuckets: environment.REFERENCE_BUCKETS,
  knownOrigins: knownOrigins(environment.SELLER),
  control: controlIn(environment.TABLE_NAME),
  limits: environment.LIMITS,
  treasuries: environment.TREASURY,
  readsChain: (network) => environment.CHAINS[network] !== undefined,
  wallet,
  ...(paysOnTempo && {
    async signCharge(frozen, charge, purchase) {
      const { chargeCredential } = await import('../../shared/protocol/mpp-credential.ts');
      return chargeCredential(wallet, frozen, charge, purchase);
    },
  }),
  keyId: environment.KEY_ID,
  workflows: workflowsOf(environment.WORKFLOW_ARNS),
  timesOf: knownTimes(modelTimesIn(environment.TABLE_NAME), clock),
  announcements: announcementsOn(environment.EVENT_BUS_NAME),
  bucketName: environment.BUCKET_NAME,
  watch: (job, announced) => write(endReadings(job, announced), { jobId: job.jobId }),
  deployment: environment.DEPLOYMENT,
  policy: environment.SELLER,
  timings: environment.TIMINGS,
  clock,
  sleep: (milliseconds) => sleep(milliseconds),
};

/** SQS, partial batch responses: a message that fails comes back, its neighbours do not. */
export async function handler(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  const endsAt = clock() + context.getRemainingTimeInMillis();
  const processor = new BatchProcessor(EventType.SQS);
  const one = async (record: SQSRecord): Promise<void> => {
    const beforeSending = () =>
      queue.hide(record.receiptHandle, Math.ceil(Math.max(endsAt - clock(), 0) / 1000) + 5);
    let jobId = 'unknown';
    try {
      const message = paymentMessageSchema.parse(JSON.parse(record.body));
      if ('erase' in message) {
        const erased = await eraseHeaders(payer, message.erase);
        return void logger.info('erased signed headers', { asked: message.erase.length, erased });
      }
      jobId = message.jobId;
      const job = await pay(payer, jobId, { endsAt, beforeSending });
      const { sends, lookups, evidence } = job?.purchase ?? {};
      logger.info('put down', { jobId, status: job?.status ?? 'unknown', sends, lookups, evidence });
    } catch (error) {
      const { name, message } = error as Error;
      logger.error('failed', { jobId, messageId: record.messageId, error: { name, message } });
      throw error;
    }
  };
  return processPartialResponse(event, one, processor, { context, throwOnFullBatchFailure: false });
}
