import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SQSClient,
  type SQSClientConfig,
} from '@aws-sdk/client-sqs';

/** A client for somebody who is not a Lambda. */
export const sqsWith = (settings: SQSClientConfig): SQSClient => new SQSClient(settings);

/** A message that failed for good. */
export interface DeadLetter {
  readonly messageId: string;
  readonly body: string;
  /** When it was first sent, Unix milliseconds. */
  readonly sentAt: number;
  readonly receiptHandle: string;
}

/** The queue of the messages that failed for good, for whoever looks at them by hand. */
export interface DeadLetters {
  /** Some of what is there, none of it twice within `hideSeconds`; nothing when there is no more. */
  receive(hideSeconds: number): Promise<readonly DeadLetter[]>;
  /** Has a message seen again at once. */
  putBack(letter: DeadLetter): Promise<void>;
  remove(letter: DeadLetter): Promise<void>;
}

export const deadLettersAt = (queueUrl: string, client = new SQSClient({})): DeadLetters => ({
  async receive(hideSeconds) {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: 10,
        VisibilityTimeout: hideSeconds,
        WaitTimeSeconds: 1,
        MessageSystemAttributeNames: ['SentTimestamp'],
      }),
    );
    return Messages.map(({ MessageId = '', Body = '', ReceiptHandle = '', Attributes }) => ({
      messageId: MessageId,
      body: Body,
      sentAt: Number(Attributes?.SentTimestamp ?? 0),
      receiptHandle: ReceiptHandle,
    }));
  },
  async putBack({ receiptHandle }) {
    const hidden = { QueueUrl: queueUrl, ReceiptHandle: receiptHandle, VisibilityTimeout: 0 };
    await client.send(new ChangeMessageVisibilityCommand(hidden));
  },
  async remove({ receiptHandle }) {
    await client.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: receiptHandle }));
  },
});
