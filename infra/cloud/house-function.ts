import { join } from 'node:path';
import { Duration, RemovalPolicy, Size } from 'aws-cdk-lib';
import { Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { environments, FunctionName } from '../../shared/contracts/environment.ts';
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
    this.allow(['logs:CreateLogStream', 'logs:PutLogEvents'], [logGroup.logGroupArn]);
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
    });
  }

  /** @param grants statements that go with the variable: actions on resources, under conditions */
  bind(variable: VariableOf<Name>, value: string, ...grants: readonly Grant[]): this {
    this.lambda.addEnvironment(variable, value);
    for (const { actions, resources, conditions } of grants) this.allow(actions, resources, conditions);
    return this;
  }

  /** Statements are written out; the library's `grant*` methods are wider than they look. */
  allow(
    actions: readonly string[],
    resources: readonly string[],
    conditions: Grant['conditions'] = {},
  ): void {
    this.role.addToPolicy(
      new PolicyStatement({
        effect: Effect.ALLOW,
        actions: [...actions],
        resources: [...resources],
        conditions,
      }),
    );
  }
}

export interface Grant {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions?: Record<string, Record<string, unknown>>;
}

/** Rows of the ledger by the beginning of their key; a role sees no others. */
export const rows = (tableArn: string, actions: readonly string[], prefixes: readonly string[]): Grant => ({
  actions: actions.map((action) => `dynamodb:${action}`),
  resources: [tableArn],
  conditions: {
    'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': prefixes.map((prefix) => `${prefix}#*`) },
  },
});
