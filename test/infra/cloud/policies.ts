import { type Assembly, listOf, nameOf, ofType, type Properties, writeOut } from './synthesised.ts';

/** One action that a role may take on one resource. */
export interface Permission {
  readonly role: string;
  readonly action: string;
  readonly resource: string;
  /** Beginnings of the rows' keys, where the permission is for some rows only. */
  readonly rows: readonly string[];
  /** What else a request must have, as `key=value`, or the key alone where any value will do. */
  readonly limits: readonly string[];
}

interface Statement {
  readonly Effect: string;
  readonly Action: unknown;
  readonly Resource: unknown;
  readonly Condition?: Record<string, Record<string, unknown>>;
}

const leadingKeys = 'ForAllValues:StringLike';

/**
 * Every permission of every role of the service stack, one by one. Throws on what it cannot read (a managed policy,
 * a NotAction, another condition), because a permission that is not listed would go unseen.
 */
export function permissionsIn(assembly: Assembly): Permission[] {
  const { service } = assembly;
  for (const [role, { Properties: properties }] of ofType(service, 'AWS::IAM::Role'))
    for (const other of ['ManagedPolicyArns', 'Policies'])
      if (other in properties) throw new Error(`${role} has ${other}, which nobody reads here`);

  return ofType(service, 'AWS::IAM::Policy').flatMap(([, { Properties: properties }]) => {
    const { Roles: roles, PolicyDocument: document } = properties as {
      Roles: unknown[];
      PolicyDocument: { Statement: Statement[] };
    };
    return roles.flatMap((role) =>
      document.Statement.flatMap((statement) =>
        permissionsOf(writeOut(role, assembly).replace(/Role$/, ''), statement, assembly),
      ),
    );
  });
}

function permissionsOf(role: string, statement: Statement, assembly: Assembly): Permission[] {
  const { Effect, Action, Resource, Condition = {}, ...others } = statement;
  if (Effect !== 'Allow' || Object.keys(others).some((key) => key !== 'Sid'))
    throw new Error(`${role} has a statement of another kind: ${JSON.stringify(statement)}`);
  const {
    [leadingKeys]: keys = {},
    StringEquals: equals = {},
    Null: absent = {},
    ...otherConditions
  } = Condition;
  const { 'dynamodb:LeadingKeys': rows = [], ...otherKeys } = keys;
  const mayBeAbsent = Object.values(absent).some((value) => String(value) !== 'false');
  if (mayBeAbsent || Object.keys({ ...otherConditions, ...otherKeys }).length > 0)
    throw new Error(`${role} has another condition: ${JSON.stringify(Condition)}`);
  return listOf(Action).flatMap((action) =>
    listOf(Resource).map((resource) => ({
      role,
      action: String(action),
      resource: writeOut(resource, assembly),
      rows: listOf(rows).map(String),
      limits: [
        ...Object.entries(equals).map(([key, value]) => `${key}=${String(value)}`),
        ...Object.keys(absent),
      ],
    })),
  );
}

/** The only right on an index whose answer holds nothing of a row but its keys. */
const keysAlone = (resource: string): boolean => resource.includes('/index/');

/**
 * The roles that get to see a row, by whatever right on its table: `ReturnValues` and
 * `ReturnValuesOnConditionCheckFailure` make a read of every right to put, update, delete or check it.
 * @param table its name in the templates
 * @param row its partition key
 */
export function rolesThatSee(permissions: readonly Permission[], table: string, row: string): string[] {
  const roles = permissions
    .filter(({ action, resource }) => action.startsWith('dynamodb:') && resource.startsWith(`${table}.Arn`))
    .filter(({ resource }) => !keysAlone(resource))
    .filter(({ rows }) => rows.length === 0 || rows.some((prefix) => row.startsWith(prefix.replace('*', ''))))
    .map(({ role }) => role);
  return [...new Set(roles)].toSorted();
}

/** Services that may take on each role. */
export function trustIn({ service }: Assembly): Record<string, string[]> {
  return Object.fromEntries(
    ofType(service, 'AWS::IAM::Role').map(([role, { Properties: properties }]) => {
      const { Statement } = properties.AssumeRolePolicyDocument as { Statement: Properties[] };
      const trusted = Statement.map(({ Action, Effect, Principal, ...others }) => {
        const { Service, ...otherPrincipals } = Principal as { Service: string };
        const plain = Action === 'sts:AssumeRole' && Effect === 'Allow';
        if (!plain || Object.keys({ ...others, ...otherPrincipals }).length > 0)
          throw new Error(`${role} is trusted in another way: ${JSON.stringify(Statement)}`);
        return Service;
      });
      return [nameOf(role).replace(/Role$/, ''), trusted];
    }),
  );
}
