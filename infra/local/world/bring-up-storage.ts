import type { DynamoDb, TableDefinition } from '../aws/dynamodb.ts';
import type { KeyStore } from '../aws/kms-keys.ts';
import type { QueuesAndBuckets } from '../aws/queues-and-buckets.ts';
import type { Resource } from './resolve-stacks.ts';

export type Storage = {
  readonly queues: QueuesAndBuckets;
  readonly dynamoDb: DynamoDb;
  readonly keys: KeyStore;
  readonly importedKeyHex: string | undefined;
};

type Json = Record<string, unknown>;

function fail(resource: Resource, message: string): never {
  throw new Error(`${resource.stackName}/${resource.logicalId}: ${message}`);
}

function bringUpQueue(resource: Resource, queues: QueuesAndBuckets): void {
  const { properties } = resource;
  const attributes: Record<string, string> = {};
  for (const [name, value] of Object.entries(properties)) {
    if (name === 'QueueName' || name === 'Tags') continue;
    attributes[name] = typeof value === 'object' ? JSON.stringify(value) : String(value);
  }
  queues.createQueue(resource.attributes.QueueName ?? '', attributes);
}

/** Settings of a bucket that would do something on their own in AWS and nothing here. */
const REFUSED_BUCKET_SETTINGS = [
  'ReplicationConfiguration',
  'ObjectLockConfiguration',
  'WebsiteConfiguration',
  'MetadataTableConfiguration',
];

function bringUpBucket(resource: Resource, queues: QueuesAndBuckets): void {
  for (const name of REFUSED_BUCKET_SETTINGS) {
    if (name in resource.properties) fail(resource, `${name} cannot be honoured by the local world`);
  }
  queues.createBucket(resource.ref);
}

type QueueConfiguration = {
  Event: string;
  Queue: string;
  Filter?: { S3Key: { Rules: { Name: string; Value: string }[] } };
};

function bringUpNotifications(resource: Resource, queues: QueuesAndBuckets): void {
  const settings = (resource.properties.NotificationConfiguration ?? {}) as Json;
  for (const name of Object.keys(settings)) {
    if (name !== 'QueueConfigurations')
      fail(resource, `${name} cannot be honoured: only queues are notified`);
  }
  for (const configuration of (settings.QueueConfigurations ?? []) as QueueConfiguration[]) {
    const rules = configuration.Filter?.S3Key.Rules ?? [];
    const ruleOf = (name: string) => rules.find((rule) => rule.Name.toLowerCase() === name)?.Value ?? '';
    queues.addNotification({
      bucket: resource.ref,
      event: configuration.Event,
      prefix: ruleOf('prefix'),
      suffix: ruleOf('suffix'),
      queueName: configuration.Queue.split(':').at(-1) ?? '',
    });
  }
}

function withoutProvisioning(indexes: unknown): TableDefinition['GlobalSecondaryIndexes'] {
  return (indexes as Json[]).map(({ IndexName, KeySchema, Projection }) => ({
    IndexName,
    KeySchema,
    Projection,
  })) as TableDefinition['GlobalSecondaryIndexes'] | undefined;
}

async function bringUpTable(resource: Resource, dynamoDb: DynamoDb): Promise<void> {
  const { properties } = resource;
  const replicas = (properties.Replicas ?? []) as unknown[];
  if ('StreamSpecification' in properties && replicas.length !== 1)
    fail(resource, 'streams are not emulated');
  if (resource.type === 'AWS::DynamoDB::Table' && 'StreamSpecification' in properties) {
    fail(resource, 'streams are not emulated');
  }
  const timeToLive = properties.TimeToLiveSpecification as
    | { AttributeName?: string; Enabled?: boolean }
    | undefined;
  const { GlobalSecondaryIndexes: global, LocalSecondaryIndexes: local } = properties;
  const globalIndexes = global === undefined ? undefined : withoutProvisioning(global);
  const localIndexes = local === undefined ? undefined : withoutProvisioning(local);
  await dynamoDb.createTable({
    TableName: resource.ref,
    KeySchema: properties.KeySchema as TableDefinition['KeySchema'],
    AttributeDefinitions: properties.AttributeDefinitions as unknown[],
    ...(globalIndexes === undefined ? {} : { GlobalSecondaryIndexes: globalIndexes }),
    ...(localIndexes === undefined ? {} : { LocalSecondaryIndexes: localIndexes }),
    ...(timeToLive?.Enabled === true && timeToLive.AttributeName !== undefined
      ? { TimeToLiveAttribute: timeToLive.AttributeName }
      : {}),
  });
}

function bringUpKey(resource: Resource, storage: Storage): void {
  const { properties } = resource;
  if (properties.KeySpec !== 'ECC_SECG_P256K1') {
    fail(resource, `a KMS key of spec ${String(properties.KeySpec ?? 'SYMMETRIC_DEFAULT')} is not emulated`);
  }
  storage.keys.add({
    keyId: resource.ref,
    description: String(properties.Description ?? ''),
    enabled: properties.Enabled !== false,
    ...(storage.importedKeyHex === undefined ? {} : { importedHex: storage.importedKeyHex }),
  });
}

/** Creates the queues, buckets, tables and keys that the templates name, then what refers to them. */
export async function bringUpStorage(resources: readonly Resource[], storage: Storage): Promise<void> {
  const keyCount = resources.filter((resource) => resource.type === 'AWS::KMS::Key').length;
  if (keyCount > 1 && storage.importedKeyHex !== undefined) {
    throw new Error('one private key cannot be imported into several KMS keys');
  }
  for (const resource of resources) {
    if (resource.type === 'AWS::SQS::Queue') bringUpQueue(resource, storage.queues);
    if (resource.type === 'AWS::S3::Bucket') bringUpBucket(resource, storage.queues);
    if (/^AWS::DynamoDB::(Global)?Table$/.test(resource.type)) await bringUpTable(resource, storage.dynamoDb);
    if (resource.type === 'AWS::KMS::Key') bringUpKey(resource, storage);
  }
  for (const resource of resources) {
    if (resource.type === 'AWS::S3::Bucket') bringUpNotifications(resource, storage.queues);
    if (resource.type === 'AWS::KMS::Alias') {
      storage.keys.alias(resource.ref, String(resource.properties.TargetKeyId).split('/').at(-1) ?? '');
    }
  }
}
