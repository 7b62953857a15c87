import type { Call, Place } from './call.ts';
import type { Permission } from './iam-policy.ts';

/** Partition key's attribute name of a table, or of one of its indexes. */
export type TableKeys = (tableName: string, indexName?: string) => string | undefined;

type Input = Readonly<Record<string, unknown>>;

const KEYWORDS = /^(set|remove|add|delete|and|or|not|in|between)$/i;

function namesIn(input: Input): string[] {
  const aliases = new Map(Object.entries((input.ExpressionAttributeNames ?? {}) as Record<string, string>));
  const text = [
    'ProjectionExpression',
    'UpdateExpression',
    'ConditionExpression',
    'FilterExpression',
    'KeyConditionExpression',
  ]
    .map((name) => input[name])
    .filter((value) => typeof value === 'string')
    .join(' , ');
  const found = [...text.matchAll(/(?<![\w.:#\]])(#?[A-Za-z_]\w*)(?!\w|\s*\()/g)].map((match) =>
    String(match[1]),
  );
  return found.filter((name) => !KEYWORDS.test(name)).map((name) => aliases.get(name) ?? name);
}

function textOf(value: unknown): string {
  const attribute = (value ?? {}) as { S?: string; N?: string; B?: string };
  return attribute.S ?? attribute.N ?? attribute.B ?? '';
}

/** The partition key value that a `KeyConditionExpression` fixes by equality. */
function queriedKey(input: Input, partitionKey: string): string[] {
  const aliases = new Map(Object.entries((input.ExpressionAttributeNames ?? {}) as Record<string, string>));
  const values = (input.ExpressionAttributeValues ?? {}) as Record<string, unknown>;
  const expression = String(input.KeyConditionExpression ?? '');
  for (const match of expression.matchAll(/(#?\w+)\s*=\s*(:\w+)/g)) {
    const [, name = '', value = ''] = match;
    if ((aliases.get(name) ?? name) === partitionKey) return [textOf(values[value])];
  }
  return [];
}

function single(
  action: string,
  input: Input,
  place: Place,
  tableKeys: TableKeys,
  enclosing?: string,
): Permission {
  const tableName = String(input.TableName ?? '*').replace(/^arn:.*:table\//, '');
  const indexName = input.IndexName === undefined ? undefined : String(input.IndexName);
  const tableArn = `arn:aws:dynamodb:${place.region}:${place.accountId}:table/${tableName}`;
  const partitionKey = tableKeys(tableName, indexName) ?? '';
  const keyed = (input.Key ?? input.Item) as Record<string, unknown> | undefined;
  const context: Record<string, string[]> = {};
  const leading = keyed === undefined ? queriedKey(input, partitionKey) : [textOf(keyed[partitionKey])];
  if (leading.length > 0) context['dynamodb:LeadingKeys'] = leading;
  context['dynamodb:Attributes'] = [...new Set([...Object.keys(keyed ?? {}), ...namesIn(input)])];
  if (/^(Query|Scan|GetItem|BatchGetItem)$/.test(action)) {
    const projected = input.ProjectionExpression !== undefined;
    context['dynamodb:Select'] = [
      String(input.Select ?? (projected ? 'SPECIFIC_ATTRIBUTES' : 'ALL_ATTRIBUTES')),
    ];
  } else {
    context['dynamodb:ReturnValues'] = [String(input.ReturnValues ?? 'NONE')];
  }
  if (enclosing !== undefined) context['dynamodb:EnclosingOperation'] = [enclosing];
  const resource = indexName === undefined ? tableArn : `${tableArn}/index/${indexName}`;
  return { action: `dynamodb:${action}`, resource, context };
}

const TRANSACTED: Record<string, string> = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
  Get: 'GetItem',
};

/**
 * What a DynamoDB call needs. A transaction is authorised item by item under the single actions' names (developer
 * guide, "Using IAM with DynamoDB transactions"); `dynamodb:LeadingKeys` holds every partition key it touches.
 */
export function dynamoDbPermissions(call: Call, place: Place, tableKeys: TableKeys): Permission[] {
  const { operation, input } = call;
  if (operation === 'TransactWriteItems' || operation === 'TransactGetItems') {
    const items = (input.TransactItems ?? []) as Record<string, Input>[];
    return items.flatMap((item) =>
      Object.entries(item).map(([kind, inner]) =>
        single(
          Object.hasOwn(TRANSACTED, kind) ? (TRANSACTED[kind] ?? kind) : kind,
          inner,
          place,
          tableKeys,
          operation,
        ),
      ),
    );
  }
  if (operation === 'BatchGetItem' || operation === 'BatchWriteItem') {
    const tables = (input.RequestItems ?? {}) as Record<string, unknown>;
    return Object.entries(tables).flatMap(([TableName, request]) => {
      const entries =
        operation === 'BatchGetItem' ? (request as { Keys?: unknown[] }).Keys : (request as unknown[]);
      return (entries ?? []).map((entry) => {
        const write = entry as { PutRequest?: Input; DeleteRequest?: Input };
        const keyed =
          operation === 'BatchGetItem' ? { Key: entry } : (write.PutRequest ?? write.DeleteRequest);
        return single(operation, { TableName, ...keyed }, place, tableKeys);
      });
    });
  }
  return [single(operation, input, place, tableKeys)];
}
