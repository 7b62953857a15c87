/** One thing a call needs: an IAM action on one ARN, with the condition context of the request. */
export type Permission = {
  readonly action: string;
  readonly resource: string;
  readonly context: Readonly<Record<string, readonly string[]>>;
};

type Condition = { readonly operator: string; readonly key: string; readonly values: readonly string[] };

export type Statement = {
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions: readonly Condition[];
};

const OPERATORS = [
  'StringEquals',
  'StringNotEquals',
  'StringLike',
  'StringNotLike',
  'ArnLike',
  'ArnNotLike',
  'ArnNotEquals',
  'ArnEquals',
  'Bool',
];

/** The condition keys whose values the endpoints work out; a policy that uses another one is refused at start. */
const CONTEXT_KEYS = [
  'dynamodb:LeadingKeys',
  'dynamodb:Attributes',
  'dynamodb:Select',
  'dynamodb:ReturnValues',
  'dynamodb:EnclosingOperation',
  'events:source',
  'events:detail-type',
  'kms:MessageType',
  'kms:SigningAlgorithm',
  's3:prefix',
  's3:if-none-match',
  'aws:PrincipalArn',
  'aws:PrincipalIsAWSService',
  'aws:SecureTransport',
];

function listOf(value: unknown, what: string): string[] {
  const list = Array.isArray(value) ? value : [value];
  return list.map((entry) => {
    if (typeof entry === 'string') return entry;
    if (typeof entry === 'boolean') return String(entry);
    throw new Error(`IAM ${what} is not a string: ${JSON.stringify(entry)}`);
  });
}

function parseConditions(raw: unknown): Condition[] {
  const conditions: Condition[] = [];
  for (const [operator, keys] of Object.entries((raw ?? {}) as Record<string, Record<string, unknown>>)) {
    const plain = operator.replace(/^ForA(ll|ny)Value(s)?:/, '').replace(/IfExists$/, '');
    if (plain !== 'Null' && !OPERATORS.includes(plain))
      throw new Error(`IAM condition operator ${operator} is not understood`);
    for (const [key, values] of Object.entries(keys)) {
      const known = CONTEXT_KEYS.find((name) => name.toLowerCase() === key.toLowerCase());
      if (known === undefined) throw new Error(`IAM condition key ${key} is not understood`);
      conditions.push({ operator, key: known, values: listOf(values, `condition ${key}`) });
    }
  }
  return conditions;
}

/**
 * Parses the statements of one identity policy document whose intrinsics are resolved.
 *
 * Throws on everything it would have to guess about (NotAction, NotResource, unknown operators and keys).
 */
export function parseStatements(document: unknown): Statement[] {
  const raw = (document as { Statement?: unknown }).Statement;
  return (Array.isArray(raw) ? raw : [raw]).map((entry: Record<string, unknown>) => {
    for (const name of ['NotAction', 'NotResource', 'Principal']) {
      if (name in entry) throw new Error(`IAM statement member ${name} is not understood`);
    }
    return {
      effect: entry.Effect === 'Deny' ? 'Deny' : 'Allow',
      actions: listOf(entry.Action, 'Action'),
      resources: listOf(entry.Resource, 'Resource'),
      conditions: parseConditions(entry.Condition),
    };
  });
}

function matchesWildcard(pattern: string, value: string, flags = ''): boolean {
  const escaped = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${escaped}$`, `s${flags}`).test(value);
}

function holds(condition: Condition, context: Permission['context']): boolean {
  const actual = context[condition.key];
  const name = condition.operator.replace(/^ForA(ll|ny)Value(s)?:/, '').replace(/IfExists$/, '');
  if (name === 'Null') return condition.values.includes(String(actual === undefined));
  // IAM: ForAllValues and IfExists are satisfied by an absent key, everything else is not; a negation is.
  const negated = name.includes('Not');
  if (actual === undefined || actual.length === 0) {
    return (
      condition.operator.startsWith('ForAllValues:') || condition.operator.endsWith('IfExists') || negated
    );
  }
  const like = name.endsWith('Like') || name.startsWith('Arn');
  const fits = (value: string) =>
    negated !== condition.values.some((wanted) => (like ? matchesWildcard(wanted, value) : wanted === value));
  return condition.operator.startsWith('ForAnyValue:') ? actual.some(fits) : actual.every(fits);
}

function applies(statement: Statement, permission: Permission): boolean {
  return (
    statement.actions.some((action) => matchesWildcard(action, permission.action, 'i')) &&
    statement.resources.some((resource) => matchesWildcard(resource, permission.resource)) &&
    statement.conditions.every((condition) => holds(condition, permission.context))
  );
}

/**
 * Parses the explicit denials of a resource's policy. `resourceArn` is what a key policy's `*` means.
 *
 * Allows are left out: within one account the identity's policies decide. A denial of somebody in particular throws.
 */
export function parseDenials(document: unknown, resourceArn: string): Statement[] {
  const raw = (document as { Statement?: unknown }).Statement;
  const denials = [raw].flat().filter((entry) => (entry as { Effect?: string }).Effect === 'Deny');
  return denials.flatMap((entry) => {
    const { Principal, ...statement } = entry as { Principal?: unknown; Resource?: unknown };
    const everybody = Principal === '*' || (Principal as { AWS?: unknown } | undefined)?.AWS === '*';
    if (!everybody) throw new Error(`a denial of ${JSON.stringify(Principal)} is not understood`);
    const Resource = statement.Resource === '*' ? resourceArn : statement.Resource;
    return parseStatements({ Statement: { ...statement, Resource } });
  });
}

/** Whether one of the statements denies, whoever allows. */
export function isDenied(statements: readonly Statement[], permission: Permission): boolean {
  return statements.some((statement) => statement.effect === 'Deny' && applies(statement, permission));
}

/** IAM's rule: an explicit Deny wins, then any Allow, else no. Actions ignore case, resources do not. */
export function isAllowed(statements: readonly Statement[], permission: Permission): boolean {
  const applicable = statements.filter((statement) => applies(statement, permission));
  return applicable.some((s) => s.effect === 'Allow') && !applicable.some((s) => s.effect === 'Deny');
}
