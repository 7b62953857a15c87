import { publicKeyToAddress } from 'viem/accounts';
import type { Place } from '../aws/call.ts';
import type { Rules } from './bring-up-rules.ts';
import { OPERATOR_ACCESS_KEY_ID } from './identities.ts';
import type { LambdaRuntime } from './lambda-runtime.ts';
import type { HttpApi } from './listen-http.ts';
import type { LogLine } from './log-line.ts';
import type { Endpoints } from './open-endpoints.ts';
import type { ResolvedStacks, Resource } from './resolve-stacks.ts';
import type { World } from './world.ts';

export type WorldParts = Endpoints & {
  readonly place: Place;
  secretOf(accessKeyId: string): string | undefined;
  readonly http: HttpApi;
  readonly runtime: LambdaRuntime;
  readonly rules: Rules;
  readonly resolved: ResolvedStacks;
  readonly lines: readonly LogLine[];
  close(): Promise<void>;
};

function findResource(resources: readonly Resource[], prefix: string, type?: string): Resource {
  const [stackName, idPrefix] = prefix.includes('/') ? prefix.split('/') : [undefined, prefix];
  const candidates = resources.filter(
    (resource) =>
      resource.logicalId.startsWith(idPrefix ?? '') &&
      (stackName === undefined || resource.stackName === stackName) &&
      (type === undefined || resource.type === type),
  );
  const exact = candidates.filter((resource) => resource.logicalId === idPrefix);
  const [found, ...others] = exact.length > 0 ? exact : candidates;
  if (found === undefined || others.length > 0) {
    const names = candidates.map(
      (resource) => `${resource.stackName}/${resource.logicalId} (${resource.type})`,
    );
    throw new Error(`${candidates.length} resources fit ${prefix}: ${names.join(', ')}`);
  }
  return found;
}

/** Gives the running parts of a world their one face: `World`. */
export function viewWorld(parts: WorldParts): World {
  const { place, queues, runtime } = parts;
  const { resources } = parts.resolved;
  const find = (prefix: string, type?: string) => findResource(resources, prefix, type);

  function functionId(reference: string): string {
    const known = runtime.functions.some(({ id, name, arn }) => [id, name, arn].includes(reference));
    return known ? reference : find(reference, 'AWS::Lambda::Function').logicalId;
  }

  return {
    apiOrigin: parts.http.origin,
    serveBeside: parts.http.serveBeside,
    region: place.region,
    accountId: place.accountId,
    outputs: parts.resolved.outputs,
    ignored: parts.resolved.ignored,
    functions: runtime.functions,
    resource: find,
    invoke: (reference, payload) => runtime.invoke(functionId(reference), payload),
    kill: (reference, workerId) => runtime.kill(functionId(reference), workerId),
    tick: parts.rules.tick,
    events: () => parts.buses.emitted,
    onEvent: parts.buses.onEvent,
    onInvocation: runtime.onInvocation,
    executions: () => parts.stepFunctions.executions,
    logs: () => parts.lines,
    queue(prefix) {
      const resource = find(prefix, 'AWS::SQS::Queue');
      const name = resource.attributes.QueueName ?? '';
      const all = () => {
        const queue = queues.queue(name);
        queue.processTimers();
        return queue.inspectMessages();
      };
      return {
        name,
        url: resource.ref,
        arn: resource.attributes.Arn ?? '',
        depth() {
          const { ready, inflight, delayed } = all();
          return { visible: ready.length, inFlight: inflight.length, delayed: delayed.length };
        },
        bodies() {
          const { ready, inflight, delayed } = all();
          return [...ready, ...inflight.map((entry) => entry.message), ...delayed].map(({ body }) => body);
        },
      };
    },
    key(prefix = '') {
      const key = parts.keys.get(find(prefix, 'AWS::KMS::Key').ref);
      const publicKeyHex = `0x${Buffer.from(key.publicKey).toString('hex')}` as const;
      return {
        keyId: key.keyId,
        arn: key.arn,
        address: publicKeyToAddress(publicKeyHex),
        publicKeyHex,
        setState(state) {
          key.state = state;
        },
      };
    },
    object(prefix, key) {
      const bucket = find(prefix, 'AWS::S3::Bucket').ref;
      try {
        return queues.buckets.getObject(bucket, key);
      } catch {
        return undefined;
      }
    },
    objectKeys(prefix) {
      const bucket = find(prefix, 'AWS::S3::Bucket').ref;
      return queues.buckets.listObjects(bucket, { maxKeys: 1000 }).objects.map((object) => object.key);
    },
    sdk(service, accessKeyId = OPERATOR_ACCESS_KEY_ID) {
      const secretAccessKey = parts.secretOf(accessKeyId);
      if (secretAccessKey === undefined) throw new Error(`${accessKeyId} is the access key of nobody`);
      const isQueues = service === 'sqs' || service === 's3';
      const api = service === 'execute-api' ? parts.http.origin : undefined;
      return {
        region: place.region,
        endpoint: api ?? (isQueues ? queues.origin : parts.json.origin),
        credentials: { accessKeyId, secretAccessKey },
      };
    },
    close: parts.close,
  };
}
