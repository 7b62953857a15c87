import { randomUUID } from 'node:crypto';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { ledgerIn } from '../../shared/aws/dynamodb.ts';
import { controlIn } from '../../shared/aws/dynamodb-control.ts';
import { manifestsIn } from '../../shared/aws/dynamodb-manifests.ts';
import { callerUploadsIn } from '../../shared/aws/dynamodb-uploads.ts';
import { noticesOn } from '../../shared/aws/eventbridge.ts';
import { inboxIn, manifestFilesIn } from '../../shared/aws/s3-manifests.ts';
import { paymentQueueAt } from '../../shared/aws/sqs.ts';
import { readEnvironment } from '../../shared/contracts/environment.ts';
import { arrivalsSchema, manifestMessageSchema } from '../../shared/contracts/manifest.ts';
import { knownOrigins } from '../../shared/core/policy.ts';
import { loggerOf } from '../logger.ts';
import { type Heard, hearManifests } from './hear-manifest.ts';
import type { ManifestDesk } from './manifest-desk.ts';
import { receiveManifest } from './receive-manifest.ts';

const environment = readEnvironment('manifest', process.env);
const logger = loggerOf('manifest');
const clock = Date.now;

const desk: ManifestDesk = {
  ledger: ledgerIn(environment.TABLE_NAME),
  manifests: manifestsIn(environment.TABLE_NAME),
  uploads: callerUploadsIn(environment.TABLE_NAME),
  inbox: inboxIn(environment.INBOX_NAME),
  inboxName: environment.INBOX_NAME,
  files: manifestFilesIn(environment.BUCKET_NAME),
  bucketName: environment.BUCKET_NAME,
  referenceBuckets: environment.REFERENCE_BUCKETS,
  knownOrigins: knownOrigins(environment.SELLER),
  queue: paymentQueueAt(environment.QUEUE_URL),
  notices: noticesOn(environment.EVENT_BUS_NAME),
  policy: environment.SELLER,
  control: controlIn(environment.TABLE_NAME),
  limits: environment.LIMITS,
  ceilingAtomic: BigInt(environment.CEILING_ATOMIC),
  timings: environment.TIMINGS,
  clock,
  newId: randomUUID,
  warn: (message, fields) => logger.warn(message, fields),
};

/**
 * SQS, partial batch responses, from two queues: of what S3 put, and of what became of it. Which is which tells the
 * queue, not the message: only S3 can write into the first.
 */
export async function handler(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  const endsAt = clock() + context.getRemainingTimeInMillis();
  const failed: string[] = [];
  const heard: Heard[] = [];
  for (const record of event.Records) {
    try {
      if (record.eventSourceARN === environment.ARRIVALS_ARN) await receive(record, endsAt);
      else heard.push(read(record));
    } catch (error) {
      const { name, message } = error as Error;
      logger.error('failed', { messageId: record.messageId, error: { name, message } });
      failed.push(record.messageId);
    }
  }
  failed.push(...(await hearManifests(desk, heard, endsAt)));
  for (const { message } of heard)
    if ('detail' in message)
      logger.info('heard', { jobId: message.detail.jobId, manifestId: message.detail.manifest.id });
  return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
}

async function receive({ body }: SQSRecord, endsAt: number): Promise<void> {
  const arrivals = arrivalsSchema.parse(JSON.parse(body));
  // S3 sends one to try the queue, when the notification is set.
  if ('Event' in arrivals) return;
  for (const { userIdentity, s3 } of arrivals.Records) {
    const { principalId } = userIdentity;
    const { bucket, object } = s3;
    await receiveManifest(
      desk,
      { principalId, bucket: bucket.name, encodedKey: object.key, etag: object.eTag },
      endsAt,
    );
  }
}

const read = ({ messageId, body }: SQSRecord): Heard => ({
  messageId,
  message: manifestMessageSchema.parse(JSON.parse(body)),
});
