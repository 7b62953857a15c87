import { Duration, Stack } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { EventBus, Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { taskSeconds } from '../../functions/poller/workflow.ts';
import { callerIndex, dueIndex, requestIndex } from '../../shared/aws/dynamodb-indexes.ts';
import type { FunctionName } from '../../shared/contracts/environment.ts';
import { inlinePrefix } from '../../shared/core/asset.ts';
import { quarantinePrefix } from '../../shared/core/refused-result.ts';
import { auditDaily } from './audit-daily.ts';
import { HouseFunction, rows } from './house-function.ts';
import { openHttpDoor } from './http-door.ts';
import type { CoinboothKeep } from './keep.ts';
import { outputsOf } from './outputs-of.ts';
import { queueBefore, receiveActions } from './queue-before.ts';
import { openDoors } from './queue-doors.ts';
import type { Settings } from './settings.ts';
import { watch } from './watch.ts';
import { openWorkflows } from './workflows.ts';

/** The pipeline, in flow order: three doors, queue, payer, workflow, bus, sweeper. */
export class CoinboothService extends Construct {
  /** Where the end of every job is announced. */
  readonly bus: EventBus;
  /** Whoever may send to it may buy. */
  readonly requests: Queue;
  readonly api: HttpApi;
  /** What a person must act on; each has a heading in the runbook. */
  readonly alarms: readonly Alarm[];

  /** @param props.bundles a folder with one bundle for each function (`bundleFunctions`) */
  constructor(
    scope: Construct,
    id: string,
    props: { readonly keep: CoinboothKeep; readonly settings: Settings; readonly bundles: string },
  ) {
    super(scope, id);
    const { keep, settings, bundles } = props;
    const stack = Stack.of(this);
    const { tableName, tableArn } = keep.table;
    const pictures = `${keep.pictures.bucketArn}/pictures/*`;
    const inline = `${keep.pictures.bucketArn}/${inlinePrefix}*`;
    const quarantine = `${keep.pictures.bucketArn}/${quarantinePrefix}*`;
    const uploads = `${keep.pictures.bucketArn}/uploads/*`;
    const referenced = settings.references.buckets.map((name) => `arn:${stack.partition}:s3:::${name}/*`);
    const seller = JSON.stringify(settings.seller);
    const timings = JSON.stringify(settings.timings);
    const limits = JSON.stringify(settings.budgets);
    const chains = JSON.stringify(settings.chains);
    const treasury = JSON.stringify(settings.treasury);
    const house = <Name extends FunctionName>(
      place: Name,
      memoryMb: number,
      timeoutSeconds: number,
      storageMb?: number,
    ) =>
      new HouseFunction(this, place, {
        bundles,
        name: settings.name,
        memoryMb,
        timeoutSeconds,
        storageMb,
        logRetentionDays: settings.logRetentionDays,
        tracing: settings.tracing,
      });

    // Between the doors and the payer.
    const { queue, deadLetters } = queueBefore(this, 'Payment', settings.payer.timeoutSeconds);
    const send = { actions: ['sqs:SendMessage'], resources: [queue.queueArn] };

    // The end of every job.
    const bus = new EventBus(this, 'Bus', { eventBusName: settings.name });
    const put = { actions: ['events:PutEvents'], resources: [bus.eventBusArn] };

    // A caller may wait for a job to end; an HTTP API waits for half a minute.
    const intake = house('intake', 512, 29)
      .bind(
        'TABLE_NAME',
        tableName,
        rows(tableArn, ['GetItem', 'PutItem'], ['JOB', 'IDEMPOTENCY', 'UPLOAD']),
        rows(tableArn, ['GetItem'], ['CONTROL', 'BUDGET']),
        {
          actions: ['dynamodb:Query'],
          resources: [callerIndex, requestIndex].map(({ name }) => `${tableArn}/index/${name}`),
        },
      )
      .bind('QUEUE_URL', queue.queueUrl, send)
      .bind(
        'BUCKET_NAME',
        keep.pictures.bucketName,
        {
          actions: ['s3:GetObject'],
          resources: [pictures],
          wide: 'Pictures are named after their job; a caller is given an address of their own ones only.',
        },
        // By presigned addresses; one that would write over a file is not the role's to sign.
        {
          actions: ['s3:PutObject'],
          resources: [uploads],
          conditions: { Null: { 's3:if-none-match': 'false' } },
          wide: 'Files of callers are named by an id that is drawn for each; one that is there is not written over.',
        },
      )
      .bind('REFERENCE_BUCKETS', JSON.stringify(settings.references.buckets))
      .bind('LIMITS', limits)
      .bind('SELLER', seller)
      .bind('TIMINGS', timings);

    const doors = openDoors(this, { keep, settings, house, bus, payments: queue });
    const { requestQueue, manifestQueue } = doors;

    // A key that was replaced signs in for its jobs until the last of them has ended.
    const wallets = [keep.key, ...keep.earlierKeys].map(({ keyArn }) => keyArn);
    const earlierKeyIds = stack.toJsonString(keep.earlierKeys.map(({ keyId }) => keyId));
    // Digests of our own making only: RAW would have KMS hash with SHA-256 and sign something else.
    const sign = [
      { actions: ['kms:GetPublicKey'], resources: wallets },
      {
        actions: ['kms:Sign'],
        resources: wallets,
        conditions: {
          StringEquals: { 'kms:MessageType': 'DIGEST', 'kms:SigningAlgorithm': 'ECDSA_SHA_256' },
        },
      },
    ];
    // Whoever ends a job tells of a loss in the same transaction; what was told is never changed.
    const ending = [rows(tableArn, ['GetItem'], ['JOB']), rows(tableArn, ['PutItem'], ['JOB', 'LOSS'])];
    // A right to update is a right to read: of the budgets, these functions reach the exposure rows alone.
    const exposure = rows(tableArn, ['UpdateItem'], ['BUDGET#unseen']);
    const poll = house('poll', 256, taskSeconds.poll)
      .bind('TABLE_NAME', tableName, ...ending, exposure, rows(tableArn, ['GetItem'], ['TIMES']))
      .bind('KEY_ID', keep.key.keyId, ...sign)
      .bind('EARLIER_KEY_IDS', earlierKeyIds)
      .bind('EVENT_BUS_NAME', bus.eventBusName, put)
      .bind('BUCKET_NAME', keep.pictures.bucketName, {
        actions: ['s3:PutObject'],
        resources: [inline],
        wide: 'A result that came inside an answer is named after its job; nobody but the delivery reads it.',
      })
      .bind('METRICS_NAMESPACE', settings.name)
      .bind('SELLER', seller)
      .bind('TIMINGS', timings);

    const readInline = {
      actions: ['s3:GetObject'],
      resources: [inline],
      wide: 'A result that came inside an answer is named after its job.',
    };
    // A video passes through its disk, never through its memory.
    const deliver = house('deliver', 512, taskSeconds.deliver, 1024)
      // It asks whether an operator allows a host, and notes on which ones a result is held; it can allow none.
      .bind(
        'TABLE_NAME',
        tableName,
        ...ending,
        exposure,
        rows(tableArn, ['GetItem'], ['CONTROL#HOSTS']),
        rows(tableArn, ['PutItem'], ['HELD']),
      )
      .bind('BUCKET_NAME', keep.pictures.bucketName, readInline, {
        actions: ['s3:PutObject'],
        resources: [pictures, quarantine],
        wide: 'Results are named after their job and their bytes, which are not known before.',
      })
      .bind('EVENT_BUS_NAME', bus.eventBusName, put)
      .bind('METRICS_NAMESPACE', settings.name)
      .bind('SELLER', seller)
      .bind('TIMINGS', timings);

    const machines = openWorkflows(this, { poll: poll.lambda, deliver: deliver.lambda, settings });

    const payer = house('payer', 384, settings.payer.timeoutSeconds)
      .bind(
        'TABLE_NAME',
        tableName,
        // One statement, since one transaction writes rows of all five.
        rows(
          tableArn,
          ['GetItem', 'PutItem', 'UpdateItem'],
          ['JOB', 'PURCHASE', 'SELLERJOB', 'BUDGET', 'LOSS'],
        ),
        rows(tableArn, ['GetItem'], ['UPLOAD', 'CONTROL', 'TIMES']),
        rows(tableArn, ['ConditionCheckItem'], ['CONTROL']),
      )
      // Nobody else has any right here: a right to write a row would be one to read it.
      .bind('HEADERS_TABLE_NAME', keep.headers.tableName, {
        actions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:DeleteItem'],
        resources: [keep.headers.tableArn],
      })
      .bind('QUEUE_URL', queue.queueUrl, { actions: receiveActions, resources: [queue.queueArn] })
      .bind('KEY_ID', keep.key.keyId, ...sign)
      .bind('EARLIER_KEY_IDS', earlierKeyIds)
      .bind('DEPLOYMENT', keep.key.keyArn)
      .bind('WORKFLOW_ARNS', stack.toJsonString(machines), {
        actions: ['states:StartExecution'],
        resources: Object.values(machines),
      })
      .bind('EVENT_BUS_NAME', bus.eventBusName, put)
      // Files that a request names, on their way to the seller.
      .bind('BUCKET_NAME', keep.pictures.bucketName, {
        actions: ['s3:GetObject'],
        resources: [pictures, uploads, ...referenced],
        wide: 'A request may name any picture or file of its caller, and any object of the buckets in the settings.',
      })
      .bind('REFERENCE_BUCKETS', JSON.stringify(settings.references.buckets))
      .bind('LIMITS', limits)
      .bind('CHAINS', chains)
      .bind('METRICS_NAMESPACE', settings.name)
      .bind('TREASURY', treasury)
      .bind('QUOTE_SECONDS', String(settings.payer.quoteSeconds))
      .bind('SELLER', seller)
      .bind('TIMINGS', timings);
    payer.lambda.addEventSource(
      new SqsEventSource(queue, {
        batchSize: 5,
        reportBatchItemFailures: true,
        maxConcurrency: settings.payer.maximumConcurrency,
      }),
    );

    // Beside the way of a job: whether the seller still sells what we believe.
    const auditor = house('auditor', 256, 60).bind('SELLER', seller).bind('METRICS_NAMESPACE', settings.name);
    auditDaily(this, auditor.lambda);

    const sweeper = house('sweeper', 256, 55)
      .bind('TABLE_NAME', tableName, rows(tableArn, ['GetItem', 'PutItem'], ['JOB', 'MANIFEST']), {
        actions: ['dynamodb:Query'],
        resources: [`${tableArn}/index/${dueIndex.name}`],
      })
      .bind('QUEUE_URL', queue.queueUrl, send)
      .bind('MANIFEST_QUEUE_URL', manifestQueue.queueUrl, {
        actions: ['sqs:SendMessage'],
        resources: [manifestQueue.queueArn],
      })
      .bind('TIMINGS', timings);
    new Rule(this, 'EveryMinute', {
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [new LambdaFunction(sweeper.lambda, { retryAttempts: 0 })],
    });

    const reconciler = house('reconciler', 512, 240)
      .bind(
        'TABLE_NAME',
        tableName,
        // It closes what is open and stops what is wrong; it may not allow, sign or reserve anything.
        rows(tableArn, ['GetItem'], ['JOB', 'NONCE', 'CHAIN', 'CONTROL', 'LOSS', 'BUDGET', 'TIMES']),
        rows(tableArn, ['PutItem'], ['JOB', 'NONCE', 'CHAIN', 'BOOK', 'TIMES', 'LOSS']),
        rows(tableArn, ['UpdateItem'], ['PURCHASE', 'BUDGET', 'CONTROL']),
        { actions: ['dynamodb:Query'], resources: [`${tableArn}/index/${dueIndex.name}`] },
      )
      .bind('QUEUE_URL', queue.queueUrl, send)
      .bind('KEY_ID', keep.key.keyId, { actions: ['kms:GetPublicKey'], resources: wallets })
      .bind('EARLIER_KEY_IDS', earlierKeyIds)
      .bind('LIMITS', limits)
      .bind('CHAINS', chains)
      .bind('METRICS_NAMESPACE', settings.name)
      .bind('SELLER', seller)
      .bind('TIMINGS', timings);
    new Rule(this, 'EveryFiveMinutes', {
      schedule: Schedule.rate(Duration.minutes(5)),
      targets: [new LambdaFunction(reconciler.lambda, { retryAttempts: 0 })],
    });

    const api = openHttpDoor(this, { intake: intake.lambda, settings });

    this.alarms = watch(this, {
      settings,
      api,
      sweeper: sweeper.lambda,
      payments: queue,
      deadLetters: [deadLetters, ...doors.deadLetters, keep.arrivalDeadLetters],
    });

    outputsOf(this, {
      ApiUrl: api.apiEndpoint,
      BusName: bus.eventBusName,
      RequestsUrl: requestQueue.queueUrl,
      PaymentsUrl: queue.queueUrl,
      DeadLettersUrl: deadLetters.queueUrl,
    });
    this.bus = bus;
    this.requests = requestQueue;
    this.api = api;
  }
}
