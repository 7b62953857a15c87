import type { AddressInfo } from 'node:net';
import { AwsError, ConnectionReset } from './aws-error.ts';
import type { Place } from './call.ts';
import { buildFauxqs, type S3Store, type SqsMessage, type SqsQueue } from './fauxqs-engine.ts';
import type { Gate, Pass } from './gate.ts';
import { createS3Front, type S3Pass } from './s3-front.ts';
import { type QueueNotification, testEvent } from './s3-notifications.ts';
import { signerOf } from './signed-request.ts';
import { createSqsFront } from './sqs-front.ts';

type Json = Record<string, unknown>;
type SqsPass = Pass & {
  readonly input: Json;
  readonly refused: ReturnType<ReturnType<typeof createSqsFront>['before']>;
};

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
  close(): Promise<void>;
};

function xmlOf(error: AwsError): string {
  const escaped = error.message.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${error.code}</Code><Message>${escaped}</Message></Error>`;
}

/** SQS and S3 on one loopback port: fauxqs behind the world's gate and behind what it does not check itself. */
export async function listenQueuesAndBuckets(options: {
  place: Place;
  gate: Gate;
  directory?: string;
}): Promise<QueuesAndBuckets> {
  const { place, gate } = options;
  const engine = await buildFauxqs(place, options.directory);
  const { app } = engine;
  const notifications: QueueNotification[] = [];
  const sqs = createSqsFront(engine.queues);
  const s3 = createS3Front(engine, gate, place, notifications);
  const sqsPasses = new WeakMap<object, SqsPass>();
  const s3Passes = new WeakMap<object, S3Pass>();

  async function beforeSqs(
    request: Parameters<typeof sqsPasses.get>[0] & { headers: object; body: unknown },
  ) {
    const headers = request.headers as Record<string, string | undefined>;
    const operation = String(headers['x-amz-target'] ?? '').replace('AmazonSQS.', '');
    const input = (request.body ?? {}) as Json;
    const pass = await gate.admit(signerOf(headers, new URLSearchParams()), {
      service: 'sqs',
      operation,
      input,
    });
    const refused = sqs.before(operation, input, pass.identity.userId);
    sqsPasses.set(request, { ...pass, input, refused });
    const nothingLeft = refused.length > 0 && (input.Entries as unknown[]).length === 0;
    return nothingLeft ? { Successful: [] } : undefined;
  }

  app.addHook('preHandler', async (request, reply) => {
    // fauxqs rewrites the URL of a virtual-hosted request; the signature is over the one that was sent.
    const url = request.originalUrl;
    const isSqs = request.method === 'POST' && url.split('?')[0] === '/';
    try {
      if (!isSqs) {
        const pass = await s3.before({ ...pick(request), url });
        s3Passes.set(request, pass);
        reply.raw.once('close', pass.release);
        return;
      }
      const answer = await beforeSqs(request);
      if (answer !== undefined) await reply.send(answer);
    } catch (error) {
      if (error instanceof ConnectionReset) {
        reply.hijack();
        request.raw.socket.destroy();
        return;
      }
      if (!(error instanceof AwsError)) throw error;
      reply.status(error.status);
      if (isSqs) {
        reply.header('content-type', 'application/x-amz-json-1.0');
        await reply.send({ __type: `com.amazonaws.sqs#${error.code}`, message: error.message });
      } else {
        reply.header('content-type', 'application/xml');
        await reply.send(request.method === 'HEAD' ? '' : xmlOf(error));
      }
    }
  });

  app.addHook('preSerialization', async (request, _reply, payload) => {
    const pass = sqsPasses.get(request);
    if (pass === undefined) return payload;
    return sqs.after(pass.call.operation, pass.input, payload as Json, pass.refused);
  });

  app.addHook('onSend', async (request, reply, payload) => {
    const s3Pass = s3Passes.get(request);
    const sqsPass = sqsPasses.get(request);
    if (reply.statusCode >= 400) return payload;
    try {
      if (sqsPass !== undefined) await gate.settle(sqsPass);
      if (s3Pass === undefined) return payload;
      await s3.after(s3Pass);
      if (s3Pass.call.operation === 'GetObject') reply.headers(s3.overrides(request.originalUrl));
      return payload;
    } catch (error) {
      if (!(error instanceof AwsError)) {
        request.raw.socket.destroy();
        return payload;
      }
      reply.status(error.status);
      const text =
        s3Pass === undefined ? JSON.stringify({ __type: error.code, message: error.message }) : xmlOf(error);
      reply.header('content-length', Buffer.byteLength(text));
      return text;
    }
  });

  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;

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
    createQueue(name, attributes) {
      const arn = `arn:aws:sqs:${place.region}:${place.accountId}:${name}`;
      engine.queues.createQueue(name, `${origin}/${place.accountId}/${name}`, arn, attributes);
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
    close: () => app.close(),
  };
}

function pick(request: { method: string; headers: S3Headers; params: unknown; body: unknown }) {
  return { method: request.method, headers: request.headers, params: request.params, body: request.body };
}
type S3Headers = Parameters<ReturnType<typeof createS3Front>['before']>[0]['headers'];
