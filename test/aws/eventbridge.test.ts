import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { jobEnded } from '../../functions/announce.ts';
import { type Announcements, announcementsOn, noticesOn } from '../../shared/aws/eventbridge.ts';
import { detailTypes, type JobEnded } from '../../shared/contracts/event.ts';
import { stages } from '../functions/jobs.ts';
import { type Account, startAccount } from '../infra/conformance/local-account.ts';

let account: Account;
let client: EventBridgeClient;
let announcements: Announcements;

beforeAll(async () => {
  account = await startAccount({
    Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'coinbooth' } },
  });
  client = new EventBridgeClient({ ...account.world.sdk('eventbridge'), maxAttempts: 1 });
  announcements = announcementsOn('coinbooth', client);
});
afterAll(async () => {
  client.destroy();
  await account.close();
});

test.each(['delivered', 'refused', 'undelivered', 'unresolved'] as const)(
  'the event of a job that is %s',
  async (end) => {
    const detail = jobEnded(stages()[end], 'pictures');
    await announcements.put(detail);
    expect(account.world.events().at(-1)).toMatchObject({
      busName: 'coinbooth',
      event: {
        source: 'coinbooth',
        'detail-type': detailTypes[end],
        time: `${detail.endedAt.slice(0, 19)}Z`,
        detail,
      },
    });
  },
);

test('an entry that the bus refuses within a 200 is an error, and nothing was emitted', async () => {
  const before = account.world.events().length;
  const nameless = { ...jobEnded(stages().refused, 'pictures'), status: 'nothing' } as unknown as JobEnded;
  await expect(announcements.put(nameless)).rejects.toMatchObject({
    name: 'Defect',
    message: expect.stringContaining('InvalidArgument'),
  });
  expect(account.world.events()).toHaveLength(before);
});

test('a bus that is not there is an error', async () => {
  const detail = jobEnded(stages().refused, 'pictures');
  await expect(announcementsOn('gone', client).put(detail)).rejects.toThrow('gone');
});

test('a notice goes out under its own name, with its detail as it is', async () => {
  const detail = {
    id: 'f'.repeat(64),
    caller: 'AIDAEXAMPLE',
    messageId: 'm-1',
    reason: { name: 'InputInvalid' as const, message: 'Wrong: seed.' },
  };
  await noticesOn('coinbooth', client).post('RequestRefused', detail);
  expect(account.world.events().at(-1)).toMatchObject({
    busName: 'coinbooth',
    event: { source: 'coinbooth', 'detail-type': 'RequestRefused', detail },
  });
  await expect(noticesOn('gone', client).post('RequestRefused', detail)).rejects.toThrow('gone');
});
