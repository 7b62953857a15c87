import { Duration } from 'aws-cdk-lib';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

const receives = 5;

/** What a function needs of the queue that its messages come from. */
export const receiveActions = [
  'sqs:ReceiveMessage',
  'sqs:DeleteMessage',
  'sqs:ChangeMessageVisibility',
  'sqs:GetQueueAttributes',
];

/**
 * A queue before a function, and where its messages go that fail for good.
 * @param what is in it, in the singular
 * @param timeoutSeconds of the function: a message is hidden for six times as long
 */
export function queueBefore(
  scope: Construct,
  what: string,
  timeoutSeconds: number,
): { queue: Queue; deadLetters: Queue } {
  const deadLetters = new Queue(scope, `${what}DeadLetters`, {
    retentionPeriod: Duration.days(14),
    enforceSSL: true,
  });
  const queue = new Queue(scope, `${what}s`, {
    visibilityTimeout: Duration.seconds(6 * timeoutSeconds),
    retentionPeriod: Duration.days(4),
    deadLetterQueue: { queue: deadLetters, maxReceiveCount: receives },
    enforceSSL: true,
  });
  return { queue, deadLetters };
}
