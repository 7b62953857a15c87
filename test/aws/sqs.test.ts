import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { manifestQueueAt, type PaymentQueue, paymentQueueAt } from '../../shared/aws/sqs.ts';
import { paymentMessageSchema } from '../../shared/contracts/message.ts';
import { newJob } from '../functions/jobs.ts';
import { type Account, startAccount } from '../infra/conformance/local-account.ts';

let account: Account;
let client: SQSClient;
let queue: PaymentQueue;

beforeAll(async () => {
  account = await startAccount({
    Payments: { Type: 'AWS::SQS::Queue', Properties: { VisibilityTimeout: 60 } },
    Manifests: { Type: 'AWS::SQS::Queue' },
  });
  client = new SQSClient(account.world.sdk('sqs'));
  queue = paymentQueueAt(account.world.queue('Payments').url, client);
});
afterAll(async () => {
  client.destroy();
  await account.close();
});

async function receive() {
  const QueueUrl = account.world.queue('Payments').url;
  const { Messages = [] } = await client.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, MessageSystemAttributeNames: ['All'] }),
  );
  return Messages.map(({ Body = '', ReceiptHandle = '', Attributes }) => ({
    message: paymentMessageSchema.parse(JSON.parse(Body)),
    handle: ReceiptHandle,
    group: Attributes?.MessageGroupId,
  }));
}

test.each([
  ['an IAM id', 'AROAEXAMPLE', 'AROAEXAMPLE'],
  ['an issuer and a subject', 'https://issuer.test/ a|b', 'https___issuer_test__a_b'],
  ['a very long one', 'x'.repeat(300), 'x'.repeat(128)],
])('a message is grouped by its caller: %s', async (_name, caller, group) => {
  const { jobId } = newJob();
  await queue.send({ jobId }, caller);
  expect(await receive()).toEqual([{ message: { jobId }, handle: expect.any(String), group }]);
});

test('a received message is hidden for as long as asked, counted from now', async () => {
  const { jobId } = newJob();
  await queue.send({ jobId }, 'AIDAEXAMPLE');
  const [first] = await receive();
  expect(await receive()).toEqual([]);
  await queue.hide(first?.handle ?? '', 0);
  const [again] = await receive();
  expect(again?.message).toEqual({ jobId });
  await queue.hide(again?.handle ?? '', 600);
  expect(await receive()).toEqual([]);
});

test('a handle that is none is an error, and so is a queue that is not there', async () => {
  await expect(queue.hide('no handle', 5)).rejects.toThrow();
  const gone = paymentQueueAt(`${account.world.queue('Payments').url}-gone`, client);
  await expect(gone.send(newJob(), 'AIDAEXAMPLE')).rejects.toMatchObject({
    name: expect.stringContaining('QueueDoesNotExist'),
  });
});

test("the manifests' queue is told which one to look at", async () => {
  const QueueUrl = account.world.queue('Manifests').url;
  const { jobId: manifestId } = newJob();
  await manifestQueueAt(QueueUrl, client).send(manifestId);
  expect(
    account.world
      .queue('Manifests')
      .bodies()
      .map((body) => JSON.parse(body)),
  ).toEqual([{ manifestId }]);
});
