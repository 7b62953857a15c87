import { ChangeMessageVisibilityCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { PaymentMessage } from '../contracts/message.ts';

/** The payment queue. It carries work, never waiting. */
export interface PaymentQueue {
  /** Messages of one caller share a group, so that one caller's thousand do not starve another's one. */
  send(message: PaymentMessage, caller: string): Promise<void>;
  /** Hides a received message for so long from now, whole seconds. */
  hide(receiptHandle: string, seconds: number): Promise<void>;
}

export const paymentQueueAt = (queueUrl: string, client = new SQSClient({})): PaymentQueue => ({
  async send(message, caller) {
    await client.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: JSON.stringify(message),
        MessageGroupId: caller.replaceAll(/[^A-Za-z0-9]/g, '_').slice(0, 128),
      }),
    );
  },
  async hide(receiptHandle, seconds) {
    await client.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: queueUrl,
        ReceiptHandle: receiptHandle,
        VisibilityTimeout: seconds,
      }),
    );
  },
});

/** The manifests' own queue, as far as the sweeper knows it. */
export interface ManifestQueue {
  /** Has somebody look at a manifest. */
  send(manifestId: string): Promise<void>;
}

export const manifestQueueAt = (queueUrl: string, client = new SQSClient({})): ManifestQueue => ({
  async send(manifestId) {
    const MessageBody = JSON.stringify({ manifestId });
    await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody }));
  },
});
