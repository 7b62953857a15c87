import { createHash } from 'node:crypto';
import { ChangeMessageVisibilityCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { PaymentMessage } from '../contracts/message.ts';

/** Letters, digits and punctuation of ASCII, 128 at most: SQS API reference, `SendMessage`, `MessageGroupId`. */
const fitting = /^[!-~]{1,128}$/;

/** A token's issuer and subject may be anything: what does not fit goes by its hash, so that no two groups become one. */
const messageGroupId = (group: string): string =>
  fitting.test(group) ? group : createHash('sha256').update(group).digest('hex');

/** The payment queue. It carries work, never waiting. */
export interface PaymentQueue {
  /** @param group as `groupOf` names it: one group's thousand do not starve another's one */
  send(message: PaymentMessage, group: string): Promise<void>;
  /** Hides a received message for so long from now, whole seconds. */
  hide(receiptHandle: string, seconds: number): Promise<void>;
}

export const paymentQueueAt = (queueUrl: string, client = new SQSClient({})): PaymentQueue => ({
  async send(message, group) {
    await client.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: JSON.stringify(message),
        MessageGroupId: messageGroupId(group),
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
