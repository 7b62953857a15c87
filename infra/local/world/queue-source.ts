import type { SqsMessage } from '../aws/fauxqs-engine.ts';
import type { QueuesAndBuckets, ReceivedMessage } from '../aws/queues-and-buckets.ts';
import type { FunctionSettings } from './function-settings.ts';
import type { LambdaRuntime } from './lambda-runtime.ts';

export type QueueSourceSettings = {
  readonly queueName: string;
  readonly queueArn: string;
  readonly target: FunctionSettings;
  readonly batchSize: number;
  readonly reportsBatchItemFailures: boolean;
  /** ScalingConfig.MaximumConcurrency; undefined means as many as the function may have. */
  readonly maximumConcurrency: number | undefined;
  readonly region: string;
};

const POLL_SECONDS = 20;

type RawAttribute = { StringValue?: string; BinaryValue?: string; DataType: string };

function recordOf(
  received: ReceivedMessage,
  settings: QueueSourceSettings,
  queues: QueuesAndBuckets,
): unknown {
  const { message, receiptHandle } = received;
  const attributes = message.messageAttributes as Record<string, RawAttribute>;
  return {
    messageId: message.messageId,
    receiptHandle,
    body: message.body,
    attributes: queues.systemAttributes(message),
    messageAttributes: Object.fromEntries(
      Object.entries(attributes).map(([name, { StringValue, BinaryValue, DataType }]) => [
        name,
        {
          ...(StringValue === undefined ? {} : { stringValue: StringValue }),
          ...(BinaryValue === undefined ? {} : { binaryValue: BinaryValue }),
          stringListValues: [],
          binaryListValues: [],
          dataType: DataType,
        },
      ]),
    ),
    md5OfBody: message.md5OfBody,
    eventSource: 'aws:sqs',
    eventSourceARN: settings.queueArn,
    awsRegion: settings.region,
  };
}

/**
 * The message ids that stay in the queue after a successful invocation, or `'all'`.
 *
 * Lambda developer guide, "Partial batch responses": no failures when the response is empty or null; an item without a
 * valid identifier makes the whole batch fail.
 */
export function failedItems(
  payload: unknown,
  messages: readonly Pick<SqsMessage, 'messageId'>[],
): 'all' | string[] {
  if (payload === null || payload === undefined || payload === '') return [];
  const failures = (payload as { batchItemFailures?: unknown }).batchItemFailures;
  if (failures === null || failures === undefined) return [];
  if (!Array.isArray(failures)) return 'all';
  const ids = failures.map((failure) => (failure as { itemIdentifier?: unknown }).itemIdentifier);
  const known = ids.every((id) => messages.some((message) => message.messageId === id));
  return known ? ids.map(String) : 'all';
}

/**
 * Runs an SQS event source mapping: as many pollers as the function may have invocations, each long-polling, invoking
 * and deleting what succeeded. What failed is left alone: it comes back after the queue's visibility time-out.
 */
export function startQueueSource(
  settings: QueueSourceSettings,
  queues: QueuesAndBuckets,
  runtime: LambdaRuntime,
): { stop(): void; readonly stopped: Promise<void> } {
  let running = true;
  const limit = runtime.concurrencyOf(settings.target.id);
  const pollers = Math.min(settings.maximumConcurrency ?? limit, limit);

  async function poll(): Promise<void> {
    while (running) {
      const batch = await queues.receive(settings.queueName, settings.batchSize, POLL_SECONDS);
      if (batch.length === 0) continue;
      const Records = batch.map((received) => recordOf(received, settings, queues));
      const outcome = await runtime.invoke(settings.target.id, { Records });
      if (!outcome.ok) continue;
      const messages = batch.map((received) => received.message);
      const failed = settings.reportsBatchItemFailures ? failedItems(outcome.payload, messages) : [];
      if (failed === 'all') continue;
      const queue = queues.queue(settings.queueName);
      for (const { message, receiptHandle } of batch) {
        if (!failed.includes(message.messageId)) queue.deleteMessage(receiptHandle);
      }
    }
  }

  const loops = Array.from({ length: pollers }, () =>
    poll().catch((error: unknown) => {
      // a closing world makes waiting invocations reject; any other failure of a poller is a defect
      if (running) throw error;
    }),
  );
  return {
    stop: () => {
      running = false;
    },
    stopped: Promise.all(loops).then(() => undefined),
  };
}
