import { randomUUID } from 'node:crypto';
import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { ledgerIn } from '../../shared/aws/dynamodb.ts';
import { callerUploadsIn } from '../../shared/aws/dynamodb-uploads.ts';
import { noticesOn } from '../../shared/aws/eventbridge.ts';
import { paymentQueueAt } from '../../shared/aws/sqs.ts';
import { readEnvironment } from '../../shared/contracts/environment.ts';
import { CoinboothError } from '../../shared/core/errors.ts';
import { knownOrigins } from '../../shared/core/policy.ts';
import { loggerOf } from '../logger.ts';
import { callerOfSender } from './caller-of-principal.ts';
import { type RequestDoor, takeRequest } from './take-request.ts';

const environment = readEnvironment('requests', process.env);
const logger = loggerOf('requests');

const door: RequestDoor = {
  ledger: ledgerIn(environment.TABLE_NAME),
  uploads: callerUploadsIn(environment.TABLE_NAME),
  bucketName: environment.BUCKET_NAME,
  referenceBuckets: environment.REFERENCE_BUCKETS,
  knownOrigins: knownOrigins(environment.SELLER),
  queue: paymentQueueAt(environment.QUEUE_URL),
  notices: noticesOn(environment.EVENT_BUS_NAME),
  timings: environment.TIMINGS,
  clock: Date.now,
  newId: randomUUID,
  warn: (message, fields) => logger.warn(message, fields),
};

/** SQS, partial batch responses. A request that is refused is done with; only trouble of ours brings one back. */
export async function handler(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  const processor = new BatchProcessor(EventType.SQS);
  const one = async ({ messageId, body, attributes, messageAttributes = {} }: SQSRecord): Promise<void> => {
    try {
      const caller = callerOfSender(attributes.SenderId);
      if (caller === undefined) throw new CoinboothError('Defect', 'The message has no sender.');
      const jobId = await takeRequest(door, {
        messageId,
        caller,
        body,
        attributes: Object.keys(messageAttributes),
      });
      logger.info(jobId === undefined ? 'refused' : 'taken', { messageId, jobId });
    } catch (error) {
      const { name, message } = error as Error;
      logger.error('failed', { messageId, error: { name, message } });
      throw error;
    }
  };
  return processPartialResponse(event, one, processor, { context, throwOnFullBatchFailure: false });
}
