import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  isAllowed,
  type Permission,
  parseStatements,
  type Statement,
} from '../../../infra/local/aws/iam-policy.ts';
import { readAssembly } from '../../../infra/local/world/read-assembly.ts';
import { type Resource, resolveStacks } from '../../../infra/local/world/resolve-stacks.ts';
import { readDenials } from '../../../infra/local/world/resource-policies.ts';
import { roleOf } from '../../../infra/local/world/roles.ts';
import { type Assembly, nameOf, shipped, synthesiseAside } from './synthesised.ts';

/**
 * What each role may do and may not, asked of the policies as AWS would: every statement of the synthesised templates with
 * its conditions, and the refusals of the key, the queues and the buckets before them.
 */

const place = { region: 'us-east-1', accountId: '123456789012' };

let assembly: Assembly;
let resources: readonly Resource[];
let denials: readonly Statement[];
let roles: Map<string, { readonly arn: string; readonly statements: readonly Statement[] }>;

beforeAll(() => {
  assembly = synthesiseAside(shipped);
  const origins = { api: 'https://api.example', queues: 'https://queues.example' };
  resources = resolveStacks(readAssembly(assembly.directory), {
    place,
    origins,
    parameters: {
      BootstrapVersion: '30',
    },
  }).resources;
  denials = readDenials(resources);
  roles = new Map(
    resources
      .filter(({ type }) => type === 'AWS::IAM::Role')
      .map(({ logicalId, attributes: { Arn = '' } }) => [
        nameOf(logicalId).replace(/Role$/, ''),
        roleOf(Arn, resources),
      ]),
  );
  // Whoever administers the account, and whoever may do everything in it.
  const everything = parseStatements({ Statement: { Effect: 'Allow', Action: '*', Resource: '*' } });
  roles.set('administrator', { arn: `arn:aws:iam::${place.accountId}:role/Admin`, statements: everything });
});

afterAll(() => assembly?.[Symbol.dispose]());

/** ARN of a resource by the name it has in the templates. */
function arnOf(name: string): string {
  const found = resources.find(({ logicalId }) => nameOf(logicalId) === name);
  if (found === undefined) throw new Error(`There is no ${name}`);
  return found.attributes.Arn ?? found.ref;
}

function whoMay(action: string, resource: string, context: Permission['context'] = {}): string[] {
  return [...roles]
    .filter(([, { arn, statements }]) =>
      isAllowed([...statements, ...denials], {
        action,
        resource,
        context: {
          'aws:SecureTransport': ['true'],
          'aws:PrincipalIsAWSService': ['false'],
          'aws:PrincipalArn': [arn],
          ...context,
        },
      }),
    )
    .map(([name]) => name)
    .toSorted();
}

const row = (key: string) => ({ 'dynamodb:LeadingKeys': [key] });
const digest = { 'kms:MessageType': ['DIGEST'], 'kms:SigningAlgorithm': ['ECDSA_SHA_256'] };
const anew = { 's3:if-none-match': ['*'] };

/** Each line: what, where (a name of the templates), with what in the request, and by whom besides an administrator. */
type Line = readonly [action: string, where: string, context: Permission['context'], by: readonly string[]];

const matrix: readonly Line[] = [
  // The key: two may sign digests, nobody anything else.
  ['kms:Sign', 'Wallet', { ...digest, 'kms:MessageType': ['RAW'] }, []],
  ['kms:Sign', 'Wallet', { ...digest, 'kms:SigningAlgorithm': ['ECDSA_SHA_512'] }, []],
  ['kms:Sign', 'Wallet', {}, []],
  ['kms:GetPublicKey', 'Wallet', {}, ['payer', 'poll', 'reconciler']],
  ...['Decrypt', 'DisableKey', 'PutKeyPolicy', 'ScheduleKeyDeletion', 'CreateAlias', 'TagResource'].map(
    (action): Line => [`kms:${action}`, 'Wallet', {}, []],
  ),
  // What was signed is bearer money: one role has any right on its table at all.
  ...['GetItem', 'PutItem', 'DeleteItem'].map(
    (action): Line => [`dynamodb:${action}`, 'Headers', row('PURCHASE#1'), ['payer']],
  ),
  ...[
    'UpdateItem',
    'ConditionCheckItem',
    'Query',
    'Scan',
    'BatchGetItem',
    'BatchWriteItem',
    'GetRecords',
  ].map((action): Line => [`dynamodb:${action}`, 'Headers', row('PURCHASE#1'), []]),
  // What was frozen: one role reads it, and only the reconciler closes it beside.
  ['dynamodb:GetItem', 'Ledger', row('PURCHASE#1'), ['payer']],
  ['dynamodb:PutItem', 'Ledger', row('PURCHASE#1'), ['payer']],
  ['dynamodb:UpdateItem', 'Ledger', row('PURCHASE#1'), ['payer', 'reconciler']],
  // Whether anything may be signed, and how much: nobody in the service can say yes.
  ['dynamodb:PutItem', 'Ledger', row('CONTROL#signing'), []],
  ['dynamodb:PutItem', 'Ledger', row('CONTROL#limits'), []],
  ['dynamodb:UpdateItem', 'Ledger', row('CONTROL#signing'), ['reconciler']],
  ['dynamodb:DeleteItem', 'Ledger', row('CONTROL#signing'), []],
  ['dynamodb:PutItem', 'Ledger', row('BUDGET#2026-01-01#total'), ['payer']],
  ['dynamodb:UpdateItem', 'Ledger', row('BUDGET#2026-01-01#total'), ['payer', 'reconciler']],
  // Hosts of results: the delivery asks whether one is allowed, notes those that are not, and allows none.
  [
    'dynamodb:GetItem',
    'Ledger',
    row('CONTROL#HOSTS#allowed'),
    ['deliver', 'intake', 'manifest', 'payer', 'reconciler'],
  ],
  ['dynamodb:GetItem', 'Ledger', row('CONTROL#SIGNING'), ['intake', 'manifest', 'payer', 'reconciler']],
  ['dynamodb:PutItem', 'Ledger', row('CONTROL#HOSTS#allowed'), []],
  ['dynamodb:PutItem', 'Ledger', row('HELD#hosts'), ['deliver']],
  ['dynamodb:GetItem', 'Ledger', row('HELD#hosts'), []],
  // What the chain showed.
  ['dynamodb:PutItem', 'Ledger', row('NONCE#0x1'), ['reconciler']],
  // An entry of the books is put once, by whoever has read the final block.
  ['dynamodb:PutItem', 'Ledger', row('BOOK#2026-11-25'), ['reconciler']],
  ['dynamodb:UpdateItem', 'Ledger', row('BOOK#2026-11-25'), []],
  ['dynamodb:DeleteItem', 'Ledger', row('BOOK#2026-11-25'), []],
  ['dynamodb:PutItem', 'Ledger', row('CHAIN#1'), ['reconciler']],
  // What is lost, and what was proven dead and never was.
  ['dynamodb:PutItem', 'Ledger', row('LOSS#1'), ['deliver', 'payer', 'poll', 'reconciler']],
  ['dynamodb:UpdateItem', 'Ledger', row('LOSS#1'), ['payer']],
  // The books are written once, beside what they tell of, and read by nobody in the service.
  ['dynamodb:PutItem', 'Ledger', row('BOOK#1'), ['reconciler']],
  ['dynamodb:GetItem', 'Ledger', row('BOOK#1'), []],
  ['dynamodb:UpdateItem', 'Ledger', row('BOOK#1'), []],
  ['dynamodb:DeleteItem', 'Ledger', row('BOOK#1'), []],
  // What was learned of the models: whoever decides when to look may read it, and one writes it.
  ['dynamodb:GetItem', 'Ledger', row('TIMES#flux-2-pro/generate'), ['payer', 'poll', 'reconciler']],
  ['dynamodb:PutItem', 'Ledger', row('TIMES#flux-2-pro/generate'), ['reconciler']],
  ['dynamodb:UpdateItem', 'Ledger', row('TIMES#flux-2-pro/generate'), []],
  ['dynamodb:DeleteItem', 'Ledger', row('TIMES#flux-2-pro/generate'), []],
  // Who asked, and under which key.
  ['dynamodb:PutItem', 'Ledger', row('IDEMPOTENCY#1'), ['intake', 'requests']],
  ['dynamodb:PutItem', 'Ledger', row('SELLERJOB#1'), ['payer']],
  // A row of a kind that nobody has heard of, and one whose key only begins like a known kind.
  ['dynamodb:GetItem', 'Ledger', row('SECRET#1'), []],
  ['dynamodb:GetItem', 'Ledger', row('JOBS#1'), []],
  // Rows by the many, and the table itself.
  ...[
    'Scan',
    'BatchGetItem',
    'BatchWriteItem',
    'PartiQLSelect',
    'PartiQLUpdate',
    'ExportTableToPointInTime',
  ].map((action): Line => [`dynamodb:${action}`, 'Ledger', {}, []]),
  ...[
    'UpdateTable',
    'DeleteTable',
    'UpdateContinuousBackups',
    'UpdateTimeToLive',
    'RestoreTableToPointInTime',
  ].map((action): Line => [`dynamodb:${action}`, 'Ledger', {}, []]),
  ['dynamodb:Query', 'Ledger', row('JOB#1'), []],
  ['dynamodb:Query', 'Ledger/index/caller', {}, ['intake']],
  ['dynamodb:Query', 'Ledger/index/due', {}, ['reconciler', 'sweeper']],
  ['dynamodb:Scan', 'Ledger/index/due', {}, []],
  // The buckets: by prefix, and nothing is ever written over by a caller, or deleted by anybody.
  ['s3:PutObject', 'Pictures/pictures/a.webp', {}, ['deliver']],
  ['s3:PutObject', 'Pictures/uploads/a', anew, ['intake']],
  ['s3:PutObject', 'Pictures/uploads/a', {}, []],
  ['s3:PutObject', 'Pictures/elsewhere', anew, []],
  ['s3:PutObject', 'Pictures/results/a.json', {}, ['manifest']],
  ['s3:GetObject', 'Pictures/pictures/a.webp', {}, ['intake', 'payer']],
  ['s3:GetObject', 'Pictures/uploads/a', {}, ['payer']],
  // What inspection refused: put there, and read by nobody in the service.
  ['s3:PutObject', 'Pictures/quarantine/a', {}, ['deliver']],
  ...['GetObject', 'GetObjectVersion', 'DeleteObject'].map(
    (action): Line => [`s3:${action}`, 'Pictures/quarantine/a', {}, []],
  ),
  ['s3:GetObject', 'Pictures/results/a.json', {}, []],
  ['s3:GetObject', 'Inbox/requests/a.csv', {}, ['manifest']],
  ['s3:GetObject', 'Inbox/elsewhere', {}, []],
  ['s3:PutObject', 'Inbox/requests/a.csv', {}, []],
  ...['DeleteObject', 'PutObjectAcl', 'PutObjectTagging', 'GetObjectVersion'].map(
    (action): Line => [`s3:${action}`, 'Pictures/pictures/a.webp', {}, []],
  ),
  ...['ListBucket', 'PutBucketPolicy', 'PutBucketPublicAccessBlock', 'PutLifecycleConfiguration'].map(
    (action): Line => [`s3:${action}`, 'Pictures', {}, []],
  ),
  // The queues.
  ['sqs:SendMessage', 'Payments', {}, ['intake', 'manifest', 'reconciler', 'requests', 'sweeper']],
  ['sqs:ReceiveMessage', 'Payments', {}, ['payer']],
  ['sqs:SendMessage', 'Requests', {}, []],
  ['sqs:ReceiveMessage', 'PaymentDeadLetters', {}, []],
  ['sqs:PurgeQueue', 'Payments', {}, []],
  ['sqs:SetQueueAttributes', 'Payments', {}, []],
  // Who calls whom.
  ['states:StartExecution', 'Workflow', {}, ['payer']],
  ['states:StopExecution', 'Workflow', {}, []],
  ['states:UpdateStateMachine', 'Workflow', {}, []],
  ['lambda:InvokeFunction', 'pollFunction', {}, ['Workflow']],
  ['lambda:InvokeFunction', 'payerFunction', {}, []],
  ['lambda:InvokeFunction', 'reconcilerFunction', {}, []],
  ['lambda:UpdateFunctionCode', 'payerFunction', {}, []],
  ['lambda:UpdateFunctionConfiguration', 'payerFunction', {}, []],
  ['lambda:AddPermission', 'payerFunction', {}, []],
  ['events:PutEvents', 'Bus', {}, ['deliver', 'manifest', 'payer', 'poll', 'requests']],
  ['events:PutRule', 'Bus', {}, []],
  ['iam:PassRole', 'payerRole', {}, []],
  ['iam:PutRolePolicy', 'payerRole', {}, []],
  ['iam:UpdateAssumeRolePolicy', 'payerRole', {}, []],
  ['sts:AssumeRole', 'payerRole', {}, []],
];

/** `Name/rest` becomes the ARN of the name, and the rest behind it. */
function resourceOf(where: string): string {
  const [name = '', ...rest] = where.split('/');
  return [arnOf(name), ...rest].join('/');
}

describe('who may', () => {
  test.each(matrix)('%s %s with %j: %j', (action, where, context, by) => {
    const may = whoMay(action, resourceOf(where), context);
    expect(may.filter((name) => name !== 'administrator')).toEqual(by);
    // That nobody in the service may is no mistake in how it is asked: the account can.
    const isRaw = action === 'kms:Sign';
    expect(may.includes('administrator')).toBe(!isRaw);
  });

  test('sign a digest with the wallet: payer and poll, and not even an administrator', () => {
    expect(whoMay('kms:Sign', arnOf('Wallet'), digest)).toEqual(['payer', 'poll']);
    expect(whoMay('kms:CreateGrant', arnOf('Wallet'))).toEqual([]);
  });

  test('sign with another key, start another workflow, or write to another bus: nobody here', () => {
    const other = (service: string, rest: string) =>
      `arn:aws:${service}:${place.region}:${place.accountId}:${rest}`;
    const only = ['administrator'];
    expect(whoMay('kms:GetPublicKey', other('kms', 'key/another'), digest)).toEqual(only);
    expect(whoMay('states:StartExecution', other('states', 'stateMachine:another'))).toEqual(only);
    expect(whoMay('events:PutEvents', other('events', 'event-bus/default'))).toEqual(only);
    expect(whoMay('dynamodb:GetItem', other('dynamodb', 'table/another'), row('JOB#1'))).toEqual(only);
    expect(whoMay('s3:GetObject', 'arn:aws:s3:::another/pictures/a.webp')).toEqual(only);
    for (const action of ['secretsmanager:GetSecretValue', 'ssm:GetParameter', 'logs:CreateLogGroup'])
      expect(whoMay(action, '*')).toEqual(only);
  });

  test('put into the queue of what S3 tells of: a service of AWS, and nobody of the account', () => {
    expect(whoMay('sqs:SendMessage', arnOf('Arrivals'))).toEqual([]);
  });

  test('do anything without TLS to the buckets and queues: nobody at all', () => {
    const plain = { 'aws:SecureTransport': ['false'] };
    expect(whoMay('s3:GetObject', resourceOf('Pictures/pictures/a.webp'), plain)).toEqual([]);
    expect(whoMay('sqs:ReceiveMessage', arnOf('Payments'), plain)).toEqual([]);
  });

  test('write a log: each its own', () => {
    for (const name of roles.keys())
      if (!['administrator', 'Workflow'].includes(name))
        expect(whoMay('logs:PutLogEvents', arnOf(`${name}Logs`))).toEqual(['administrator', name].toSorted());
  });
});
