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
  ['an IAM id', 'AROAEXAMPLE'],
  ['a manifest', newJob().jobId],
  ['an issuer and a subject that fit', 'https://issuer.test/#a|b'],
  ['as long as may be', '~'.repeat(128)],
])('a message is of the group that it is sent for: %s', async (_name, group) => {
  const { jobId } = newJob();
  await queue.send({ jobId }, group);
  expect(await receive()).toEqual([{ message: { jobId }, handle: expect.any(String), group }]);
});

test('groups that SQS does not take go by their hashes, and stay apart', async () => {
  const { jobId } = newJob();
  const groups = ['https://issuer.test/ a|b', 'https://issuer.test/ a_b', 'Jürgen', 'x'.repeat(129), ''];
  for (const group of groups) await queue.send({ jobId }, group);
  const sent = (await receive()).map(({ group = '' }) => group);
  expect(new Set(sent).size).toBe(groups.length);
  for (const group of sent) expect(group).toMatch(/^[0-9a-f]{64}$/);
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
