import { parseStatements, type Statement } from '../aws/iam-policy.ts';
import type { Resource } from './resolve-stacks.ts';

export type Role = {
  readonly arn: string;
  readonly roleId: string;
  readonly statements: readonly Statement[];
};

/** Managed policies of AWS that concern nothing a local endpoint sees (logs and traces). */
const HARMLESS_MANAGED_POLICIES = ['AWSLambdaBasicExecutionRole', 'AWSXRayDaemonWriteAccess'];

function documentsFor(role: Resource, resources: readonly Resource[]): unknown[] {
  const inline = (role.properties.Policies ?? []) as { PolicyDocument: unknown }[];
  const managed = (role.properties.ManagedPolicyArns ?? []) as string[];
  const attached = resources.filter((resource) => {
    if (resource.type !== 'AWS::IAM::Policy' && resource.type !== 'AWS::IAM::ManagedPolicy') return false;
    const roles = (resource.properties.Roles ?? []) as string[];
    return roles.includes(role.ref) || managed.includes(resource.ref);
  });
  for (const arn of managed) {
    const harmless = HARMLESS_MANAGED_POLICIES.some((name) => arn.endsWith(`/${name}`));
    if (!harmless && !attached.some((policy) => policy.ref === arn)) {
      throw new Error(`${role.stackName}/${role.logicalId}: the managed policy ${arn} is not known here`);
    }
  }
  return [
    ...inline.map((policy) => policy.PolicyDocument),
    ...attached.map((policy) => policy.properties.PolicyDocument),
  ];
}

/** Gathers what the template lets a role do: inline, attached and managed policies. Throws on what it cannot judge. */
export function roleOf(roleArn: string, resources: readonly Resource[]): Role {
  const role = resources.find(
    (resource) => resource.type === 'AWS::IAM::Role' && resource.attributes.Arn === roleArn,
  );
  if (role === undefined) throw new Error(`no role ${roleArn} in this assembly`);
  return {
    arn: roleArn,
    roleId: role.attributes.RoleId ?? '',
    statements: documentsFor(role, resources).flatMap(parseStatements),
  };
}
