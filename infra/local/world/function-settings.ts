import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Resource } from './resolve-stacks.ts';
import { type Role, roleOf } from './roles.ts';

/** One Lambda function as its template describes it. */
export type FunctionSettings = {
  /** Logical id; also the access key id of its sandboxes, so that an endpoint knows who calls. */
  readonly id: string;
  readonly name: string;
  readonly arn: string;
  readonly role: Role;
  readonly modulePath: string;
  readonly exportName: string;
  readonly taskRoot: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly reservedConcurrency: number | undefined;
  readonly logGroupName: string;
  readonly runtime: string;
};

/** Settings that would change how the code runs and that a worker thread cannot honour. */
const REFUSED = [
  'ImageConfig',
  'Layers',
  'FileSystemConfigs',
  'VpcConfig',
  'SnapStart',
  'DurableConfig',
  'DeadLetterConfig',
];

/**
 * Reads a function from its resolved resource: the bundle that CDK put into the assembly, its environment, limits, role.
 *
 * Throws on settings it cannot honour and on code that is not a directory of the assembly.
 */
export function readFunction(resource: Resource, resources: readonly Resource[]): FunctionSettings {
  const { properties, logicalId } = resource;
  const fail = (message: string): never => {
    throw new Error(`${resource.stackName}/${logicalId}: ${message}`);
  };
  for (const name of REFUSED) if (name in properties) fail(`${name} cannot be honoured by the local world`);
  const runtime = String(properties.Runtime);
  const here = `nodejs${process.versions.node.split('.')[0]}.x`;
  if (runtime !== here) fail(`its runtime is ${runtime}, this machine runs ${here}`);
  const key = String((properties.Code as { S3Key?: string } | undefined)?.S3Key ?? '');
  const taskRoot =
    resource.assets.get(key.replace(/\.zip$/, '')) ?? fail('its code is no asset of the assembly');
  const handler = String(properties.Handler);
  const dot = handler.lastIndexOf('.');
  const stem = join(taskRoot, handler.slice(0, dot));
  const modulePath = ['.mjs', '.js', '.cjs'].map((ending) => stem + ending).find((path) => existsSync(path));
  const logging = (properties.LoggingConfig ?? {}) as {
    LogGroup?: string;
    LogFormat?: string;
    ApplicationLogLevel?: string;
  };
  const { Variables = {} } = (properties.Environment ?? {}) as { Variables?: Record<string, unknown> };
  return {
    id: logicalId,
    name: resource.ref,
    arn: resource.attributes.Arn ?? '',
    role: roleOf(String(properties.Role), resources),
    modulePath: modulePath ?? fail(`no module for the handler ${handler} in ${taskRoot}`),
    exportName: handler.slice(dot + 1),
    taskRoot,
    environment: {
      ...Object.fromEntries(Object.entries(Variables).map(([name, value]) => [name, String(value)])),
      ...(logging.LogFormat === undefined ? {} : { AWS_LAMBDA_LOG_FORMAT: logging.LogFormat }),
      ...(logging.ApplicationLogLevel === undefined
        ? {}
        : { AWS_LAMBDA_LOG_LEVEL: logging.ApplicationLogLevel }),
    },
    timeoutSeconds: Number(properties.Timeout ?? 3),
    memoryMb: Number(properties.MemorySize ?? 128),
    reservedConcurrency:
      properties.ReservedConcurrentExecutions === undefined
        ? undefined
        : Number(properties.ReservedConcurrentExecutions),
    logGroupName: logging.LogGroup ?? `/aws/lambda/${resource.ref}`,
    runtime,
  };
}
