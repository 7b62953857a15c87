import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Account, startAccount } from './local-account.ts';

let account: Account;
let sqs: SQSClient;

beforeAll(async () => {
  account = await startAccount({
    Dead: { Type: 'AWS::SQS::Queue' },
    Work: {
      Type: 'AWS::SQS::Queue',
      Properties: {
        VisibilityTimeout: 1,
        RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] }, maxReceiveCount: 2 },
      },
    },
    Quiet: { Type: 'AWS::SQS::Queue', Properties: { VisibilityTimeout: 30 } },
  });
  sqs = new SQSClient(account.world.sdk('sqs'));
});

afterAll(async () => {
  sqs.destroy();
  await account.close();
});

async function receive(queue: string, waitSeconds = 3) {
  const answer = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: account.world.queue(queue).url,
      WaitTimeSeconds: waitSeconds,
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
    }),
  );
  return answer.Messages?.[0];
}

function send(queue: string, body: string, more: object = {}) {
  const QueueUrl = account.world.queue(queue).url;
  return sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: body, ...more }));
}

test('a message that is not deleted comes back after its visibility time-out and ends in the dead-letter queue', async () => {
  await send('Work', 'poison');
  const first = await receive('Work');
  expect(first?.Attributes?.ApproximateReceiveCount).toBe('1');
  expect(await receive('Work', 0)).toBeUndefined();
  const second = await receive('Work');
  expect(second?.MessageId).toBe(first?.MessageId);
  expect(second?.Attributes?.ApproximateReceiveCount).toBe('2');
  expect(await receive('Work', 2)).toBeUndefined();
  const dead = await receive('Dead');
  expect(dead?.Body).toBe('poison');
  expect(dead?.Attributes?.DeadLetterQueueSourceArn).toBe(account.world.queue('Work').arn);
});

test('system attributes name the sender, the group and the times', async () => {
  await send('Quiet', 'who', {
    MessageGroupId: 'caller-1',
    MessageAttributes: { a: { DataType: 'String', StringValue: 'x' } },
  });
  const message = await receive('Quiet');
  expect(message?.Attributes).toMatchObject({
    SenderId: 'AIDALOCALOPERATOR0001',
    MessageGroupId: 'caller-1',
    ApproximateReceiveCount: '1',
  });
  expect(Number(message?.Attributes?.SentTimestamp)).toBeGreaterThan(Date.now() - 60_000);
  expect(message?.MessageAttributes?.a?.StringValue).toBe('x');
  const QueueUrl = account.world.queue('Quiet').url;
  await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message?.ReceiptHandle }));
  expect(account.world.queue('Quiet').depth()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
});

test('a delay holds a message back, and a visibility of 0 hands it out again at once', async () => {
  await send('Quiet', 'later', { DelaySeconds: 1 });
  expect(await receive('Quiet', 0)).toBeUndefined();
  expect(account.world.queue('Quiet').depth().delayed).toBe(1);
  const message = await receive('Quiet');
  expect(message?.Body).toBe('later');
  const QueueUrl = account.world.queue('Quiet').url;
  const ReceiptHandle = message?.ReceiptHandle;
  await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
  const again = await receive('Quiet', 0);
  expect(again?.Body).toBe('later');
  await expect(
    sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 9 })),
  ).rejects.toMatchObject({ name: 'MessageNotInflight' });
  await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: again?.ReceiptHandle }));
});

test('a receipt handle that SQS never issued is refused, alone and in a batch', async () => {
  const QueueUrl = account.world.queue('Quiet').url;
  await expect(sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: 'junk' }))).rejects.toMatchObject(
    {
      name: 'ReceiptHandleIsInvalid',
    },
  );
  const Entries = [{ Id: 'a', MessageBody: 'one' }];
  const sent = await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  expect(sent.Successful).toHaveLength(1);
  const message = await receive('Quiet');
  const deleted = await sqs.send(
    new DeleteMessageBatchCommand({
      QueueUrl,
      Entries: [
        { Id: 'good', ReceiptHandle: message?.ReceiptHandle },
        { Id: 'bad', ReceiptHandle: 'junk' },
      ],
    }),
  );
  expect(deleted.Successful?.map((entry) => entry.Id)).toEqual(['good']);
  expect(deleted.Failed?.map((entry) => entry.Code)).toEqual(['ReceiptHandleIsInvalid']);
});

test('calls that would be faked are refused by name', async () => {
  const SourceArn = account.world.queue('Dead').arn;
  await expect(sqs.send(new StartMessageMoveTaskCommand({ SourceArn }))).rejects.toThrow(
    /StartMessageMoveTask/,
  );
  await expect(sqs.send(new CreateQueueCommand({ QueueName: 'more' }))).rejects.toThrow(/CreateQueue/);
});
