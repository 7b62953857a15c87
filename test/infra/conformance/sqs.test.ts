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
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Account, startAccount } from './local-account.ts';

/** A queue each. */
const fairCases = ['Idle', 'Crowd', 'Crowd29', 'Crowd30', 'Slow', 'Noisy', 'Single', 'Later'] as const;

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
    ...Object.fromEntries(
      fairCases.map((name) => [name, { Type: 'AWS::SQS::Queue', Properties: { VisibilityTimeout: 30 } }]),
    ),
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

/** Sends some messages of a group, the group's name for their body. */
async function crowd(queue: string, group: string | undefined, count = 1): Promise<void> {
  const QueueUrl = account.world.queue(queue).url;
  for (let sent = 0; sent < count; sent += 10) {
    const Entries = Array.from({ length: Math.min(10, count - sent) }, (_, index) => ({
      Id: String(index),
      MessageBody: group ?? 'nobody',
      ...(group !== undefined && { MessageGroupId: group }),
    }));
    await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  }
}

/** Receives up to ten. @returns whose they are, and a way to be done with them */
async function take(queue: string, most = 10) {
  const QueueUrl = account.world.queue(queue).url;
  const command = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: most });
  const { Messages = [] } = await sqs.send(command);
  const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
  return {
    groups: Messages.map(({ Body = '' }) => Body),
    done: () => sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries })),
  };
}

/** For a moment: time that work takes. */
const work = () => new Promise((resolve) => setTimeout(resolve, 20));

describe('a standard queue whose messages have groups is fair between them', () => {
  test('while nobody is noisy, the oldest message comes first', async () => {
    await crowd('Idle', 'many', 3);
    await crowd('Idle', 'one');
    await crowd('Idle', undefined);
    expect((await take('Idle')).groups).toEqual(['many', 'many', 'many', 'one', 'nobody']);
  });

  test('a group with many in flight waits for the others, and is not blocked by itself', async () => {
    await crowd('Crowd', 'many', 60);
    for (let batch = 0; batch < 3; batch += 1)
      expect((await take('Crowd')).groups).toEqual(Array(10).fill('many'));
    await crowd('Crowd', 'one');
    await crowd('Crowd', undefined);
    await crowd('Crowd', 'another');
    expect((await take('Crowd', 5)).groups).toEqual(['one', 'nobody', 'another', 'many', 'many']);
    // In flight or not, what there is of it is received: a group is no queue within the queue.
    for (const count of [10, 10, 8, 0]) expect((await take('Crowd')).groups).toHaveLength(count);
  });

  test.each([
    [29, 'many'],
    [30, 'one'],
  ])('with %i in flight, and none of the time of work, %s comes first', async (count, first) => {
    const queue = `Crowd${count}`;
    vi.useFakeTimers({ toFake: ['Date'] });
    try {
      await crowd(queue, 'slow');
      await take(queue, 1);
      vi.setSystemTime(Date.now() + 10_000);
      await crowd(queue, 'many', 40);
      for (let left = count; left > 0; left -= 10) await take(queue, Math.min(left, 10));
      await crowd(queue, 'one');
      expect((await take(queue, 1)).groups).toEqual([first]);
    } finally {
      vi.useRealTimers();
    }
  });

  test('so does one whose few messages take the time of those who work on them', async () => {
    await crowd('Slow', 'many', 6);
    const begun = await take('Slow', 2);
    await work();
    await crowd('Slow', 'one');
    expect((await take('Slow', 2)).groups).toEqual(['one', 'many']);
    await begun.done();
    await crowd('Slow', 'another');
    expect((await take('Slow', 2)).groups).toEqual(['another', 'many']);
  });

  test('of noisy groups the one with the fewest in flight comes first', async () => {
    await crowd('Noisy', 'many', 20);
    await crowd('Noisy', 'some', 10);
    await take('Noisy');
    await take('Noisy', 6);
    // Ten and six by now: what has not been worked on was quiet.
    await work();
    expect((await take('Noisy')).groups).toEqual([...Array(4).fill('some'), ...Array(6).fill('many')]);
  });

  test('messages without a group are each a group of their own: however many, they are in nobody’s way', async () => {
    await crowd('Single', undefined, 50);
    for (let batch = 0; batch < 4; batch += 1) await take('Single');
    await work();
    await crowd('Single', 'one');
    expect((await take('Single')).groups).toEqual(Array(10).fill('nobody'));
    expect((await take('Single')).groups).toEqual(['one']);
  });

  test('a group that had nothing in flight for five minutes is quiet again', async () => {
    await crowd('Later', 'many', 3);
    const begun = await take('Later', 1);
    await work();
    await begun.done();
    await crowd('Later', 'one', 2);
    expect((await take('Later', 1)).groups).toEqual(['one']);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 301_000 });
    try {
      expect((await take('Later', 3)).groups).toEqual(['many', 'many', 'one']);
    } finally {
      vi.useRealTimers();
    }
  });

  test.each([
    ['too long', 'x'.repeat(129)],
    ['with a space', 'a b'],
    ['of another alphabet', 'Jürgen'],
  ])('a group’s name that is %s is refused', async (_name, MessageGroupId) => {
    await expect(send('Quiet', 'body', { MessageGroupId })).rejects.toMatchObject({
      name: 'InvalidParameterValue',
    });
    const QueueUrl = account.world.queue('Quiet').url;
    const Entries = [{ Id: 'a', MessageBody: 'body', MessageGroupId }];
    const { Failed = [] } = await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    expect(Failed.map(({ Id, Code }) => [Id, Code])).toEqual([['a', 'InvalidParameterValue']]);
  });
});

test('calls that would be faked are refused by name', async () => {
  const SourceArn = account.world.queue('Dead').arn;
  await expect(sqs.send(new StartMessageMoveTaskCommand({ SourceArn }))).rejects.toThrow(
    /StartMessageMoveTask/,
  );
  await expect(sqs.send(new CreateQueueCommand({ QueueName: 'more' }))).rejects.toThrow(/CreateQueue/);
});
