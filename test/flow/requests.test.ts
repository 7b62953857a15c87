import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { derivedId } from '../../functions/derived-id.ts';
import { eventually } from '../infra/conformance/local-account.ts';
import { openTestBooth, type TestBooth } from './test-booth.ts';

let booth: TestBooth;
let sqs: SQSClient;
beforeAll(async () => {
  booth = await openTestBooth({ sandbox: { renderSeconds: 0, pictureStyle: 'plain' } });
  sqs = new SQSClient(booth.world.sdk('sqs'));
});
afterAll(async () => {
  sqs?.destroy();
  await booth?.close();
});

/** Sends to the request queue as the operator. @returns the message's id */
async function send(body: unknown): Promise<string> {
  const MessageBody = typeof body === 'string' ? body : JSON.stringify(body);
  const QueueUrl = String(booth.world.outputs['Coinbooth.RequestsUrl']);
  const { MessageId = '' } = await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
  return MessageId;
}

const request = { model: 'flux-2-pro/generate', resolution: '0.5 MP' };
const waiting = (queue: string): number => {
  const { visible, inFlight } = booth.world.queue(queue).depth();
  return visible + inFlight;
};

test('a message in, a picture out; delivered again, it buys nothing more', async () => {
  const messageId = await send({ ...request, prompt: 'a kite by post', maxPrice: '0.02' });
  const jobId = derivedId('request', messageId);
  const ended = await booth.ended(jobId);
  expect(ended).toMatchObject({
    detailType: 'JobDelivered',
    detail: { caller: 'AIDALOCALOPERATOR0001', status: 'delivered', money: 'spent' },
  });
  expect(booth.world.object('Pictures', ended.detail.asset?.key ?? '')).toBeDefined();
  expect(await booth.settlements(ended)).toBe(1);

  const again = await booth.world.invoke('requestsFunction', {
    Records: [
      {
        messageId,
        body: JSON.stringify({ ...request, prompt: 'a kite by post', maxPrice: '0.02' }),
        attributes: { SenderId: 'AIDALOCALOPERATOR0001', ApproximateReceiveCount: '2' },
        eventSource: 'aws:sqs',
      },
    ],
  });
  expect(again).toEqual({ ok: true, payload: { batchItemFailures: [] } });
  expect(await booth.settlements(ended)).toBe(1);
  expect(booth.announcements(jobId)).toBe(1);
});

test('a wrong request is announced with its fields, without its prompt, and is done with', async () => {
  const messageId = await send({ ...request, prompt: 'a secret kite', resolution: '9 MP', colour: 'red' });
  const { event } = await eventually(() =>
    booth.world.events().find(({ event: { detail } }) => detail.messageId === messageId),
  );
  expect(event['detail-type']).toBe('RequestRefused');
  expect(event.detail).toMatchObject({
    caller: 'AIDALOCALOPERATOR0001',
    reason: { name: 'InputInvalid' },
    errors: [{ field: 'resolution' }, { field: 'colour' }],
  });
  expect(JSON.stringify(event)).not.toContain('secret');
  await eventually(() => waiting('Requests') === 0);
  expect(waiting('RequestDeadLetters')).toBe(0);
});
