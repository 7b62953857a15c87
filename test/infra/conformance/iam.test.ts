import { KMSClient, SignCommand } from '@aws-sdk/client-kms';
import { expect, test } from 'vitest';
import type { Call } from '../../../infra/local/aws/call.ts';
import { dynamoDbPermissions } from '../../../infra/local/aws/dynamodb-permissions.ts';
import { isAllowed, parseStatements } from '../../../infra/local/aws/iam-policy.ts';
import { startAccount } from './local-account.ts';

const place = { region: 'us-east-1', accountId: '000000000000' };
const TABLE = 'arn:aws:dynamodb:us-east-1:000000000000:table/ledger';

function policy(...Statement: object[]) {
  return parseStatements({ Statement });
}

function permissions(operation: string, input: Record<string, unknown>) {
  const call: Call = { service: 'dynamodb', operation, functionId: 'F', workerId: undefined, input };
  return dynamoDbPermissions(call, place, () => 'pk');
}

function may(statements: ReturnType<typeof policy>, operation: string, input: object): boolean {
  const needed = permissions(operation, { TableName: 'ledger', ...input });
  return needed.length > 0 && needed.every((permission) => isAllowed(statements, permission));
}

test('actions ignore case and take wildcards, resources do not ignore case, a Deny wins', () => {
  const allow = { Effect: 'Allow', Action: 'dynamodb:put*', Resource: `${TABLE}*` };
  const put = { Item: { pk: { S: 'JOB#1' } } };
  expect(may(policy(allow), 'PutItem', put)).toBe(true);
  expect(may(policy(allow), 'DeleteItem', { Key: put.Item })).toBe(false);
  expect(may(policy({ ...allow, Resource: TABLE.toUpperCase() }), 'PutItem', put)).toBe(false);
  const deny = { Effect: 'Deny', Action: 'dynamodb:*', Resource: '*' };
  expect(may(policy(allow, deny), 'PutItem', put)).toBe(false);
});

test('leading keys are read from keys, items, key conditions and every part of a transaction', () => {
  const statements = policy({
    Effect: 'Allow',
    Action: 'dynamodb:*',
    Resource: [TABLE, `${TABLE}/index/*`],
    Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['JOB#*', 'BUDGET'] } },
  });
  const key = (pk: string) => ({ Key: { pk: { S: pk } }, TableName: 'ledger' });
  const query = (pk: string) => ({
    KeyConditionExpression: '#k = :k AND begins_with(sk, :s)',
    ExpressionAttributeNames: { '#k': 'pk' },
    ExpressionAttributeValues: { ':k': { S: pk }, ':s': { S: 'x' } },
  });
  expect(may(statements, 'GetItem', key('JOB#1'))).toBe(true);
  expect(may(statements, 'GetItem', key('CONTROL'))).toBe(false);
  expect(may(statements, 'Query', query('BUDGET'))).toBe(true);
  expect(may(statements, 'Query', query('CONTROL'))).toBe(false);
  expect(may(statements, 'Query', { ...query('CONTROL'), IndexName: 'due' })).toBe(false);
  const transaction = (last: string) => ({
    TransactItems: [
      { Put: { TableName: 'ledger', Item: { pk: { S: 'JOB#1' } } } },
      { ConditionCheck: key(last) },
    ],
  });
  expect(may(statements, 'TransactWriteItems', transaction('BUDGET'))).toBe(true);
  expect(may(statements, 'TransactWriteItems', transaction('CONTROL'))).toBe(false);
  // As in AWS: ForAllValues is true of no keys at all, so a Scan must be refused by its action.
  expect(may(statements, 'Scan', {})).toBe(true);
});

test('attributes are read from keys, projections and expressions', () => {
  const [update] = permissions('UpdateItem', {
    TableName: 'ledger',
    Key: { pk: { S: 'a' } },
    UpdateExpression: 'SET #s = if_not_exists(count, :zero), job.title = :t REMOVE header',
    ConditionExpression: 'attribute_exists(pk) AND NOT size(bytes) > :n',
    ExpressionAttributeNames: { '#s': 'status' },
  });
  const attributes = [...(update?.context['dynamodb:Attributes'] ?? [])].sort();
  expect(attributes).toEqual(['bytes', 'count', 'header', 'job', 'pk', 'status']);
  const withoutHeader = policy({
    Effect: 'Allow',
    Action: 'dynamodb:GetItem',
    Resource: TABLE,
    Condition: {
      'ForAllValues:StringEquals': { 'dynamodb:Attributes': ['pk', 'status'] },
      StringEquals: { 'dynamodb:Select': 'SPECIFIC_ATTRIBUTES' },
    },
  });
  const Key = { pk: { S: 'a' } };
  expect(may(withoutHeader, 'GetItem', { Key, ProjectionExpression: 'pk, status' })).toBe(true);
  expect(may(withoutHeader, 'GetItem', { Key, ProjectionExpression: 'pk, header' })).toBe(false);
  expect(may(withoutHeader, 'GetItem', { Key })).toBe(false);
});

test('what cannot be judged is refused when the policy is read', () => {
  const base = { Effect: 'Allow', Action: '*', Resource: '*' };
  expect(() => policy({ ...base, Condition: { DateLessThan: { 'aws:CurrentTime': '2030' } } })).toThrow(
    /DateLessThan/,
  );
  expect(() => policy({ ...base, Condition: { StringEquals: { 'aws:SourceIp': '::1' } } })).toThrow(
    /aws:SourceIp/,
  );
  expect(() => policy({ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' })).toThrow(/NotAction/);
});

test('a key policy’s denial binds administrators: only the named role signs', async () => {
  const source = `
    import { KMSClient, SignCommand } from '@aws-sdk/client-kms';
    export const handler = async () => {
      const input = { KeyId: process.env.KEY, Message: new Uint8Array(32), MessageType: 'DIGEST', SigningAlgorithm: 'ECDSA_SHA_256' };
      return new KMSClient({}).send(new SignCommand(input)).then(() => 'signed', (error) => error.name);
    };`;
  const account = await startAccount(
    {
      Wallet: {
        Type: 'AWS::KMS::Key',
        Properties: {
          KeySpec: 'ECC_SECG_P256K1',
          KeyPolicy: {
            Statement: {
              Effect: 'Deny',
              Principal: '*',
              Action: 'kms:Sign',
              Resource: '*',
              Condition: {
                ArnNotLike: { 'aws:PrincipalArn': 'arn:aws:iam::000000000000:role/account-Admin*' },
              },
            },
          },
        },
      },
      Name: { Type: 'AWS::KMS::Alias', Properties: { AliasName: 'alias/w', TargetKeyId: { Ref: 'Wallet' } } },
    },
    { Signer: source.replace('process.env.KEY', "'alias/w'") },
  );
  try {
    expect(await account.world.invoke('Signer', {})).toEqual({ ok: true, payload: 'signed' });
    const kms = new KMSClient(account.world.sdk('kms'));
    const input = {
      KeyId: 'alias/w',
      Message: new Uint8Array(32),
      SigningAlgorithm: 'ECDSA_SHA_256',
    } as const;
    await expect(kms.send(new SignCommand(input))).rejects.toMatchObject({ name: 'AccessDeniedException' });
    kms.destroy();
  } finally {
    await account.close();
  }
});
