import { createHash } from 'node:crypto';
import type { Place } from '../aws/call.ts';

export type Named = {
  readonly stackName: string;
  readonly logicalId: string;
  readonly properties: Readonly<Record<string, unknown>>;
};

export type Origins = { readonly api: string; readonly queues: string };

/** What `Ref` and `Fn::GetAtt` of a resource answer. */
export type Physical = { readonly ref: string; readonly attributes: Readonly<Record<string, string>> };

type Kind = (named: Named, place: Place, origins: Origins) => Physical;

function nameOf(named: Named, property: string): string {
  const given = named.properties[property];
  return typeof given === 'string' ? given : `${named.stackName}-${named.logicalId}`;
}

function digestOf(named: Named): string {
  return createHash('sha256').update(`${named.stackName}/${named.logicalId}`).digest('hex');
}

/** Bucket names are lower case and at most 63 characters. */
function bucketName(named: Named): string {
  const given = named.properties.BucketName;
  if (typeof given === 'string') return given;
  const readable = `${named.stackName}-${named.logicalId}`.toLowerCase().slice(0, 54);
  return `${readable}-${digestOf(named).slice(0, 8)}`;
}

function keyId(named: Named): string {
  const hex = digestOf(named);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  );
}

/** The unique id of a role, of the shape IAM gives: `AROA` and 17 capitals or digits. */
function roleId(named: Named): string {
  return `AROA${digestOf(named).toUpperCase().slice(0, 17)}`;
}

function arn(service: string, place: Place, resource: string): string {
  return `arn:aws:${service}:${place.region}:${place.accountId}:${resource}`;
}

function plain(service: string, property: string, prefix: string): Kind {
  return (named, place) => {
    const name = nameOf(named, property);
    return { ref: name, attributes: { Arn: arn(service, place, `${prefix}${name}`), Name: name } };
  };
}

const table: Kind = (named, place) => {
  const name = nameOf(named, 'TableName');
  return { ref: name, attributes: { Arn: arn('dynamodb', place, `table/${name}`), TableId: keyId(named) } };
};

const byDigest: Kind = (named) => {
  const id = digestOf(named).slice(0, 10);
  return { ref: id, attributes: { Id: id } };
};

/** The resource types that the local world runs or reads. */
const RESOURCE_TYPES: Readonly<Record<string, Kind>> = {
  'AWS::SQS::Queue': (named, place, origins) => {
    const suffix = named.properties.FifoQueue === true && !named.properties.QueueName ? '.fifo' : '';
    const name = `${nameOf(named, 'QueueName')}${suffix}`;
    const ref = `${origins.queues}/${place.accountId}/${name}`;
    return { ref, attributes: { Arn: arn('sqs', place, name), QueueName: name, QueueUrl: ref } };
  },
  'AWS::S3::Bucket': (named, place) => {
    const name = bucketName(named);
    const RegionalDomainName = `${name}.s3.${place.region}.amazonaws.com`;
    return {
      ref: name,
      attributes: { Arn: `arn:aws:s3:::${name}`, DomainName: `${name}.s3.amazonaws.com`, RegionalDomainName },
    };
  },
  'AWS::DynamoDB::Table': table,
  'AWS::DynamoDB::GlobalTable': table,
  'AWS::KMS::Key': (named, place) => {
    const id = keyId(named);
    return { ref: id, attributes: { Arn: arn('kms', place, `key/${id}`), KeyId: id } };
  },
  'AWS::KMS::Alias': (named, place) => {
    const name = String(named.properties.AliasName);
    return { ref: name, attributes: { Arn: arn('kms', place, name) } };
  },
  'AWS::Lambda::Function': plain('lambda', 'FunctionName', 'function:'),
  'AWS::Lambda::EventSourceMapping': byDigest,
  'AWS::StepFunctions::StateMachine': (named, place) => {
    const name = nameOf(named, 'StateMachineName');
    const stateMachineArn = arn('states', place, `stateMachine:${name}`);
    return { ref: stateMachineArn, attributes: { Arn: stateMachineArn, Name: name } };
  },
  'AWS::Events::EventBus': plain('events', 'Name', 'event-bus/'),
  'AWS::Events::Rule': plain('events', 'Name', 'rule/'),
  'AWS::ApiGatewayV2::Api': (named, _place, origins) => {
    const id = digestOf(named).slice(0, 10);
    return { ref: id, attributes: { ApiId: id, ApiEndpoint: origins.api } };
  },
  'AWS::ApiGatewayV2::Route': byDigest,
  'AWS::ApiGatewayV2::Integration': byDigest,
  'AWS::ApiGatewayV2::Authorizer': byDigest,
  'AWS::ApiGatewayV2::Stage': (named) => ({ ref: String(named.properties.StageName), attributes: {} }),
  'AWS::IAM::Role': (named, place) => {
    const name = nameOf(named, 'RoleName');
    return {
      ref: name,
      attributes: { Arn: `arn:aws:iam::${place.accountId}:role/${name}`, RoleId: roleId(named) },
    };
  },
  'AWS::IAM::Policy': byDigest,
  'AWS::IAM::ManagedPolicy': (named, place) => {
    const ref = `arn:aws:iam::${place.accountId}:policy/${nameOf(named, 'ManagedPolicyName')}`;
    return { ref, attributes: { PolicyArn: ref } };
  },
  'AWS::Logs::LogGroup': (named, place) => {
    const name = nameOf(named, 'LogGroupName');
    return { ref: name, attributes: { Arn: arn('logs', place, `log-group:${name}:*`) } };
  },
};

/** Types that need no running: they watch, permit or describe. A world lists what it left out. */
const IGNORED_TYPES: Readonly<Record<string, Kind>> = {
  'AWS::SNS::Topic': (named, place) => {
    const ref = arn('sns', place, nameOf(named, 'TopicName'));
    return { ref, attributes: { TopicArn: ref, TopicName: nameOf(named, 'TopicName') } };
  },
  'AWS::SNS::TopicPolicy': byDigest,
  'AWS::SNS::Subscription': byDigest,
  'AWS::SQS::QueuePolicy': byDigest,
  'AWS::S3::BucketPolicy': byDigest,
  'AWS::Lambda::Permission': byDigest,
  'AWS::Logs::MetricFilter': byDigest,
  'AWS::Logs::ResourcePolicy': byDigest,
  'AWS::CDK::Metadata': byDigest,
};

export function isIgnored(type: string): boolean {
  return type in IGNORED_TYPES || type.startsWith('AWS::CloudWatch::');
}

/** Names a resource as CloudFormation would; throws on a type that the local world would silently not run. */
export function physicalOf(type: string, named: Named, place: Place, origins: Origins): Physical {
  const alarm = type.startsWith('AWS::CloudWatch::') ? plain('cloudwatch', 'AlarmName', 'alarm:') : undefined;
  const kind = RESOURCE_TYPES[type] ?? IGNORED_TYPES[type] ?? alarm;
  if (kind === undefined) {
    throw new Error(`${named.stackName}/${named.logicalId}: the local world does not know the type ${type}`);
  }
  return kind(named, place, origins);
}
