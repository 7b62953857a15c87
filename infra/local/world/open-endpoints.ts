import { join } from 'node:path';
import type { Identity, Place, Tap } from '../aws/call.ts';
import { createDynamoDb, type DynamoDb } from '../aws/dynamodb.ts';
import { createEventBuses, type EventBuses } from '../aws/event-buses.ts';
import { createGate } from '../aws/gate.ts';
import type { Statement } from '../aws/iam-policy.ts';
import { type JsonEndpoint, listenJson } from '../aws/json-endpoint.ts';
import { createKms } from '../aws/kms.ts';
import { createKeyStore, type KeyStore } from '../aws/kms-keys.ts';
import { listenQueuesAndBuckets, type QueuesAndBuckets } from '../aws/queues-and-buckets.ts';
import { requiredPermissions } from '../aws/required-permissions.ts';
import { createStepFunctions, type StepFunctions } from '../aws/step-functions.ts';
import type { Verify } from '../aws/verify-signature.ts';
import type { LogLine } from './log-line.ts';

export type Endpoints = {
  readonly keys: KeyStore;
  readonly dynamoDb: DynamoDb;
  readonly buses: EventBuses;
  readonly stepFunctions: StepFunctions;
  /** DynamoDB, KMS, EventBridge and Step Functions. */
  readonly json: JsonEndpoint;
  /** SQS and S3. */
  readonly queues: QueuesAndBuckets;
};

export type EndpointOptions = {
  readonly place: Place;
  readonly dataDir: string | undefined;
  readonly taps: readonly Tap[];
  readonly verify: Verify;
  identify(accessKeyId: string): Identity | undefined;
  denials(): readonly Statement[];
  functionOf(workerId: string): string | undefined;
  log(line: LogLine): void;
  /** Takes what ends each endpoint, as soon as it is open. */
  readonly ends: (() => unknown)[];
};

/** Opens the emulated services, still empty, all behind one gate. Their ports are known before any template is read. */
export async function openEndpoints(options: EndpointOptions): Promise<Endpoints> {
  const { place, dataDir, ends } = options;
  const directory = (name: string) => (dataDir === undefined ? undefined : join(dataDir, name));
  const keys = createKeyStore(place, directory('keys'));
  const dynamoDb = createDynamoDb(directory('dynamodb'));
  ends.push(() => dynamoDb.close());
  const buses = createEventBuses(place, (error) => {
    const text = `delivery failed: ${String(error)}`;
    options.log({ at: Date.now(), functionId: undefined, requestId: undefined, text });
  });
  const stepFunctions = createStepFunctions(place);
  const lookups = { keyArn: (keyId: string) => keys.find(keyId)?.arn, tableKeys: dynamoDb.tableKeys };
  const gate = createGate({
    verify: options.verify,
    identify: options.identify,
    requiredPermissions: (call) => requiredPermissions(call, place, lookups),
    denials: options.denials,
    taps: options.taps,
    functionOf: options.functionOf,
  });
  const services = [dynamoDb.service, createKms(keys, place), buses.service, stepFunctions.service];
  const json = await listenJson(services, gate);
  ends.push(json.close);
  const buckets = directory('buckets');
  const queues = await listenQueuesAndBuckets({
    place,
    gate,
    ...(buckets === undefined ? {} : { directory: buckets }),
  });
  ends.push(queues.close);
  return { keys, dynamoDb, buses, stepFunctions, json, queues };
}
