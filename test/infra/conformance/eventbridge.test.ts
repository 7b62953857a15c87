import { EventBridgeClient, ListRulesCommand, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compilePattern } from '../../../infra/local/aws/event-pattern.ts';
import { type Account, eventually, startAccount } from './local-account.ts';

let account: Account;
let client: EventBridgeClient;

beforeAll(async () => {
  const target = (more: object = {}) => ({ Id: 't', Arn: { 'Fn::GetAtt': ['Seen', 'Arn'] }, ...more });
  const rule = (pattern: object, more?: object) => ({
    Type: 'AWS::Events::Rule',
    Properties: { EventBusName: { Ref: 'Bus' }, EventPattern: pattern, Targets: [target(more)] },
  });
  account = await startAccount({
    Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'pictures' } },
    Seen: { Type: 'AWS::SQS::Queue' },
    May: {
      Type: 'AWS::SQS::QueuePolicy',
      Properties: {
        Queues: [{ Ref: 'Seen' }],
        PolicyDocument: {
          Statement: [
            {
              Effect: 'Allow',
              Principal: { Service: 'events.amazonaws.com' },
              Action: 'sqs:SendMessage',
              Resource: '*',
            },
          ],
        },
      },
    },
    Delivered: rule(
      { source: ['coinbooth'], 'detail-type': ['PictureDelivered'] },
      { InputPath: '$.detail' },
    ),
    Failed: rule(
      { 'detail-type': [{ prefix: 'Picture' }], detail: { status: ['failed'] } },
      { Input: '{"fixed":true}' },
    ),
  });
  client = new EventBridgeClient(account.world.sdk('eventbridge'));
});

afterAll(async () => {
  client.destroy();
  await account.close();
});

const entry = (DetailType: string, detail: object) => ({
  EventBusName: 'pictures',
  Source: 'coinbooth',
  DetailType,
  Detail: JSON.stringify(detail),
});

test('events go to the targets of the rules they match, whole or in part', async () => {
  const seen: string[] = [];
  const stop = account.world.onEvent(({ event }) => seen.push(event['detail-type']));
  const Entries = [
    entry('PictureDelivered', { id: 1 }),
    entry('PictureLost', { status: 'failed' }),
    entry('Other', {}),
  ];
  expect(await client.send(new PutEventsCommand({ Entries }))).toMatchObject({ FailedEntryCount: 0 });
  stop();
  const bodies = await eventually(() => {
    const found = account.world.queue('Seen').bodies();
    return found.length >= 2 && found;
  });
  expect(bodies).toEqual(['{"id":1}', '{"fixed":true}']);
  expect(seen).toEqual(['PictureDelivered', 'PictureLost', 'Other']);
  expect(account.world.events().at(0)).toMatchObject({ busName: 'pictures', event: { source: 'coinbooth' } });
});

test('entries without their three words or with a detail that is no object fail one by one', async () => {
  const good = entry('Kept', {});
  const { FailedEntryCount, Entries } = await client.send(
    new PutEventsCommand({
      Entries: [good, { ...good, Detail: '[1]' }, { ...good, Detail: '{' }, { ...good, Source: undefined }],
    }),
  );
  expect(FailedEntryCount).toBe(3);
  expect(Entries?.map((result) => result.ErrorCode)).toEqual([
    undefined,
    'MalformedDetail',
    'MalformedDetail',
    'InvalidArgument',
  ]);
  const many = Array.from({ length: 11 }, () => good);
  await expect(client.send(new PutEventsCommand({ Entries: many }))).rejects.toMatchObject({
    name: 'ValidationException',
  });
  await expect(client.send(new ListRulesCommand({}))).rejects.toThrow(/ListRules/);
});

test.each([
  [{ a: ['x', null, 3] }, { a: 3 }, true],
  [{ a: ['x'] }, { a: ['y', 'x'] }, true],
  [{ a: [{ prefix: 'ab' }] }, { a: 'abc' }, true],
  [{ a: [{ suffix: '.png' }] }, { a: 'x.jpg' }, false],
  [{ a: [{ 'anything-but': ['x', 'y'] }] }, { a: 'z' }, true],
  [{ a: [{ 'anything-but': { prefix: 'z' } }] }, { a: 'zz' }, false],
  [{ a: [{ 'anything-but': 'x' }] }, {}, false],
  [{ a: [{ exists: false }] }, {}, true],
  [{ a: [{ exists: true }] }, { a: null }, true],
  [{ a: [{ numeric: ['>', 0, '<=', 5] }] }, { a: 5 }, true],
  [{ a: [{ numeric: ['=', 1] }] }, { a: '1' }, false],
  [{ a: [{ wildcard: 'a*c' }] }, { a: 'abbc' }, true],
  [{ $or: [{ a: ['x'] }, { b: { c: [1] } }] }, { b: { c: 1 } }, true],
  [{ a: ['x'], b: ['y'] }, { a: 'x' }, false],
])('pattern %j on %j: %s', (pattern, event, expected) => {
  expect(compilePattern(pattern)(event)).toBe(expected);
});

test('a filter nobody knows is refused when the rule is made', () => {
  expect(() => compilePattern({ a: [{ cidr: '10.0.0.0/8' }] })).toThrow(/cidr/);
});
