import type { Place, Tap } from '../aws/call.ts';
import type { Statement } from '../aws/iam-policy.ts';
import { createVerifier } from '../aws/verify-signature.ts';
import { bringUpMachines } from './bring-up-machines.ts';
import { bringUpRules } from './bring-up-rules.ts';
import { bringUpSources } from './bring-up-sources.ts';
import { bringUpStorage } from './bring-up-storage.ts';
import { readFunction } from './function-settings.ts';
import type { HttpCaller } from './http-event.ts';
import { createIdentities } from './identities.ts';
import { createLambdaRuntime, type LambdaRuntime } from './lambda-runtime.ts';
import { listenHttp } from './listen-http.ts';
import type { LogLine } from './log-line.ts';
import { openEndpoints } from './open-endpoints.ts';
import { readAssembly } from './read-assembly.ts';
import { readRoutes } from './read-routes.ts';
import { resolveStacks } from './resolve-stacks.ts';
import { checkDeliveries, readDenials } from './resource-policies.ts';
import { viewWorld } from './view-world.ts';
import type { World } from './world.ts';

export type WorldOptions = {
  /** Directory of a synthesised cloud assembly. */
  readonly assemblyDir: string;
  /** Port of the HTTP API on loopback; 0 lets the system choose. */
  readonly httpPort: number;
  /** Where tables, objects and keys are kept over restarts; everything is in memory without it. */
  readonly dataDir?: string;
  readonly taps?: readonly Tap[];
  log(line: LogLine): void;
  readonly importedKeys?: { readonly secp256k1PrivateKeyHex: string };
  /** Values of template parameters. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** An unsigned request must bring it as a bearer token; without one it is the operator's as it is. */
  readonly apiKey?: string;
  /** People beside the operator, by the access key they sign with. */
  readonly callers?: readonly HttpCaller[];
  /** `manual`: scheduled rules fire only by `tick`. Default `real`. */
  readonly schedules?: 'real' | 'manual';
  /** Loads one sandbox of each function before the world is ready, and throws what a cold start throws. */
  readonly warm?: boolean;
  /** Sandboxes per function; default 4. */
  readonly concurrency?: number;
};

const MAX_LOG_LINES = 20_000;
const DEFAULT_PLACE: Place = { region: 'us-east-1', accountId: '000000000000' };

/**
 * Runs a synthesised assembly on this machine: exactly the resources its templates name, on loopback only.
 *
 * Throws, with everything it started ended again, on a template it cannot run faithfully: unknown resource types and
 * intrinsics, settings that would be silently dropped, policies it cannot evaluate.
 */
export async function startWorld(options: WorldOptions): Promise<World> {
  const ends: (() => unknown)[] = [];
  const closeAll = async () => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  try {
    return await start(options, ends, closeAll);
  } catch (error) {
    await closeAll();
    throw error;
  }
}

async function start(
  options: WorldOptions,
  ends: (() => unknown)[],
  close: () => Promise<void>,
): Promise<World> {
  const stacks = readAssembly(options.assemblyDir);
  const place: Place = {
    region: stacks.find((stack) => stack.region !== undefined)?.region ?? DEFAULT_PLACE.region,
    accountId: stacks.find((stack) => stack.accountId !== undefined)?.accountId ?? DEFAULT_PLACE.accountId,
  };
  const lines: LogLine[] = [];
  const log = (line: LogLine) => {
    lines.push(line);
    if (lines.length > MAX_LOG_LINES) lines.splice(0, MAX_LOG_LINES / 10);
    options.log(line);
  };
  const identities = createIdentities(place, options.callers ?? []);
  const { secretOf } = identities;
  const verify = createVerifier({ region: place.region, secretOf });
  const denials: Statement[] = [];
  let runtime: LambdaRuntime | undefined;
  const endpoints = await openEndpoints({
    place,
    dataDir: options.dataDir,
    taps: options.taps ?? [],
    verify,
    identify: identities.identify,
    denials: () => denials,
    functionOf: (workerId) => runtime?.functionOf(workerId),
    log,
    ends,
  });
  const { keys, dynamoDb, buses, stepFunctions, json, queues } = endpoints;
  const http = await listenHttp(options.httpPort);
  ends.push(http.close);

  const origins = { api: http.origin, queues: queues.origin };
  const resolved = resolveStacks(stacks, { place, origins, parameters: options.parameters ?? {} });
  const { resources } = resolved;
  denials.push(...readDenials(resources));
  checkDeliveries(resources);
  await bringUpStorage(resources, {
    queues,
    dynamoDb,
    keys,
    importedKeyHex: options.importedKeys?.secp256k1PrivateKeyHex,
  });

  const functions = resources
    .filter((resource) => resource.type === 'AWS::Lambda::Function')
    .map((resource) => readFunction(resource, resources));
  identities.addFunctions(functions);
  runtime = createLambdaRuntime({
    functions,
    environment: {
      AWS_REGION: place.region,
      AWS_DEFAULT_REGION: place.region,
      AWS_ENDPOINT_URL: json.origin,
      AWS_ENDPOINT_URL_S3: queues.origin,
      AWS_ENDPOINT_URL_SQS: queues.origin,
    },
    secretOf,
    concurrency: options.concurrency ?? 4,
    log,
  });
  ends.push(runtime.close);
  bringUpMachines(resources, stepFunctions, runtime);
  ends.push(stepFunctions.close);
  const rules = bringUpRules(resources, {
    place,
    buses,
    queues,
    runtime,
    schedules: options.schedules ?? 'real',
    log,
  });
  ends.push(rules.stop);
  const { invoke } = runtime;
  const { callerOf } = identities;
  http.serve({ routes: readRoutes(resources), place, verify, callerOf, key: options.apiKey, invoke });
  if (options.warm === true) await runtime.warm();
  const sources = bringUpSources(resources, queues, runtime, place.region);
  ends.push(sources.stop);

  return viewWorld({
    ...endpoints,
    secretOf,
    place,
    http,
    runtime,
    rules,
    resolved,
    lines,
    async close() {
      await close();
      await sources.stopped;
    },
  });
}
