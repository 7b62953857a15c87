import { Match, Template } from 'aws-cdk-lib/assertions';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { workflow } from '../../../functions/poller/workflow.ts';
import { readSettings, type Settings } from '../../../infra/cloud/settings.ts';
import { compilePattern } from '../../../infra/local/aws/event-pattern.ts';
import { prepareStateMachine } from '../../../infra/local/aws/executions.ts';
import { environments, type FunctionName, readEnvironment } from '../../../shared/contracts/environment.ts';
import { detailTypes, eventSource } from '../../../shared/contracts/event.ts';
import { authorizationSchema } from '../../../shared/core/authorization.ts';
import type { WorkflowKind } from '../../../shared/core/job.ts';
import { jobSchema } from '../../../shared/core/job-record.ts';
import {
  type Assembly,
  nameOf,
  ofType,
  type Properties,
  type Resource,
  type StackTemplate,
  shipped,
  synthesiseAside,
  theNamed,
  theOne,
  writeOut,
} from './synthesised.ts';

const functionNames = Object.keys(environments) as FunctionName[];
/** What the API serves, each with an authorizer before it. */
const paths = ['/api/{proxy+}', '/llms.txt', '/openapi.json'];
const settings: Settings = readSettings(shipped, 'cloud');

let assembly: Assembly;
let keep: Template;
let service: Template;

beforeAll(() => {
  assembly = synthesiseAside(shipped);
  keep = Template.fromJSON(assembly.keep);
  service = Template.fromJSON(assembly.service);
});

afterAll(() => assembly?.[Symbol.dispose]());

const lambdaOf = (name: FunctionName, { service: template }: Assembly = assembly): Resource =>
  theNamed(template, 'AWS::Lambda::Function', `${name}Function`);

const queue = (name: string, stack: 'keep' | 'service' = 'service'): Properties =>
  theNamed(assembly[stack], 'AWS::SQS::Queue', name).Properties;

/** What a function is fed from, by the name of the queue. */
const sourcesOf = (name: FunctionName): Record<string, Properties> =>
  Object.fromEntries(
    ofType(assembly.service, 'AWS::Lambda::EventSourceMapping')
      .filter(
        ([, { Properties: properties }]) => writeOut(properties.FunctionName, assembly) === `${name}Function`,
      )
      .map(([, { Properties: properties }]) => [writeOut(properties.EventSourceArn, assembly), properties]),
  );

describe('both stacks', () => {
  const typesIn = ({ Resources }: StackTemplate) =>
    [...new Set(Object.values(Resources).map(({ Type }) => Type))].toSorted();

  // A complete list, so that a VPC, a custom resource, a secret or a further policy cannot come in unseen.
  test('hold resources of these types only', () => {
    expect(typesIn(assembly.keep)).toEqual([
      'AWS::DynamoDB::GlobalTable',
      'AWS::KMS::Key',
      'AWS::S3::Bucket',
      'AWS::S3::BucketPolicy',
      'AWS::SQS::Queue',
      'AWS::SQS::QueuePolicy',
    ]);
    expect(typesIn(assembly.service)).toEqual([
      'AWS::ApiGatewayV2::Api',
      'AWS::ApiGatewayV2::Integration',
      'AWS::ApiGatewayV2::Route',
      'AWS::ApiGatewayV2::Stage',
      'AWS::CloudWatch::Alarm',
      'AWS::CloudWatch::Dashboard',
      'AWS::Events::EventBus',
      'AWS::Events::Rule',
      'AWS::IAM::Policy',
      'AWS::IAM::Role',
      'AWS::Lambda::EventSourceMapping',
      'AWS::Lambda::Function',
      'AWS::Lambda::Permission',
      'AWS::Logs::LogGroup',
      'AWS::SQS::Queue',
      'AWS::SQS::QueuePolicy',
      'AWS::StepFunctions::StateMachine',
    ]);
  });

  test('hold no secret', () => {
    const text = JSON.stringify([assembly.keep, assembly.service]);
    const secrets = [
      /0x[0-9a-f]{64}\b/i,
      /\bA(KIA|SIA)[0-9A-Z]{16}\b/,
      /PRIVATE KEY/,
      /mnemonic/i,
      /password/i,
      /"[^"]*(secret|token|apikey|api_key)[^"]*":/i,
      /\/\/[^/"@ ]+:[^/"@ ]+@/,
    ];
    for (const secret of secrets) expect(text).not.toMatch(secret);
  });

  test('come out the same twice', () => {
    using again = synthesiseAside(shipped);
    expect(again.keep).toEqual(assembly.keep);
    expect(again.service).toEqual(assembly.service);
  });

  test.each(['keep', 'service'] as const)('are as they were last reviewed: %s', async (stack) => {
    const { Resources, Outputs } = assembly[stack];
    const redacted = JSON.stringify({ Resources, Outputs }, null, 2).replaceAll(
      /[0-9a-f]{64}\.zip/g,
      '(bundle).zip',
    );
    await expect(`${redacted}\n`).toMatchFileSnapshot(`__snapshots__/${stack}.template.json`);
  });
});

describe('what must outlive a deployment', () => {
  test('lies in a stack that is protected from termination', () => {
    expect(assembly.stacks.Keep.terminationProtection).toBe(true);
  });

  test.each([
    ['AWS::KMS::Key', 1],
    ['AWS::DynamoDB::GlobalTable', 2],
    ['AWS::S3::Bucket', 2],
  ])('is retained: %s', (type, count) => {
    keep.resourceCountIs(type, count);
    keep.allResources(type, { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    service.resourceCountIs(type, 0);
  });

  test('the key signs on the curve of the chain, and takes a month to die', () => {
    keep.hasResourceProperties('AWS::KMS::Key', {
      KeySpec: 'ECC_SECG_P256K1',
      KeyUsage: 'SIGN_VERIFY',
      PendingWindowInDays: 30,
      EnableKeyRotation: Match.absent(),
    });
  });

  test.each([
    ['the ledger is protected, recoverable', 'Ledger', true],
    ['signed headers are protected, in no backup', 'Headers', false],
  ])('%s and paid by use', (_what, name, PointInTimeRecoveryEnabled) => {
    const table = theNamed(assembly.keep, 'AWS::DynamoDB::GlobalTable', name);
    expect(table.Properties).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      Replicas: [
        {
          DeletionProtectionEnabled: true,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled },
        },
      ],
    });
  });

  test('signed headers have no index, no stream and no replica elsewhere, by which they could be read', () => {
    const { Replicas, ...table } = theNamed(
      assembly.keep,
      'AWS::DynamoDB::GlobalTable',
      'Headers',
    ).Properties;
    expect(Object.keys(table).toSorted()).toEqual([
      'AttributeDefinitions',
      'BillingMode',
      'KeySchema',
      'TimeToLiveSpecification',
    ]);
    expect(Replicas).toHaveLength(1);
  });

  test('the indexes of the ledger hold keys alone: every row is read for itself', () => {
    const keysOf = (IndexName: string, partition: string, sort: string) => ({
      IndexName,
      KeySchema: [
        { AttributeName: partition, KeyType: 'HASH' },
        { AttributeName: sort, KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'KEYS_ONLY' },
    });
    const { GlobalSecondaryIndexes } = theNamed(
      assembly.keep,
      'AWS::DynamoDB::GlobalTable',
      'Ledger',
    ).Properties;
    expect(GlobalSecondaryIndexes).toEqual([
      keysOf('due', 'due', 'dueAt'),
      keysOf('caller', 'caller', 'acceptedAt'),
      keysOf('request', 'requestHash', 'acceptedAt'),
    ]);
  });

  test('only rows that say so expire: keys of callers, their files, jobs that are over; never what was frozen', () => {
    // The clock of a time-to-live is not one to keep money by: a job has it once its money is proven.
    expect(authorizationSchema.shape).not.toHaveProperty('expiresAt');
    expect(jobSchema.shape.expiresAt.isOptional()).toBe(true);
  });

  test('the bucket forgets inline results after a day, what callers put in after a week, and no picture ever', () => {
    const { LifecycleConfiguration } = theNamed(assembly.keep, 'AWS::S3::Bucket', 'Pictures').Properties;
    expect(LifecycleConfiguration).toEqual({
      Rules: [
        { AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 }, Status: 'Enabled' },
        { ExpirationInDays: 7, Prefix: 'uploads/', Status: 'Enabled' },
        { ExpirationInDays: 90, Prefix: 'quarantine/', Status: 'Enabled' },
        { ExpirationInDays: 1, Prefix: 'inline/', Status: 'Enabled' },
        { ExpirationInDays: 90, Prefix: 'manifests/', Status: 'Enabled' },
      ],
    });
  });

  test('pictures and results are forgotten where that is a setting', () => {
    using other = synthesiseAside({ ...shipped, retention: { pictureDays: 365, manifestDays: 10 } });
    const { LifecycleConfiguration } = theNamed(other.keep, 'AWS::S3::Bucket', 'Pictures').Properties;
    expect(LifecycleConfiguration).toMatchObject({
      Rules: [
        {},
        { Prefix: 'uploads/' },
        { ExpirationInDays: 90, Prefix: 'quarantine/' },
        { ExpirationInDays: 1, Prefix: 'inline/' },
        { ExpirationInDays: 10, Prefix: 'manifests/' },
        { ExpirationInDays: 365, Prefix: 'pictures/' },
        { ExpirationInDays: 365, Prefix: 'results/' },
      ],
    });
  });

  test.each(['Pictures', 'Inbox'])('%s is closed to the public, and to whoever comes without TLS', (name) => {
    const bucket = theNamed(assembly.keep, 'AWS::S3::Bucket', name).Properties;
    expect(bucket).toMatchObject({
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      BucketEncryption: expect.anything(),
    });
    const policy = theNamed(assembly.keep, 'AWS::S3::BucketPolicy', `${name}Policy`);
    expect(policy.Properties.PolicyDocument).toMatchObject({
      Statement: [
        {
          Effect: 'Deny',
          Action: 's3:*',
          Principal: { AWS: '*' },
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
      ],
    });
  });
});

describe('the inbox', () => {
  const inbox = () => theNamed(assembly.keep, 'AWS::S3::Bucket', 'Inbox');

  test('tells of what is put under requests/, by a setting of the bucket itself, and forgets it after a season', () => {
    const { NotificationConfiguration, LifecycleConfiguration } = inbox().Properties as {
      NotificationConfiguration: { QueueConfigurations: { Queue: unknown }[] };
      LifecycleConfiguration: unknown;
    };
    const [configuration, ...others] = NotificationConfiguration.QueueConfigurations;
    expect(others).toEqual([]);
    expect(configuration).toMatchObject({
      Event: 's3:ObjectCreated:*',
      Filter: { S3Key: { Rules: [{ Name: 'prefix', Value: 'requests/' }] } },
    });
    expect(writeOut(configuration?.Queue, assembly)).toBe('Arrivals.Arn');
    expect(LifecycleConfiguration).toMatchObject({ Rules: [{ ExpirationInDays: 90, Status: 'Enabled' }] });
  });

  test('is made after the policy of its queue: S3 tries it at once', () => {
    const { DependsOn } = inbox() as unknown as { DependsOn: string[] };
    expect(DependsOn.map(nameOf)).toContain('ArrivalsPolicy');
  });

  test('has a queue that S3 alone may write into, and only for buckets of this account', () => {
    const { Statement } = theNamed(assembly.keep, 'AWS::SQS::QueuePolicy', 'ArrivalsPolicy').Properties
      .PolicyDocument as { Statement: Properties[] };
    expect(Statement.filter(({ Effect }) => Effect === 'Allow')).toMatchObject([
      {
        Action: 'sqs:SendMessage',
        Principal: { Service: 's3.amazonaws.com' },
        Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
      },
    ]);
    expect(Statement.filter(({ Effect }) => Effect === 'Deny')).toMatchObject([
      { Action: 'sqs:*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
      {
        Action: 'sqs:SendMessage',
        Principal: { AWS: '*' },
        Condition: { Bool: { 'aws:PrincipalIsAWSService': 'false' } },
      },
    ]);
  });
});

describe('each function', () => {
  test('there are these, and each runs its own bundle', () => {
    service.resourceCountIs('AWS::Lambda::Function', functionNames.length);
    for (const name of functionNames) expect(assembly.codeOf(lambdaOf(name))).toBe(`// ${name}`);
  });

  test('runs on the Node of the project, on arm64, in no VPC and without layers', () => {
    service.allResourcesProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      VpcConfig: Match.absent(),
      Layers: Match.absent(),
    });
  });

  test('has as much disk as it needs: a video of half a gigabyte passes through that of deliver', () => {
    const withDisk = functionNames.filter((name) => 'EphemeralStorage' in lambdaOf(name).Properties);
    expect(withDisk).toEqual(['deliver']);
    expect(lambdaOf('deliver').Properties).toMatchObject({ EphemeralStorage: { Size: 1024 }, Timeout: 300 });
  });

  test.each(functionNames)('%s has its own role, and its own log group with an end', (name) => {
    const { Role, LoggingConfig } = lambdaOf(name).Properties as {
      Role: unknown;
      LoggingConfig: { LogGroup: { Ref: string }; LogFormat: string };
    };
    expect(writeOut(Role, assembly)).toBe(`${name}Role.Arn`);
    expect(writeOut(LoggingConfig.LogGroup, assembly)).toBe(`${name}Logs`);
    expect(LoggingConfig.LogFormat).toBe('JSON');
    const group = assembly.service.Resources[LoggingConfig.LogGroup.Ref];
    expect(group?.Properties.RetentionInDays).toBe(settings.logRetentionDays);
  });

  test.each(functionNames)('%s finds in its environment what it reads, and nothing else', (name) => {
    const { Variables } = lambdaOf(name).Properties.Environment as { Variables: Properties };
    expect(Object.keys(Variables).toSorted()).toEqual(Object.keys(environments[name].shape).toSorted());

    const written = Object.entries(Variables).map(([key, value]) => [key, writeOut(value, assembly)]);
    const read: Properties = readEnvironment(name, Object.fromEntries(written));
    if ('TABLE_NAME' in Variables) expect(read.TABLE_NAME).toBe('Ledger');
    if ('TIMINGS' in Variables) expect(read.TIMINGS).toEqual(settings.timings);
    if ('METRICS_NAMESPACE' in Variables) expect(read.METRICS_NAMESPACE).toBe('Coinbooth');
    if ('SELLER' in Variables) expect(read.SELLER).toEqual(settings.seller);
    if ('KEY_ID' in Variables) expect(read.KEY_ID).toBe('Wallet');
    if ('DEPLOYMENT' in Variables) expect(read.DEPLOYMENT).toBe('Wallet.Arn');
    if ('QUEUE_URL' in Variables) expect(read.QUEUE_URL).toBe('Payments');
    if ('MANIFEST_QUEUE_URL' in Variables) expect(read.MANIFEST_QUEUE_URL).toBe('Manifests');
    if ('INBOX_NAME' in Variables) expect(read.INBOX_NAME).toBe('Inbox');
    if ('ARRIVALS_ARN' in Variables) expect(read.ARRIVALS_ARN).toBe('Arrivals.Arn');
    if ('CEILING_ATOMIC' in Variables) expect(read.CEILING_ATOMIC).toBe('100000000');

    // What a reference becomes is not known yet; no name, URL or ARN of ours is longer than this.
    const longest = 'x'.repeat(170);
    const bytes = Object.entries(Variables)
      .map(([key, value]) => key + writeOut(value, assembly, () => longest))
      .reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    expect(bytes).toBeLessThan(4096);
  });

  test('is invoked by these only', () => {
    const invokers = ofType(assembly.service, 'AWS::Lambda::Permission').map(
      ([, { Properties: properties }]) => {
        const { FunctionName, Principal, SourceArn } = properties;
        return [Principal, writeOut(FunctionName, assembly), writeOut(SourceArn, assembly)].join(' ');
      },
    );
    expect(invokers.toSorted()).toEqual([
      ...paths.map(
        (path) =>
          `apigateway.amazonaws.com intakeFunction.Arn arn:AWS::Partition:execute-api:AWS::Region:AWS::AccountId:Api/*/*${path}`,
      ),
      'events.amazonaws.com auditorFunction.Arn EveryDay.Arn',
      'events.amazonaws.com reconcilerFunction.Arn EveryFiveMinutes.Arn',
      'events.amazonaws.com sweeperFunction.Arn EveryMinute.Arn',
    ]);
  });
});

describe('the way of a job', () => {
  test('the queue hides a message for six times what the payer may take', () => {
    const payer = lambdaOf('payer').Properties;
    expect(payer.Timeout).toBe(settings.payer.timeoutSeconds);
    expect(queue('Payments').VisibilityTimeout).toBeGreaterThanOrEqual(6 * Number(payer.Timeout));
  });

  test('and goes on doing so when the payer may take longer', () => {
    using slow = synthesiseAside({ ...shipped, payer: { timeoutSeconds: 120 } });
    expect(lambdaOf('payer', slow).Properties.Timeout).toBe(120);
    Template.fromJSON(slow.service).hasResourceProperties('AWS::SQS::Queue', { VisibilityTimeout: 720 });
  });

  test.each([
    ['Payments', 'PaymentDeadLetters', 'payer', 'service'],
    ['Requests', 'RequestDeadLetters', 'requests', 'service'],
    ['Manifests', 'ManifestDeadLetters', 'manifest', 'service'],
    ['Arrivals', 'ArrivalDeadLetters', 'manifest', 'keep'],
  ] as const)(
    'a message of %s that fails five times is kept aside, longer than the queue would have kept it',
    (name, aside, function_, stack) => {
      const { RedrivePolicy, MessageRetentionPeriod, VisibilityTimeout } = queue(name, stack) as {
        RedrivePolicy: { deadLetterTargetArn: unknown; maxReceiveCount: number };
        MessageRetentionPeriod: number;
        VisibilityTimeout: number;
      };
      expect(writeOut(RedrivePolicy.deadLetterTargetArn, assembly)).toBe(`${aside}.Arn`);
      expect(RedrivePolicy.maxReceiveCount).toBeGreaterThanOrEqual(5);
      expect(queue(aside, stack).MessageRetentionPeriod).toBeGreaterThan(MessageRetentionPeriod);
      expect(VisibilityTimeout).toBeGreaterThanOrEqual(6 * Number(lambdaOf(function_).Properties.Timeout));
    },
  );

  test('every queue refuses whoever comes without TLS, and the bus may write where its rule leads', () => {
    const refusing = [assembly.keep, assembly.service].flatMap((stack) =>
      ofType(stack, 'AWS::SQS::QueuePolicy').flatMap(([, { Properties: properties }]) => {
        const { Statement } = properties.PolicyDocument as { Statement: Properties[] };
        expect(Statement).toContainEqual(
          expect.objectContaining({
            Effect: 'Deny',
            Action: 'sqs:*',
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          }),
        );
        return (properties.Queues as unknown[]).map((name) => writeOut(name, assembly));
      }),
    );
    const queues = [assembly.keep, assembly.service].flatMap((stack) => ofType(stack, 'AWS::SQS::Queue'));
    expect(refusing.toSorted()).toEqual(queues.map(([id]) => nameOf(id)).toSorted());
    const { Statement } = theNamed(assembly.service, 'AWS::SQS::QueuePolicy', 'ManifestsPolicy').Properties
      .PolicyDocument as { Statement: Properties[] };
    const [allowed, ...others] = Statement.filter(({ Effect }) => Effect === 'Allow');
    expect(others).toEqual([]);
    expect(allowed).toMatchObject({ Principal: { Service: 'events.amazonaws.com' } });
    const condition = allowed?.Condition as { ArnEquals: { 'aws:SourceArn': unknown } };
    expect(writeOut(condition.ArnEquals['aws:SourceArn'], assembly)).toBe('ManifestJobEnded.Arn');
  });

  test('the payer takes small batches, answers for each message, and has a limit', () => {
    expect(sourcesOf('payer')).toEqual({
      'Payments.Arn': expect.objectContaining({
        BatchSize: 5,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        ScalingConfig: { MaximumConcurrency: settings.payer.maximumConcurrency },
      }),
    });
  });

  test('and so do the doors: requests in tens, manifests one by one, and the ends of their jobs in swarms', () => {
    const each = (batch: Properties) =>
      expect.objectContaining({ ...batch, FunctionResponseTypes: ['ReportBatchItemFailures'] });
    expect(sourcesOf('requests')).toEqual({
      'Requests.Arn': each({ BatchSize: 10, ScalingConfig: { MaximumConcurrency: 10 } }),
    });
    expect(sourcesOf('manifest')).toEqual({
      'Arrivals.Arn': each({ BatchSize: 1, ScalingConfig: { MaximumConcurrency: 5 } }),
      'Manifests.Arn': each({
        BatchSize: 10,
        MaximumBatchingWindowInSeconds: 2,
        ScalingConfig: { MaximumConcurrency: 5 },
      }),
    });
  });

  test('the ends of the jobs of manifests, and no others, are brought to the manifest function', () => {
    const rule = theNamed(assembly.service, 'AWS::Events::Rule', 'ManifestJobEnded').Properties;
    expect(writeOut(rule.EventBusName, assembly)).toBe('Bus');
    const targets = rule.Targets as { Arn: unknown }[];
    expect(targets.map(({ Arn }) => writeOut(Arn, assembly))).toEqual(['Manifests.Arn']);
    const matches = compilePattern(rule.EventPattern);
    const event = (detail: object, type: string = detailTypes.delivered) => ({
      source: eventSource,
      'detail-type': type,
      detail,
    });
    const manifest = { id: 'x', line: 1 };
    for (const type of Object.values(detailTypes)) expect(matches(event({ manifest }, type))).toBe(true);
    expect(matches(event({}))).toBe(false);
    expect(matches(event({ manifest }, 'ManifestFinished'))).toBe(false);
    expect(matches({ ...event({ manifest }), source: 'somebody' })).toBe(false);
  });

  test('the sweeper comes every minute, and has gone before the next one comes', () => {
    const rule = theNamed(assembly.service, 'AWS::Events::Rule', 'EveryMinute');
    expect(rule.Properties).toMatchObject({ ScheduleExpression: 'rate(1 minute)', State: 'ENABLED' });
    const targets = rule.Properties.Targets as { Arn: unknown }[];
    expect(targets.map(({ Arn }) => writeOut(Arn, assembly))).toEqual(['sweeperFunction.Arn']);
    expect(lambdaOf('sweeper').Properties.Timeout).toBeLessThan(60);
  });
});

describe('the workflow', () => {
  interface State {
    readonly Type: string;
    readonly Resource?: string;
    readonly TimeoutSeconds?: number;
  }

  const places = { standard: 'Workflow', express: 'ExpressWorkflow' } as const;
  const machine = (kind: WorkflowKind) =>
    theNamed(assembly.service, 'AWS::StepFunctions::StateMachine', places[kind]).Properties;
  const definition = (kind: WorkflowKind, name?: (reference: string) => string) =>
    JSON.parse(writeOut(machine(kind).DefinitionString, assembly, name)) as Properties & {
      States: Record<string, State>;
    };
  const arnOf = (reference: string) =>
    `arn:aws:lambda:us-east-1:123456789012:function:${reference.replace('.Arn', '')}`;
  const prepare = (changed: Properties) =>
    prepareStateMachine(
      {
        arn: 'arn:aws:states:us-east-1:123456789012:stateMachine:workflow',
        name: 'workflow',
        roleArn: 'arn:aws:iam::123456789012:role/workflow',
        definition: changed,
      },
      () => Promise.reject(new Error('is not run here')),
    );

  const kinds: readonly WorkflowKind[] = ['express', 'standard'];

  test.each(kinds)('is the one that the local world and the tests walk: %s', (kind) => {
    expect(definition(kind)).toEqual(
      workflow(kind, { poll: 'pollFunction.Arn', deliver: 'deliverFunction.Arn' }, settings.timings),
    );
  });

  test.each(kinds)('is of its kind, under its own role, without definitions elsewhere: %s', (kind) => {
    const { DefinitionString, ...others } = machine(kind);
    expect(DefinitionString).toBeDefined();
    expect(Object.keys(others).toSorted()).toEqual(['RoleArn', 'StateMachineType']);
    expect(writeOut(others.RoleArn, assembly)).toBe('WorkflowRole.Arn');
    expect(others.StateMachineType).toBe(kind.toUpperCase());
  });

  test.each(kinds)('is valid, and written in JSONPath: %s', (kind) => {
    const valid = definition(kind, arnOf);
    expect(JSON.stringify(valid)).not.toMatch(/JSONata|QueryLanguage/);
    expect(() => prepare(valid)).not.toThrow();
    expect(() => prepare({ ...valid, StartAt: 'Nowhere' })).toThrow();
  });

  test.each(kinds)('ends by itself, and waits for a task longer than its function may take: %s', (kind) => {
    expect(definition(kind).TimeoutSeconds).toBeGreaterThan(settings.timings.workflowSeconds);
    const tasks = Object.values(definition(kind).States).filter(({ Type }) => Type === 'Task');
    expect(tasks.map(({ Resource: resource }) => resource).toSorted()).toEqual([
      'deliverFunction.Arn',
      'pollFunction.Arn',
    ]);
    for (const { Resource: resource, TimeoutSeconds } of tasks) {
      const name = resource?.replace('Function.Arn', '') as FunctionName;
      expect(TimeoutSeconds).toBeGreaterThan(Number(lambdaOf(name).Properties.Timeout));
    }
  });

  test('of the express kind ends within the five minutes that one may last', () => {
    expect(definition('express').TimeoutSeconds).toBeLessThanOrEqual(300);
  });
});

describe('the door', () => {
  const jwt = { issuer: 'https://login.example.com/', audience: ['pictures', 'films'] };

  const routesOf = (of: Assembly) =>
    ofType(of.service, 'AWS::ApiGatewayV2::Route').map(([, { Properties: properties }]) => properties);

  const routesBehind = (of: Assembly, authorization: Properties) => {
    const routes = routesOf(of);
    expect(routes.map(({ RouteKey }) => RouteKey).toSorted()).toEqual(paths.map((path) => `ANY ${path}`));
    for (const route of routes) expect(route).toMatchObject(authorization);
  };

  test('has these routes, and IAM before each', () => {
    routesBehind(assembly, { AuthorizationType: 'AWS_IAM' });
    service.hasResourceProperties('AWS::ApiGatewayV2::Api', {
      ProtocolType: 'HTTP',
      // Quick create would add a route of its own, without an authorizer.
      RouteKey: Match.absent(),
      Target: Match.absent(),
      CorsConfiguration: Match.absent(),
    });
    service.resourceCountIs('AWS::ApiGatewayV2::Authorizer', 0);
  });

  test("has a token's issuer before it, where one is set", () => {
    using other = synthesiseAside({ ...shipped, api: { jwt } });
    const [[authorizerId, authorizer] = ['', undefined], ...others] = ofType(
      other.service,
      'AWS::ApiGatewayV2::Authorizer',
    );
    expect(others).toEqual([]);
    expect(authorizer?.Properties).toMatchObject({
      AuthorizerType: 'JWT',
      IdentitySource: ['$request.header.Authorization'],
      JwtConfiguration: { Issuer: jwt.issuer, Audience: jwt.audience },
    });
    routesBehind(other, { AuthorizationType: 'JWT', AuthorizerId: { Ref: authorizerId } });
  });

  test('leads to intake, at a limited rate', () => {
    const integration = theOne(assembly.service, 'AWS::ApiGatewayV2::Integration');
    expect(writeOut(integration.Properties.IntegrationUri, assembly)).toBe('intakeFunction.Arn');
    expect(integration.Properties.PayloadFormatVersion).toBe('2.0');
    service.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
      StageName: '$default',
      DefaultRouteSettings: {
        ThrottlingBurstLimit: settings.api.burst,
        ThrottlingRateLimit: settings.api.requestsPerSecond,
      },
    });
    // An HTTP API gives up on its function after half a minute; a caller may wait for twenty seconds.
    expect(lambdaOf('intake').Properties.Timeout).toBe(29);
  });
});
