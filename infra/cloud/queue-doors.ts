import { Duration } from 'aws-cdk-lib';
import { type EventBus, Match, Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { inboxPrefix } from '../../functions/intake/manifest-desk.ts';
import { requestIndex } from '../../shared/aws/dynamodb-indexes.ts';
import type { FunctionName } from '../../shared/contracts/environment.ts';
import { detailTypes, eventSource } from '../../shared/contracts/event.ts';
import { type HouseFunction, rows } from './house-function.ts';
import { type CoinboothKeep, manifestSeconds } from './keep.ts';
import { queueBefore, receiveActions } from './queue-before.ts';
import type { Settings } from './settings.ts';

/** What the requests function may take. */
const requestSeconds = 30;

interface Behind {
  readonly keep: CoinboothKeep;
  readonly settings: Settings;
  readonly house: <Name extends FunctionName>(
    name: Name,
    memoryMb: number,
    timeoutSeconds: number,
  ) => HouseFunction<Name>;
  readonly bus: EventBus;
  readonly payments: Queue;
}

/**
 * The two doors that nobody waits at: a queue of requests, and an inbox of manifests. Both functions write jobs and put
 * them on the payment queue, as the HTTP door does.
 * @returns the queue that requests are sent to, the one by which manifests are looked at again, and where the messages
 *   of both go that fail for good
 */
export function openDoors(
  scope: Construct,
  { keep, settings, house, bus, payments }: Behind,
): { requestQueue: Queue; manifestQueue: Queue; deadLetters: readonly Queue[] } {
  const { tableName, tableArn } = keep.table;
  const send = { actions: ['sqs:SendMessage'], resources: [payments.queueArn] };
  const put = { actions: ['events:PutEvents'], resources: [bus.eventBusArn] };

  // The second door: a queue for whoever may send to it.
  const { queue: requestQueue, deadLetters: deadRequests } = queueBefore(scope, 'Request', requestSeconds);
  const sameRequest = {
    actions: ['dynamodb:Query'],
    resources: [`${tableArn}/index/${requestIndex.name}`],
  };
  const requests = house('requests', 512, requestSeconds)
    .bind(
      'TABLE_NAME',
      tableName,
      rows(tableArn, ['GetItem', 'PutItem'], ['JOB', 'IDEMPOTENCY', 'UPLOAD']),
      sameRequest,
    )
    .bind('QUEUE_URL', payments.queueUrl, send)
    .bind('BUCKET_NAME', keep.pictures.bucketName)
    .bind('EVENT_BUS_NAME', bus.eventBusName, put)
    .bind('REFERENCE_BUCKETS', JSON.stringify(settings.references.buckets))
    .bind('SELLER', JSON.stringify(settings.seller))
    .bind('TIMINGS', JSON.stringify(settings.timings));
  requests.allow({ actions: receiveActions, resources: [requestQueue.queueArn] });
  requests.lambda.addEventSource(
    new SqsEventSource(requestQueue, { batchSize: 10, reportBatchItemFailures: true, maxConcurrency: 10 }),
  );

  // The third door: files in the inbox; and what becomes of their lines.
  const { queue: manifestQueue, deadLetters: deadEnds } = queueBefore(scope, 'Manifest', manifestSeconds);
  new Rule(scope, 'ManifestJobEnded', {
    eventBus: bus,
    eventPattern: {
      source: [eventSource],
      detailType: Object.values(detailTypes),
      detail: { manifest: { id: Match.exists() } },
    },
    targets: [new SqsQueue(manifestQueue)],
  });
  const manifest = house('manifest', 1024, manifestSeconds)
    .bind(
      'TABLE_NAME',
      tableName,
      rows(tableArn, ['GetItem', 'PutItem'], ['JOB', 'MANIFEST']),
      rows(tableArn, ['GetItem'], ['UPLOAD', 'CONTROL', 'BUDGET']),
      sameRequest,
    )
    .bind('QUEUE_URL', payments.queueUrl, send)
    .bind('INBOX_NAME', keep.inbox.bucketName, {
      actions: ['s3:GetObject'],
      resources: [`${keep.inbox.bucketArn}/${inboxPrefix}*`],
      wide: 'What callers drop there has names of theirs.',
    })
    .bind('ARRIVALS_ARN', keep.arrivals.queueArn, {
      actions: receiveActions,
      resources: [keep.arrivals.queueArn, manifestQueue.queueArn],
    })
    .bind(
      'BUCKET_NAME',
      keep.pictures.bucketName,
      {
        actions: ['s3:GetObject', 's3:PutObject'],
        resources: [`${keep.pictures.bucketArn}/manifests/*`],
        wide: 'A plan is named after its manifest, whose id is not known before.',
      },
      {
        actions: ['s3:PutObject'],
        resources: [`${keep.pictures.bucketArn}/results/*`],
        wide: 'Results are named after their manifest and line.',
      },
    )
    .bind('EVENT_BUS_NAME', bus.eventBusName, put)
    .bind('CEILING_ATOMIC', String(Math.round(settings.manifests.ceilingUsd * 1_000_000)))
    .bind('REFERENCE_BUCKETS', JSON.stringify(settings.references.buckets))
    .bind('LIMITS', JSON.stringify(settings.budgets))
    .bind('SELLER', JSON.stringify(settings.seller))
    .bind('TIMINGS', JSON.stringify(settings.timings));
  // One at a time: a manifest may take all of an invocation's time.
  manifest.lambda.addEventSource(
    new SqsEventSource(keep.arrivals, { batchSize: 1, reportBatchItemFailures: true, maxConcurrency: 5 }),
  );
  // Ends come in swarms; each manifest among them is looked at once for all of them.
  manifest.lambda.addEventSource(
    new SqsEventSource(manifestQueue, {
      batchSize: 10,
      maxBatchingWindow: Duration.seconds(2),
      reportBatchItemFailures: true,
      maxConcurrency: 5,
    }),
  );
  return { requestQueue, manifestQueue, deadLetters: [deadRequests, deadEnds] };
}
