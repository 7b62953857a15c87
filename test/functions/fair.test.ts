import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { submit } from '../../functions/intake/submit.ts';
import { paymentQueueAt } from '../../shared/aws/sqs.ts';
import { paymentMessageSchema } from '../../shared/contracts/message.ts';
import { type Account, startAccount } from '../infra/conformance/local-account.ts';
import { caller, newJob } from './jobs.ts';
import { openManifestBooth } from './manifest-booth.ts';

let account: Account;
let client: SQSClient;
beforeAll(async () => {
  account = await startAccount({
    Payments: { Type: 'AWS::SQS::Queue', Properties: { VisibilityTimeout: 60 } },
  });
  client = new SQSClient(account.world.sdk('sqs'));
});
afterAll(async () => {
  client.destroy();
  await account.close();
});

test('single requests overtake a manifest that fills the payment queue, its own caller’s as well', async () => {
  const QueueUrl = account.world.queue('Payments').url;
  const mine = openManifestBooth();
  Object.assign(mine.booth.ports.queue, paymentQueueAt(QueueUrl, client));
  const one = { model: 'flux-2-pro/generate', resolution: '0.5 MP' };
  const lines = Array.from({ length: 100 }, (_, line) => JSON.stringify({ ...one, prompt: `kite ${line}` }));
  await mine.drop('requests/hundred.jsonl', lines.join('\n'));
  expect(account.world.queue('Payments').depth().visible).toBe(100);

  /** A batch of the payer. */
  const receive = async (): Promise<string[]> => {
    const command = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 5 });
    const { Messages = [] } = await client.send(command);
    return Messages.flatMap(({ Body = '' }) => {
      const message = paymentMessageSchema.parse(JSON.parse(Body));
      return 'jobId' in message ? [message.jobId] : [];
    });
  };
  const ofManifest = new Set(mine.booth.ledger.jobs().map(({ jobId }) => jobId));
  for (let payers = 0; payers < 6; payers += 1)
    expect((await receive()).filter((jobId) => !ofManifest.has(jobId))).toEqual([]);

  const [same, another] = [newJob().jobId, newJob().jobId];
  await submit(mine.desk(), caller, one.model, { prompt: 'a kite' }, { jobId: same });
  await submit(mine.desk(), 'AIDAANOTHER', one.model, { prompt: 'a kite' }, { jobId: another });
  const next = await receive();
  expect(next.slice(0, 2)).toEqual([same, another]);
  // And nothing is held back for them: the places that they leave are the manifest's.
  expect(next.slice(2).every((jobId) => ofManifest.has(jobId))).toBe(true);
  expect(next).toHaveLength(5);
});
