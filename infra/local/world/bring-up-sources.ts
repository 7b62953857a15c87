import { isAllowed } from '../aws/iam-policy.ts';
import type { QueuesAndBuckets } from '../aws/queues-and-buckets.ts';
import type { LambdaRuntime } from './lambda-runtime.ts';
import { type QueueSourceSettings, startQueueSource } from './queue-source.ts';
import type { Resource } from './resolve-stacks.ts';

const SOURCE_ACTIONS = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];
const MAX_BATCH = 10;

function settingsOf(
  resource: Resource,
  queues: QueuesAndBuckets,
  runtime: LambdaRuntime,
  region: string,
): QueueSourceSettings {
  const { properties } = resource;
  const fail = (what: string): never => {
    throw new Error(`${resource.stackName}/${resource.logicalId}: ${what}`);
  };
  if ('FilterCriteria' in properties) fail('FilterCriteria is not emulated');
  const queueArn = String(properties.EventSourceArn);
  if (!queueArn.includes(':sqs:')) fail(`the event source ${queueArn} is not emulated`);
  const target = runtime.find(String(properties.FunctionName));
  for (const action of SOURCE_ACTIONS) {
    if (!isAllowed(target.role.statements, { action, resource: queueArn, context: {} })) {
      fail(`the role of ${target.id} does not allow ${action} on ${queueArn}`);
    }
  }
  const queueName = queueArn.split(':').at(-1) ?? '';
  const visibilitySeconds = Number(queues.queue(queueName).attributes.VisibilityTimeout);
  // CreateEventSourceMapping refuses this too.
  if (visibilitySeconds < target.timeoutSeconds) {
    fail(
      `queue visibility time-out ${visibilitySeconds} s is less than function time-out ${target.timeoutSeconds} s`,
    );
  }
  const batchSize = Number(properties.BatchSize ?? MAX_BATCH);
  // A batching window may always end early, so it is not waited for; batches over 10 need one.
  if (batchSize > MAX_BATCH) fail(`BatchSize ${batchSize} is not emulated: at most ${MAX_BATCH}`);
  const scaling = properties.ScalingConfig as { MaximumConcurrency?: number } | undefined;
  const responseTypes = (properties.FunctionResponseTypes ?? []) as string[];
  return {
    queueName,
    queueArn,
    target,
    batchSize,
    reportsBatchItemFailures: responseTypes.includes('ReportBatchItemFailures'),
    maximumConcurrency: scaling?.MaximumConcurrency,
    region,
  };
}

/** Starts the event source mappings of the templates. Throws on what AWS would refuse or what is not emulated. */
export function bringUpSources(
  resources: readonly Resource[],
  queues: QueuesAndBuckets,
  runtime: LambdaRuntime,
  region: string,
): { stop(): void; readonly stopped: Promise<void> } {
  const mappings = resources.filter(
    (resource) =>
      resource.type === 'AWS::Lambda::EventSourceMapping' && resource.properties.Enabled !== false,
  );
  const settings = mappings.map((resource) => settingsOf(resource, queues, runtime, region));
  const sources = settings.map((each) => startQueueSource(each, queues, runtime));
  return {
    stop: () => {
      for (const source of sources) source.stop();
      queues.wake();
    },
    stopped: Promise.all(sources.map((source) => source.stopped)).then(() => undefined),
  };
}
