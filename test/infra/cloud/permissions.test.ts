import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { settingsSchema } from '../../../infra/cloud/settings.ts';
import { type Permission, permissionsIn, rolesThatSee, trustIn } from './policies.ts';
import {
  type Assembly,
  nameOf,
  ofType,
  type Properties,
  shipped,
  synthesiseAside,
  theOne,
  writeOut,
} from './synthesised.ts';

let assembly: Assembly;
let permissions: Permission[];

beforeAll(() => {
  assembly = synthesiseAside(shipped);
  permissions = permissionsIn(assembly);
});

afterAll(() => assembly?.[Symbol.dispose]());

const written = ({ action, resource, rows, limits }: Permission): string =>
  [action, resource, ...rows.map((row) => `of ${row}`), ...limits.map((limit) => `if ${limit}`)].join(' ');

describe('each role has these permissions and no other', () => {
  const logs = (name: string) => [
    `logs:CreateLogStream ${name}Logs.Arn`,
    `logs:PutLogEvents ${name}Logs.Arn`,
  ];
  const sign = [
    'kms:GetPublicKey Wallet.Arn',
    'kms:Sign Wallet.Arn if kms:MessageType=DIGEST if kms:SigningAlgorithm=ECDSA_SHA_256',
  ];
  const rowsOf = (actions: string[], ...rows: string[]) =>
    actions.map((action) => [`dynamodb:${action} Ledger.Arn`, ...rows.map((row) => `of ${row}#*`)].join(' '));
  const ending = [...rowsOf(['GetItem'], 'JOB'), ...rowsOf(['PutItem'], 'JOB', 'LOSS')];
  const exposed = ['dynamodb:UpdateItem Ledger.Arn of BUDGET#unseen#*'];
  const asked = rowsOf(['GetItem', 'PutItem'], 'JOB', 'IDEMPOTENCY', 'UPLOAD');
  const receive = (queue: string) =>
    ['ReceiveMessage', 'DeleteMessage', 'ChangeMessageVisibility', 'GetQueueAttributes'].map(
      (action) => `sqs:${action} ${queue}.Arn`,
    );
  const table: Record<string, string[]> = {
    intake: [
      ...logs('intake'),
      ...asked,
      ...rowsOf(['GetItem'], 'CONTROL', 'BUDGET'),
      'dynamodb:Query Ledger.Arn/index/caller',
      'dynamodb:Query Ledger.Arn/index/request',
      'sqs:SendMessage Payments.Arn',
      's3:GetObject Pictures.Arn/pictures/*',
      's3:PutObject Pictures.Arn/uploads/* if s3:if-none-match',
    ],
    requests: [
      ...logs('requests'),
      ...asked,
      'dynamodb:Query Ledger.Arn/index/request',
      ...receive('Requests'),
      'sqs:SendMessage Payments.Arn',
      'events:PutEvents Bus.Arn',
    ],
    manifest: [
      ...logs('manifest'),
      ...rowsOf(['GetItem', 'PutItem'], 'JOB', 'MANIFEST'),
      ...rowsOf(['GetItem'], 'UPLOAD', 'CONTROL', 'BUDGET'),
      'dynamodb:Query Ledger.Arn/index/request',
      ...receive('Arrivals'),
      ...receive('Manifests'),
      's3:GetObject Inbox.Arn/requests/*',
      's3:GetObject Pictures.Arn/manifests/*',
      's3:PutObject Pictures.Arn/manifests/*',
      's3:PutObject Pictures.Arn/results/*',
      'sqs:SendMessage Payments.Arn',
      'events:PutEvents Bus.Arn',
    ],
    payer: [
      ...logs('payer'),
      ...rowsOf(['GetItem', 'PutItem', 'UpdateItem'], 'JOB', 'PURCHASE', 'SELLERJOB', 'BUDGET', 'LOSS'),
      // Whether it may sign it can read and hold a write against, never say.
      ...rowsOf(['GetItem'], 'UPLOAD', 'CONTROL', 'TIMES'),
      ...rowsOf(['ConditionCheckItem'], 'CONTROL'),
      ...['GetItem', 'PutItem', 'DeleteItem'].map((action) => `dynamodb:${action} Headers.Arn`),
      ...receive('Payments'),
      's3:GetObject Pictures.Arn/pictures/*',
      's3:GetObject Pictures.Arn/uploads/*',
      ...sign,
      'states:StartExecution ExpressWorkflow',
      'states:StartExecution Workflow',
      'events:PutEvents Bus.Arn',
    ],
    // How long models take it reads, and what it saw of one job it writes into that job's row.
    poll: [
      ...logs('poll'),
      ...ending,
      ...exposed,
      ...rowsOf(['GetItem'], 'TIMES'),
      ...sign,
      'events:PutEvents Bus.Arn',
      's3:PutObject Pictures.Arn/inline/*',
    ],
    deliver: [
      ...logs('deliver'),
      ...ending,
      ...exposed,
      ...rowsOf(['GetItem'], 'CONTROL#HOSTS'),
      ...rowsOf(['PutItem'], 'HELD'),
      's3:PutObject Pictures.Arn/pictures/*',
      's3:PutObject Pictures.Arn/quarantine/*',
      's3:GetObject Pictures.Arn/inline/*',
      'events:PutEvents Bus.Arn',
    ],
    // It closes what is open and stops what is wrong; it can neither sign nor read what was signed.
    reconciler: [
      ...logs('reconciler'),
      ...rowsOf(['GetItem'], 'JOB', 'NONCE', 'CHAIN', 'CONTROL', 'LOSS', 'BUDGET', 'TIMES'),
      ...rowsOf(['PutItem'], 'JOB', 'NONCE', 'CHAIN', 'BOOK', 'TIMES', 'LOSS'),
      ...rowsOf(['UpdateItem'], 'PURCHASE', 'BUDGET', 'CONTROL'),
      'dynamodb:Query Ledger.Arn/index/due',
      'sqs:SendMessage Payments.Arn',
      'kms:GetPublicKey Wallet.Arn',
    ],
    sweeper: [
      ...logs('sweeper'),
      ...rowsOf(['GetItem', 'PutItem'], 'JOB', 'MANIFEST'),
      'dynamodb:Query Ledger.Arn/index/due',
      'sqs:SendMessage Manifests.Arn',
      'sqs:SendMessage Payments.Arn',
    ],
    // No key, no ledger: what it counts is written to its log.
    auditor: logs('auditor'),
    Workflow: ['lambda:InvokeFunction pollFunction.Arn', 'lambda:InvokeFunction deliverFunction.Arn'],
  };

  test.each(Object.entries(table))('%s', (role, expected) => {
    const found = permissions.filter((permission) => permission.role === role).map(written);
    expect(found.toSorted()).toEqual(expected.toSorted());
  });

  test('and there is no further role, nor anybody else who may take one on', () => {
    expect(trustIn(assembly)).toEqual({
      intake: ['lambda.amazonaws.com'],
      requests: ['lambda.amazonaws.com'],
      manifest: ['lambda.amazonaws.com'],
      payer: ['lambda.amazonaws.com'],
      poll: ['lambda.amazonaws.com'],
      deliver: ['lambda.amazonaws.com'],
      reconciler: ['lambda.amazonaws.com'],
      sweeper: ['lambda.amazonaws.com'],
      auditor: ['lambda.amazonaws.com'],
      Workflow: ['states.amazonaws.com'],
    });
  });
});

describe('who may do what is dangerous', () => {
  const holders: Record<string, string[]> = {
    'kms:Sign': ['payer', 'poll'],
    'kms:GetPublicKey': ['payer', 'poll', 'reconciler'],
    'kms:CreateGrant': [],
    'kms:Decrypt': [],
    'kms:DisableKey': [],
    'kms:PutKeyPolicy': [],
    'kms:ScheduleKeyDeletion': [],
    'dynamodb:BatchGetItem': [],
    'dynamodb:BatchWriteItem': [],
    'dynamodb:DeleteItem': ['payer'],
    'dynamodb:DeleteTable': [],
    'dynamodb:PartiQLUpdate': [],
    'dynamodb:Query': ['intake', 'manifest', 'reconciler', 'requests', 'sweeper'],
    'dynamodb:Scan': [],
    'dynamodb:UpdateItem': ['payer', 'poll', 'deliver', 'reconciler'],
    'events:PutEvents': ['requests', 'manifest', 'payer', 'poll', 'deliver'],
    'events:PutRule': [],
    'iam:PassRole': [],
    'lambda:InvokeFunction': ['Workflow'],
    'lambda:UpdateFunctionCode': [],
    'lambda:UpdateFunctionConfiguration': [],
    'logs:CreateLogGroup': [],
    's3:DeleteObject': [],
    's3:GetObject': ['deliver', 'intake', 'manifest', 'payer'],
    's3:ListBucket': [],
    's3:PutBucketPolicy': [],
    's3:PutObject': ['deliver', 'intake', 'manifest', 'poll'],
    's3:PutObjectAcl': [],
    'sqs:DeleteMessage': ['requests', 'manifest', 'payer'],
    'sqs:PurgeQueue': [],
    'sqs:ReceiveMessage': ['requests', 'manifest', 'payer'],
    'sqs:SendMessage': ['intake', 'requests', 'manifest', 'reconciler', 'sweeper'],
    'states:StartExecution': ['payer'],
    'states:StopExecution': [],
    'sts:AssumeRole': [],
  };
  const covers = (pattern: string, action: string) =>
    new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`, 'i').test(action);

  test.each(Object.entries(holders))('%s: %j', (action, expected) => {
    const roles = permissions.filter((held) => covers(held.action, action)).map(({ role }) => role);
    expect([...new Set(roles)].toSorted()).toEqual(expected.toSorted());
  });

  test('what was frozen for a purchase is read by the payer, and closed by the reconciler', () => {
    const reach = permissions.filter(({ rows }) => rows.includes('PURCHASE#*'));
    expect(reach.map(({ role, action }) => `${role} ${action.split(':')[1]}`).toSorted()).toEqual([
      'payer GetItem',
      'payer PutItem',
      'payer UpdateItem',
      'reconciler UpdateItem',
    ]);
  });

  test('who ends a job updates exposure rows, and no other budget: a right to update is a right to read', () => {
    const reach = permissions.filter(({ rows }) => rows.some((row) => row.startsWith('BUDGET#unseen')));
    expect(reach.map(({ role, action }) => `${role} ${action.split(':')[1]}`).toSorted()).toEqual([
      'deliver UpdateItem',
      'poll UpdateItem',
    ]);
  });

  test('every permission on the ledger names its rows, except the indexes, which hold keys alone', () => {
    const onLedger = permissions.filter(({ resource }) => resource.startsWith('Ledger'));
    const unlimited = onLedger.filter(({ rows }) => rows.length === 0);
    expect(
      unlimited.map(({ role, action, resource }) => `${role}: ${action} ${resource}`).toSorted(),
    ).toEqual([
      'intake: dynamodb:Query Ledger.Arn/index/caller',
      'intake: dynamodb:Query Ledger.Arn/index/request',
      'manifest: dynamodb:Query Ledger.Arn/index/request',
      'reconciler: dynamodb:Query Ledger.Arn/index/due',
      'requests: dynamodb:Query Ledger.Arn/index/request',
      'sweeper: dynamodb:Query Ledger.Arn/index/due',
    ]);
    // A prefix without its separator would reach the rows of every longer prefix as well.
    for (const { rows } of onLedger)
      for (const row of rows) expect(row).toMatch(/^[A-Z]+(#[A-Z]+)?#(unseen#)?\*$/);
  });

  test('no action is a wildcard, and a resource only where these reasons hold', () => {
    expect(permissions.filter(({ action }) => action.includes('*'))).toEqual([]);
    const wide = permissions.map(({ resource }) => resource).filter((resource) => resource.includes('*'));
    expect(new Set(wide)).toEqual(
      new Set([
        // Pictures are named by their job, files of callers by an id of ours.
        'Pictures.Arn/pictures/*',
        'Pictures.Arn/quarantine/*',
        'Pictures.Arn/uploads/*',
        // Results that came inside an answer, by their job: poll writes them, deliver reads them.
        'Pictures.Arn/inline/*',
        // Plans and results are named by their manifest; only what callers drop has a name of theirs.
        'Pictures.Arn/manifests/*',
        'Pictures.Arn/results/*',
        'Inbox.Arn/requests/*',
      ]),
    );
  });

  test('a bucket that requests may name objects of is read by the payer alone', () => {
    using referring = synthesiseAside({ ...shipped, references: { buckets: ['allowed-bucket'] } });
    const reach = permissionsIn(referring).filter(({ resource }) => resource.includes('allowed-bucket'));
    expect(reach.map(({ role, ...permission }) => `${role}: ${written({ role, ...permission })}`)).toEqual([
      'payer: s3:GetObject arn:AWS::Partition:s3:::allowed-bucket/*',
    ]);
  });

  test('a log group is named as CloudFormation names it, which ends with its streams already', () => {
    const onLogs = permissions.filter(({ action }) => action.startsWith('logs:'));
    for (const { role, resource } of onLogs) expect(resource).toBe(`${role}Logs.Arn`);
  });
});

describe('a right to change a row, or to check it, is a right to read it (ReturnValues)', () => {
  test('signed headers are seen by the payer alone, by whatever right', () => {
    const reach = permissions.filter(({ resource }) => resource.startsWith('Headers'));
    expect([...new Set(reach.map(({ role }) => role))]).toEqual(['payer']);
    expect(rolesThatSee(permissions, 'Headers', 'PURCHASE#1')).toEqual(['payer']);
  });

  const ofJobs = ['deliver', 'intake', 'manifest', 'payer', 'poll', 'reconciler', 'requests', 'sweeper'];
  const seen: Record<string, readonly string[]> = {
    JOB: ofJobs,
    PURCHASE: ['payer', 'reconciler'],
    SELLERJOB: ['payer'],
    BUDGET: ['intake', 'manifest', 'payer', 'reconciler'],
    // Counts and sums alone: whoever ends a job takes it out of the exposure.
    'BUDGET#unseen': ['deliver', 'intake', 'manifest', 'payer', 'poll', 'reconciler'],
    CONTROL: ['intake', 'manifest', 'payer', 'reconciler'],
    'CONTROL#HOSTS': ['deliver', 'intake', 'manifest', 'payer', 'reconciler'],
    HELD: ['deliver'],
    LOSS: ['deliver', 'payer', 'poll', 'reconciler'],
    IDEMPOTENCY: ['intake', 'requests'],
    UPLOAD: ['intake', 'manifest', 'payer', 'requests'],
    MANIFEST: ['manifest', 'sweeper'],
    NONCE: ['reconciler'],
    CHAIN: ['reconciler'],
    BOOK: ['reconciler'],
    TIMES: ['payer', 'poll', 'reconciler'],
  };

  test.each(Object.entries(seen))('rows of %s are seen by %j', (kind, roles) => {
    expect(rolesThatSee(permissions, 'Ledger', `${kind}#1`)).toEqual(roles);
  });

  test('and there are no rows of another kind', () => {
    const kinds = permissions.flatMap(({ rows }) => rows.map((row) => row.replace('#*', '')));
    expect([...new Set(kinds)].toSorted()).toEqual(Object.keys(seen).toSorted());
  });
});

describe("the wallet's key", () => {
  interface KeyStatement {
    readonly Sid?: string;
    readonly Effect: string;
    readonly Action: string;
    readonly Principal: Properties;
    readonly Condition?: { ArnNotEquals: { 'aws:PrincipalArn': unknown[] } };
  }

  const statementsOf = ({ keep }: Assembly): KeyStatement[] => {
    const { KeyPolicy } = theOne(keep, 'AWS::KMS::Key').Properties as {
      KeyPolicy: { Statement: KeyStatement[] };
    };
    return KeyPolicy.Statement;
  };

  test('is administered by the account, and by nobody outside it', () => {
    const allowed = statementsOf(assembly).filter(({ Effect }) => Effect === 'Allow');
    expect(allowed.length).toBeGreaterThan(0);
    for (const { Principal } of allowed)
      expect(writeOut(Principal.AWS, assembly)).toBe('arn:AWS::Partition:iam::AWS::AccountId:root');
  });

  test('grants nobody anything, and refuses nothing that its administration needs', () => {
    const refused = statementsOf(assembly).filter(({ Effect }) => Effect === 'Deny');
    expect(refused).toMatchObject([
      { Sid: 'NobodyElseSigns', Action: 'kms:Sign', Principal: { AWS: '*' }, Resource: '*' },
      { Sid: 'NobodyGrants', Action: 'kms:CreateGrant', Principal: { AWS: '*' }, Resource: '*' },
    ]);
    expect(refused.map(({ Condition }) => Object.keys(Condition ?? {}))).toEqual([['ArnNotEquals'], []]);
  });

  test.each(['Coinbooth', 'Another'])('refuses to sign for every role of %s but payer and poll', (name) => {
    using named = synthesiseAside({ ...shipped, name });
    const refusal = statementsOf(named).find(({ Sid }) => Sid === 'NobodyElseSigns');
    const spared = (refusal?.Condition?.ArnNotEquals['aws:PrincipalArn'] ?? []).map((arn) =>
      writeOut(arn, named),
    );
    const arnOf = (signer: string) =>
      `arn:AWS::Partition:iam::AWS::AccountId:role/${name}-AWS::Region-${signer}`;
    expect(spared).toEqual([arnOf('payer'), arnOf('poll')]);
    // The two roles have exactly these names; no other has a name that somebody could know beforehand.
    const roleNames = ofType(named.service, 'AWS::IAM::Role').flatMap(([logicalId, { Properties: role }]) =>
      'RoleName' in role
        ? [
            [
              nameOf(logicalId),
              `arn:AWS::Partition:iam::AWS::AccountId:role/${writeOut(role.RoleName, named)}`,
            ],
          ]
        : [],
    );
    expect(Object.fromEntries(roleNames)).toEqual({ payerRole: arnOf('payer'), pollRole: arnOf('poll') });
  });

  test('knows roles whose names are short enough, whatever the deployment and its region are called', () => {
    const longest = settingsSchema.shape.name.parse(`A${'x'.repeat(30)}`);
    expect(`${longest}-${'ap-southeast-1'}-payer`.length).toBeLessThanOrEqual(64);
    expect(settingsSchema.shape.name.safeParse(`${longest}x`).success).toBe(false);
  });
});
