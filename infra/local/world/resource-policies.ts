import { parseDenials, type Statement } from '../aws/iam-policy.ts';
import type { Resource } from './resolve-stacks.ts';

type RawStatement = { Effect?: string; Principal?: { Service?: unknown }; Action?: unknown };

/** The explicit denials that key, queue and bucket policies of the templates put before every role. */
export function readDenials(resources: readonly Resource[]): Statement[] {
  return resources.flatMap((resource) => {
    const { KeyPolicy, PolicyDocument } = resource.properties;
    if (resource.type === 'AWS::KMS::Key' && KeyPolicy !== undefined) {
      return parseDenials(KeyPolicy, resource.attributes.Arn ?? '');
    }
    const guarded = resource.type === 'AWS::SQS::QueuePolicy' || resource.type === 'AWS::S3::BucketPolicy';
    return guarded ? parseDenials(PolicyDocument, '*') : [];
  });
}

function queueAdmits(resources: readonly Resource[], queueArn: string, service: string): boolean {
  const queue = resources.find((resource) => resource.attributes.Arn === queueArn);
  const policies = resources.filter(
    (resource) =>
      resource.type === 'AWS::SQS::QueuePolicy' &&
      (resource.properties.Queues as string[]).includes(queue?.ref ?? ''),
  );
  const statements = policies.flatMap(
    (policy) =>
      [(policy.properties.PolicyDocument as { Statement: unknown }).Statement].flat() as RawStatement[],
  );
  return statements.some((statement) => {
    const services = [statement.Principal?.Service].flat();
    const actions = [statement.Action].flat().map(String);
    const sends = actions.some((action) => /^(sqs:SendMessage|sqs:\*|\*)$/i.test(action));
    return statement.Effect === 'Allow' && services.includes(service) && sends;
  });
}

function functionAdmits(resources: readonly Resource[], functionArn: string, service: string): boolean {
  const target = resources.find((resource) => resource.attributes.Arn === functionArn);
  return resources.some(
    (resource) =>
      resource.type === 'AWS::Lambda::Permission' &&
      resource.properties.Principal === service &&
      [target?.ref, functionArn].includes(String(resource.properties.FunctionName)),
  );
}

/**
 * Checks that every queue and function admits the services that deliver to it.
 *
 * A missing resource policy deploys well and then delivers nothing, without an error anywhere; here it is an error.
 */
export function checkDeliveries(resources: readonly Resource[]): void {
  const require = (resource: Resource, arn: string, service: string) => {
    const admits = arn.includes(':sqs:')
      ? queueAdmits(resources, arn, service)
      : !arn.includes(':lambda:') || functionAdmits(resources, arn, service);
    if (!admits)
      throw new Error(`${resource.stackName}/${resource.logicalId}: ${arn} does not admit ${service}`);
  };
  for (const resource of resources) {
    const { properties } = resource;
    if (resource.type === 'AWS::Events::Rule') {
      for (const { Arn } of (properties.Targets ?? []) as { Arn: string }[]) {
        require(resource, Arn, 'events.amazonaws.com');
      }
    }
    if (resource.type === 'AWS::ApiGatewayV2::Integration') {
      const uri = String(properties.IntegrationUri);
      require(resource, /functions\/(arn:.*)\/invocations$/.exec(uri)?.[1] ??
        uri, 'apigateway.amazonaws.com');
    }
    if (resource.type === 'AWS::S3::Bucket') {
      const { QueueConfigurations = [] } = (properties.NotificationConfiguration ?? {}) as {
        QueueConfigurations?: { Queue: string }[];
      };
      for (const { Queue } of QueueConfigurations) require(resource, Queue, 's3.amazonaws.com');
    }
  }
}
