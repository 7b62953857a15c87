import { join } from 'node:path';
import { Duration, RemovalPolicy, Size } from 'aws-cdk-lib';
import { Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { environments, FunctionName } from '../../shared/contracts/environment.ts';
import { acknowledgeWide } from './acknowledge.ts';
import { isSigner, signerRoleName } from './signers.ts';

type VariableOf<Name extends FunctionName> = keyof (typeof environments)[Name]['shape'] & string;

/**
 * One Lambda of the house: its bundle, a log group with an end, and a role that starts with nothing but writing to
 * it. `bind` sets an environment variable and grants what goes with it in one move, so that neither is forgotten.
 */
export class HouseFunction<Name extends FunctionName> extends Construct {
  readonly lambda: LambdaFunction;
  readonly role: Role;

  constructor(
    scope: Construct,
    name: Name,
    props: {
      bundles: string;
      /** The deployment's name. */
      name: string;
      memoryMb: number;
      timeoutSeconds: number;
      /** Of its temporary folder, where half a gigabyte is not enough. */
      storageMb?: number | undefined;
      logRetentionDays: RetentionDays;
      tracing: boolean;
    },
  ) {
    super(scope, name);
    const logGroup = new LogGroup(this, 'Logs', {
      retention: props.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      ...(isSigner(name) && { roleName: signerRoleName(this, props.name, name) }),
    });
    // CloudFormation's ARN of a log group ends with `:*`, its streams, already.
    this.allow({
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [logGroup.logGroupArn],
    });
    this.lambda = new LambdaFunction(this, 'Function', {
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: Code.fromAsset(join(props.bundles, name)),
      handler: 'index.handler',
      memorySize: props.memoryMb,
      timeout: Duration.seconds(props.timeoutSeconds),
      ...(props.storageMb !== undefined && { ephemeralStorageSize: Size.mebibytes(props.storageMb) }),
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      role: this.role.withoutPolicyUpdates(),
      ...(props.tracing && { tracing: Tracing.ACTIVE }),
    });
    if (props.tracing) this.allow(writeTraces);
  }

  /** @param grants statements that go with the variable: actions on resources, under conditions */
  bind(variable: VariableOf<Name>, value: string, ...grants: readonly Grant[]): this {
    this.lambda.addEnvironment(variable, value);
    for (const grant of grants) this.allow(grant);
    return this;
  }

  /** Statements are written out; the library's `grant*` methods are wider than they look. */
  allow({ actions, resources, conditions = {}, wide }: Grant): void {
    this.role.addToPolicy(
      new PolicyStatement({
        effect: Effect.ALLOW,
        actions: [...actions],
        resources: [...resources],
        conditions,
      }),
    );
    for (const resource of resources.filter((each) => each.endsWith('*'))) {
      if (wide === undefined)
        throw new Error(`Nobody says why ${this.node.id} may reach so far: ${resource}`);
      acknowledgeWide(this.role, resource, wide);
    }
  }
}

export interface Grant {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions?: Record<string, Record<string, unknown>>;
  /** Why a resource ends with a wildcard, where one does. */
  readonly wide?: string;
}

/** The service's own segments: times and results, no headers; no code of ours is in it. */
const writeTraces: Grant = {
  actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
  resources: ['*'],
  wide: 'X-Ray knows no narrower resource.',
};

/** Rows of the ledger by the beginning of their key; a role sees no others. */
export const rows = (tableArn: string, actions: readonly string[], prefixes: readonly string[]): Grant => ({
  actions: actions.map((action) => `dynamodb:${action}`),
  resources: [tableArn],
  conditions: {
    'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': prefixes.map((prefix) => `${prefix}#*`) },
  },
});
