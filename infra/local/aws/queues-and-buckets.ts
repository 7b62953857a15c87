import type { Place } from './call.ts';
import { buildFauxqs, type S3Store, type SqsMessage, type SqsQueue } from './fauxqs-engine.ts';
import type { Gate } from './gate.ts';
import { listenFront } from './listen-front.ts';
import { createS3Front } from './s3-front.ts';
import { type QueueNotification, testEvent } from './s3-notifications.ts';
import { createSqsFront } from './sqs-front.ts';

/** A message in flight, received by an event source. */
export type ReceivedMessage = { readonly receiptHandle: string; readonly message: SqsMessage };

export type QueuesAndBuckets = {
  readonly origin: string;
  readonly buckets: S3Store;
  createQueue(name: string, attributes: Record<string, string>): void;
  queue(name: string): SqsQueue;
  /** Makes a bucket unless the data directory holds it. */
  createBucket(name: string): void;
  addNotification(notification: Omit<QueueNotification, 'send'> & { queueName: string }): void;
  /** Sends as an AWS service does (S3, EventBridge), past the door of the API. */
  send(queueName: string, body: string, senderId: string, groupId?: string): void;
  /** Long-polls like an event source mapping: waits up to `waitSeconds` for the first message. */
  receive(queueName: string, max: number, waitSeconds: number): Promise<ReceivedMessage[]>;
  systemAttributes(message: SqsMessage): Record<string, string>;
  /** Wakes everybody who waits for a message, with none. */
  wake(): void;
  close(): Promise<void>;
};

/** SQS and S3 on one loopback port: fauxqs behind the world's gate and behind what it does not check itself. */
export async function listenQueuesAndBuckets(options: {
  place: Place;
  gate: Gate;
  directory?: string;
}): Promise<QueuesAndBuckets> {
  const { place, gate } = options;
  const engine = await buildFauxqs(place, options.directory);
  const notifications: QueueNotification[] = [];
  const sqs = createSqsFront(engine.queues);
  const s3 = createS3Front(engine, gate, place, notifications);
  const front = await listenFront({ app: engine.app, gate, sqs, s3 });
  const { origin } = front;

  function queue(name: string): SqsQueue {
    const found = engine.queues.getQueueByName(name);
    if (found === undefined) throw new Error(`no queue ${name} in this world`);
    return found;
  }

  function send(queueName: string, body: string, senderId: string, groupId?: string): void {
    const message = engine.createMessage(body, {});
    sqs.mark(message, { senderId, ...(groupId === undefined ? {} : { groupId }) });
    queue(queueName).enqueue(message);
  }

  return {
    origin,
    buckets: engine.buckets,
    queue,
    send,
    systemAttributes: sqs.systemAttributes,
    wake: () => engine.queues.shutdown(),
    createQueue(name, attributes) {
      const arn = `arn:aws:sqs:${place.region}:${place.accountId}:${name}`;
      const made = engine.queues.createQueue(name, `${origin}/${place.accountId}/${name}`, arn, attributes);
      sqs.adopt(made);
    },
    createBucket(name) {
      if (!engine.buckets.hasBucket(name)) engine.buckets.createBucket(name);
    },
    addNotification({ queueName, ...notification }) {
      const deliver = (body: string) => send(queueName, body, 's3.amazonaws.com');
      notifications.push({ ...notification, send: deliver });
      deliver(testEvent(notification.bucket));
    },
    async receive(queueName, max, waitSeconds) {
      const source = queue(queueName);
      const redrive = (arn: string) => engine.queues.getQueueByArn(arn);
      let received = source.dequeue(max, undefined, redrive);
      if (received.length === 0) {
        await source.waitForMessages(waitSeconds);
        received = source.dequeue(max, undefined, redrive);
      }
      return received.flatMap(({ ReceiptHandle }) => {
        sqs.issued(ReceiptHandle);
        const entry = source.inflightMessages.get(ReceiptHandle);
        return entry === undefined ? [] : [{ receiptHandle: ReceiptHandle, message: entry.message }];
      });
    },
    async close() {
      await front.close();
      await engine.app.close();
    },
  };
}
