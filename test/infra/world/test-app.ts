import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { HttpApi, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { AttributeType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { EventBus, Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction, SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import { Architecture, Code, Function as LambdaFn, Runtime } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { DefinitionBody, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { buildSync } from 'esbuild';

function bundle(name: string, into: string): string {
  const directory = join(into, name);
  mkdirSync(directory, { recursive: true });
  buildSync({
    entryPoints: [join(import.meta.dirname, 'functions', `${name}.ts`)],
    outfile: join(directory, 'index.mjs'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    external: ['@aws-sdk/*', '@smithy/*'],
    logLevel: 'silent',
  });
  return directory;
}

/** Synthesises the two stacks of a small app: what is kept, and a service that refers to it. */
export function synthesiseTestApp(): { assemblyDir: string; remove(): void } {
  const root = mkdtempSync(join(tmpdir(), 'coinbooth-app-'));
  const assemblyDir = join(root, 'cdk.out');
  const app = new App({ outdir: assemblyDir, analyticsReporting: false });
  const kept = new Stack(app, 'kept');
  const service = new Stack(app, 'service');

  const table = new TableV2(kept, 'Table', { partitionKey: { name: 'pk', type: AttributeType.STRING } });
  const bucket = new Bucket(kept, 'Pictures', { enforceSSL: true, removalPolicy: RemovalPolicy.RETAIN });
  const key = new Key(kept, 'Wallet', { keySpec: KeySpec.ECC_SECG_P256K1, keyUsage: KeyUsage.SIGN_VERIFY });
  key.addAlias('wallet');

  const lambda = (id: string, timeoutSeconds: number, environment: Record<string, string> = {}) =>
    new LambdaFn(service, id, {
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: Code.fromAsset(bundle(id.toLowerCase(), root)),
      handler: 'index.handler',
      timeout: Duration.seconds(timeoutSeconds),
      memorySize: 256,
      environment,
    });

  const dead = new Queue(service, 'Dead');
  const work = new Queue(service, 'Work', {
    visibilityTimeout: Duration.seconds(2),
    deadLetterQueue: { queue: dead, maxReceiveCount: 3 },
    enforceSSL: true,
  });
  const bus = new EventBus(service, 'Bus', { eventBusName: 'app' });
  const seen = new Queue(service, 'Seen');
  new Rule(service, 'OnStored', {
    eventBus: bus,
    eventPattern: { source: ['app'] },
    targets: [new SqsQueue(seen)],
  });

  const store = lambda('Store', 2, { BUCKET: bucket.bucketName, BUS: bus.eventBusName });
  bucket.grantPut(store);
  bucket.grantRead(store);
  bus.grantPutEventsTo(store);
  const machine = new StateMachine(service, 'Flow', {
    definitionBody: DefinitionBody.fromChainable(
      new LambdaInvoke(service, 'Keep', { lambdaFunction: store }),
    ),
  });

  const worker = lambda('Worker', 2, { MACHINE: machine.stateMachineArn });
  machine.grantStartExecution(worker);
  worker.addEventSource(
    new SqsEventSource(work, { batchSize: 5, reportBatchItemFailures: true, maxConcurrency: 2 }),
  );

  const door = lambda('Door', 5, { QUEUE_URL: work.queueUrl, TABLE: table.tableName });
  work.grantSendMessages(door);
  door.addToRolePolicy(
    new PolicyStatement({
      actions: ['dynamodb:PutItem'],
      resources: [table.tableArn],
      conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['JOB#*'] } },
    }),
  );
  const api = new HttpApi(service, 'Api', { defaultAuthorizer: new HttpIamAuthorizer() });
  const integration = new HttpLambdaIntegration('DoorIntegration', door);
  api.addRoutes({ path: '/api/{proxy+}', methods: [HttpMethod.ANY], integration });

  const temper = lambda('Temper', 1, { API_URL: api.apiEndpoint, SELLER: 'https://seller.example' });
  const everyMinute = Schedule.rate(Duration.minutes(1));
  new Rule(service, 'EveryMinute', { schedule: everyMinute, targets: [new LambdaFunction(temper)] });

  app.synth();
  return { assemblyDir, remove: () => rmSync(root, { recursive: true, force: true }) };
}
