import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { compileRoutes } from '../../../infra/local/world/http-routes.ts';
import { failedItems } from '../../../infra/local/world/queue-source.ts';
import type { Stack, Template } from '../../../infra/local/world/read-assembly.ts';
import { resolveStacks } from '../../../infra/local/world/resolve-stacks.ts';
import { startAccount } from '../conformance/local-account.ts';

const place = { region: 'eu-west-1', accountId: '111122223333' };
const origins = { api: 'http://127.0.0.1:1', queues: 'http://127.0.0.1:2' };

function stack(name: string, template: Template): Stack {
  return { name, template, region: undefined, accountId: undefined, assets: new Map() };
}

function resolve(stacks: Stack[], parameters: Record<string, string> = {}) {
  return resolveStacks(stacks, { place, origins, parameters });
}

const queue = (Properties: Record<string, unknown>) => ({ Queue: { Type: 'AWS::SQS::Queue', Properties } });

test('intrinsic functions, parameters and conditions resolve, across stacks too', () => {
  const kept = stack('kept', {
    Resources: { Key: { Type: 'AWS::KMS::Key', Properties: {} } },
    Outputs: {
      KeyArn: {
        Value: { 'Fn::GetAtt': ['Key', 'Arn'] },
        Export: { Name: { 'Fn::Sub': `\${AWS::StackName}:key` } },
      },
    },
  });
  const service = stack('service', {
    Parameters: { Stage: { Default: 'test' }, Seller: {} },
    Conditions: { InTest: { 'Fn::Equals': [{ Ref: 'Stage' }, 'test'] } },
    Mappings: { Sizes: { 'eu-west-1': { batch: 7 } } },
    Resources: {
      ...queue({
        imported: { 'Fn::ImportValue': 'kept:key' },
        output: { 'Fn::GetStackOutput': { StackName: 'kept', OutputName: 'KeyArn' } },
        joined: { 'Fn::Join': ['-', [{ Ref: 'Stage' }, { Ref: 'AWS::Region' }]] },
        substituted: { 'Fn::Sub': [`\${a}/\${Other.Arn}/\${!literal}`, { a: { Ref: 'Seller' } }] },
        selected: { 'Fn::Select': [1, { 'Fn::Split': [':', { Ref: 'AWS::StackId' }] }] },
        chosen: { 'Fn::If': ['InTest', 'yes', 'no'] },
        left: { 'Fn::If': ['InTest', { Ref: 'AWS::NoValue' }, 'no'] },
        mapped: { 'Fn::FindInMap': ['Sizes', { Ref: 'AWS::Region' }, 'batch'] },
      }),
      Other: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'other' } },
      Never: { Type: 'AWS::SQS::Queue', Condition: 'NotInTest' },
    },
  });
  const conditions = { ...service.template.Conditions, NotInTest: { 'Fn::Not': [{ Condition: 'InTest' }] } };
  const complete = { ...service, template: { ...service.template, Conditions: conditions } };
  const { resources } = resolve([complete, kept], { Seller: 'stable' });
  expect(resources.map((resource) => resource.logicalId)).toEqual(['Queue', 'Other', 'Key']);
  const keyArn = resources.at(-1)?.attributes.Arn;
  expect(resources[0]?.properties).toEqual({
    imported: keyArn,
    output: keyArn,
    joined: 'test-eu-west-1',
    substituted: `stable/arn:aws:sqs:eu-west-1:111122223333:other/\${literal}`,
    selected: 'aws',
    chosen: 'yes',
    mapped: 7,
  });
});

test.each([
  ['an unknown type', { X: { Type: 'AWS::Kinesis::Stream' } }, /AWS::Kinesis::Stream/],
  ['an unknown intrinsic', queue({ a: { 'Fn::Cidr': ['10.0.0.0/8', 1] } }), /Fn::Cidr/],
  ['a name nobody has', queue({ a: { Ref: 'Nobody' } }), /Nobody/],
  ['an export nobody makes', queue({ a: { 'Fn::ImportValue': 'nothing' } }), /nothing/],
  ['an attribute nobody has', queue({ a: { 'Fn::GetAtt': ['Queue', 'Colour'] } }), /Colour/],
])('%s is refused by name', (_what, Resources, message) => {
  expect(() => resolve([stack('s', { Resources })])).toThrow(message);
});

test.each([
  ['a symmetric key', { Key: { Type: 'AWS::KMS::Key', Properties: {} } }, /SYMMETRIC_DEFAULT/],
  [
    'a rule whose queue does not admit it',
    {
      ...queue({}),
      Rule: {
        Type: 'AWS::Events::Rule',
        Properties: {
          EventPattern: { source: ['a'] },
          Targets: [{ Id: 't', Arn: { 'Fn::GetAtt': ['Queue', 'Arn'] } }],
        },
      },
    },
    /does not admit events/,
  ],
  [
    'an archive of a table',
    { T: { Type: 'AWS::DynamoDB::Table', Properties: { StreamSpecification: {} } } },
    /streams/,
  ],
])('%s does not start', async (_what, resources, message) => {
  await expect(startAccount(resources)).rejects.toThrow(message);
});

test('routes match most specific first', () => {
  const keys = [
    'ANY /api/{proxy+}',
    'GET /api/jobs/{id}',
    'GET /api/jobs/mine',
    '$default',
    'POST /api/{proxy+}',
  ];
  const match = compileRoutes(
    keys.map((routeKey) => ({ routeKey, functionArn: routeKey, requiresIam: true, apiId: 'a' })),
  );
  const keyOf = (method: string, path: string) => match(method, path)?.routeKey;
  expect(keyOf('GET', '/api/jobs/mine')).toBe('GET /api/jobs/mine');
  expect(match('GET', '/api/jobs/a%2Fb')).toMatchObject({
    routeKey: 'GET /api/jobs/{id}',
    pathParameters: { id: 'a/b' },
  });
  expect(keyOf('POST', '/api/jobs/mine')).toBe('POST /api/{proxy+}');
  expect(keyOf('DELETE', '/api/jobs/1/2')).toBe('ANY /api/{proxy+}');
  expect(keyOf('GET', '/elsewhere')).toBe('$default');
});

test.each([
  [null, []],
  [{ batchItemFailures: [] }, []],
  [{ batchItemFailures: [{ itemIdentifier: 'a' }] }, ['a']],
  [{ batchItemFailures: [{ itemIdentifier: '' }] }, 'all'],
  [{ batchItemFailures: [{ itemIdentifier: 'stranger' }] }, 'all'],
])('a batch response %j keeps %j', (payload, kept) => {
  expect(failedItems(payload, [{ messageId: 'a' }, { messageId: 'b' }])).toEqual(kept);
});

test('a data directory keeps tables, objects and the wallet’s key over a restart', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'coinbooth-data-'));
  const resources = {
    Wallet: { Type: 'AWS::KMS::Key', Properties: { KeySpec: 'ECC_SECG_P256K1' } },
    Pictures: { Type: 'AWS::S3::Bucket' },
    Jobs: {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      },
    },
  };
  const first = await startAccount(resources, {}, { dataDir });
  const { address } = first.world.key();
  const TableName = first.world.resource('Jobs').ref;
  const Item = { pk: { S: 'kept' } };
  const place = { Bucket: first.world.resource('Pictures').ref, Key: 'a/b.png' };
  await new DynamoDBClient(first.world.sdk('dynamodb')).send(new PutItemCommand({ TableName, Item }));
  await new S3Client(first.world.sdk('s3')).send(new PutObjectCommand({ ...place, Body: 'kept' }));
  await first.close();
  const [keyFile = ''] = readdirSync(join(dataDir, 'keys'));
  expect(statSync(join(dataDir, 'keys', keyFile)).mode & 0o777).toBe(0o600);

  const second = await startAccount(resources, {}, { dataDir });
  expect(second.world.key().address).toBe(address);
  const db = new DynamoDBClient(second.world.sdk('dynamodb'));
  expect((await db.send(new GetItemCommand({ TableName, Key: Item }))).Item).toEqual(Item);
  const got = await new S3Client(second.world.sdk('s3')).send(new GetObjectCommand(place));
  expect(await got.Body?.transformToString()).toBe('kept');
  expect(second.world.object('Pictures', 'a/b.png')?.body.toString()).toBe('kept');
  await second.close();
  rmSync(dataDir, { recursive: true });
});
