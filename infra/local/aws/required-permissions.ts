import type { Call, Place } from './call.ts';
import { dynamoDbPermissions, type TableKeys } from './dynamodb-permissions.ts';
import type { Permission } from './iam-policy.ts';

export type PermissionLookups = {
  /** Key ARN of a key id, alias name or either's ARN; undefined when there is no such key. */
  keyArn(keyId: string): string | undefined;
  tableKeys: TableKeys;
};

/** Batches are authorised under the single action's name (SQS developer guide, "API permissions"). */
const SQS_ACTIONS = new Map<string, string>(
  Object.entries({
    SendMessageBatch: 'SendMessage',
    DeleteMessageBatch: 'DeleteMessage',
    ChangeMessageVisibilityBatch: 'ChangeMessageVisibility',
  }),
);

const S3_ACTIONS: Record<string, readonly ('bucket' | string)[]> = {
  PutObject: ['s3:PutObject'],
  CreateMultipartUpload: ['s3:PutObject'],
  UploadPart: ['s3:PutObject'],
  CompleteMultipartUpload: ['s3:PutObject'],
  AbortMultipartUpload: ['s3:AbortMultipartUpload'],
  CopyObject: ['s3:PutObject'],
  GetObject: ['s3:GetObject'],
  HeadObject: ['s3:GetObject'],
  GetObjectAttributes: ['s3:GetObject', 's3:GetObjectAttributes'],
  DeleteObject: ['s3:DeleteObject'],
  DeleteObjects: ['s3:DeleteObject'],
  ListObjects: ['s3:ListBucket'],
  ListObjectsV2: ['s3:ListBucket'],
  HeadBucket: ['s3:ListBucket'],
};

function sqs(call: Call, place: Place): Permission[] {
  const name = String(call.input.QueueUrl ?? call.input.QueueName ?? '*')
    .split('/')
    .at(-1);
  const action = SQS_ACTIONS.get(call.operation) ?? call.operation;
  return [
    {
      action: `sqs:${action}`,
      resource: `arn:aws:sqs:${place.region}:${place.accountId}:${name}`,
      context: {},
    },
  ];
}

function s3Context(call: Call): Permission['context'] {
  const { Prefix, IfNoneMatch } = call.input;
  return {
    ...(Prefix === undefined ? {} : { 's3:prefix': [String(Prefix)] }),
    ...(IfNoneMatch === undefined ? {} : { 's3:if-none-match': [String(IfNoneMatch)] }),
  };
}

/** What an S3 call needs: object actions on the object's ARN, list actions on the bucket's. */
function s3(call: Call): Permission[] {
  const bucket = String(call.input.Bucket ?? '*');
  const objectArn = `arn:aws:s3:::${bucket}/${String(call.input.Key ?? '*')}`;
  const actions = S3_ACTIONS[call.operation] ?? [`s3:${call.operation}`];
  const permissions = actions.map((action) => ({
    action,
    resource: action === 's3:ListBucket' ? `arn:aws:s3:::${bucket}` : objectArn,
    context: s3Context(call),
  }));
  const source = call.input.CopySource;
  if (typeof source !== 'string') return permissions;
  const sourceArn = `arn:aws:s3:::${decodeURIComponent(source).replace(/^\//, '')}`;
  return [...permissions, { action: 's3:GetObject', resource: sourceArn, context: {} }];
}

function kms(call: Call, place: Place, lookups: PermissionLookups): Permission[] {
  const keyId = String(call.input.KeyId ?? '*');
  const fallback = `arn:aws:kms:${place.region}:${place.accountId}:key/${keyId}`;
  const context: Record<string, string[]> = {};
  if (call.operation === 'Sign') {
    context['kms:MessageType'] = [String(call.input.MessageType ?? 'RAW')];
    context['kms:SigningAlgorithm'] = [String(call.input.SigningAlgorithm)];
  }
  return [{ action: `kms:${call.operation}`, resource: lookups.keyArn(keyId) ?? fallback, context }];
}

function events(call: Call, place: Place): Permission[] {
  const entries = Array.isArray(call.input.Entries) ? call.input.Entries : [];
  return entries.map((entry: Record<string, unknown>) => {
    const bus = String(entry.EventBusName ?? 'default');
    return {
      action: `events:${call.operation}`,
      resource: bus.startsWith('arn:')
        ? bus
        : `arn:aws:events:${place.region}:${place.accountId}:event-bus/${bus}`,
      context: {
        'events:source': [String(entry.Source)],
        'events:detail-type': [String(entry.DetailType)],
      },
    };
  });
}

/** The permissions AWS asks for before it performs a call: the actions of IAM, not the names of the API. */
export function requiredPermissions(call: Call, place: Place, lookups: PermissionLookups): Permission[] {
  switch (call.service) {
    case 'sqs':
      return sqs(call, place);
    case 's3':
      return s3(call);
    case 'kms':
      return kms(call, place, lookups);
    case 'events':
      return events(call, place);
    case 'dynamodb':
      return dynamoDbPermissions(call, place, lookups.tableKeys);
    case 'states': {
      const resource = String(call.input.stateMachineArn ?? call.input.executionArn ?? '*');
      return [{ action: `states:${call.operation}`, resource, context: {} }];
    }
  }
}
