import { isDeepStrictEqual } from 'node:util';
import { AwsError } from './aws-error.ts';
import type { DynaliteEngine, Item } from './dynalite-engine.ts';

type Json = Record<string, unknown>;
type WriteOperation = 'PutItem' | 'UpdateItem' | 'DeleteItem';
type Kind = 'Put' | 'Update' | 'Delete' | 'ConditionCheck';
type Write = { kind: Kind; input: Json; tableName: string; key: Item };
type Reason = { Code: string; Message?: string; Item?: Item };

const MAX_ITEMS = 100;
const TOKEN_LIFETIME_MS = 10 * 60_000;
const OPERATION: Record<Kind, WriteOperation> = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  // A condition check is a delete that stops after its condition: the same members, the same validation.
  ConditionCheck: 'DeleteItem',
};

function validationError(message: string): AwsError {
  return new AwsError('ValidationException', message);
}

function itemsOf(input: Json): Json[] {
  const items = input.TransactItems;
  if (!Array.isArray(items) || items.length === 0 || items.length > MAX_ITEMS) {
    throw validationError(
      `1 validation error detected: Value at 'transactItems' failed to satisfy constraint: Member must have length between 1 and ${MAX_ITEMS}`,
    );
  }
  return items as Json[];
}

function entryOf(item: Json, kinds: readonly string[]): [string, Json] {
  const entries = Object.entries(item).filter(([, value]) => value !== undefined);
  const [entry] = entries;
  if (entries.length !== 1 || entry === undefined || !kinds.includes(entry[0])) {
    throw validationError('TransactItems can only contain one of Check, Put, Update or Delete');
  }
  return [entry[0], entry[1] as Json];
}

/** Reads an item with its own table and key; undefined when there is none. */
async function read(engine: DynaliteEngine, tableName: string, key: Item): Promise<Item | undefined> {
  const answer = await engine.run('GetItem', { TableName: tableName, Key: key, ConsistentRead: true });
  return answer.Item as Item | undefined;
}

function cancelled(reasons: Reason[]): AwsError {
  const codes = reasons.map((reason) => reason.Code).join(', ');
  return new AwsError(
    'TransactionCanceledException',
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    400,
    { CancellationReasons: reasons },
  );
}

/**
 * TransactWriteItems and TransactGetItems over the engine's single operations.
 *
 * Both must run while nobody else writes: the caller holds the table's one lock. Conditions are all evaluated before
 * the first write; if a write is refused after that (an update of a wrong type, an item too large), the writes already
 * made are undone.
 */
export function createTransactions(engine: DynaliteEngine) {
  const tokens = new Map<string, { input: Json; at: number }>();

  async function parse(item: Json): Promise<Write> {
    const [kind, input] = entryOf(item, Object.keys(OPERATION)) as [Kind, Json];
    if (kind === 'ConditionCheck' && input.ConditionExpression === undefined) {
      throw validationError('The ConditionExpression of a ConditionCheck must not be empty');
    }
    if (kind === 'Update' && input.UpdateExpression === undefined) {
      throw validationError('The UpdateExpression of an Update must not be empty');
    }
    engine.validate(OPERATION[kind], input);
    const tableName = String(input.TableName);
    const source = (input.Key ?? input.Item) as Item;
    const names = await engine.keyNames(tableName);
    const key = Object.fromEntries(names.map((name) => [name, source[name]]));
    return { kind, input, tableName, key };
  }

  async function apply(writes: Write[], before: (Item | undefined)[]): Promise<void> {
    const undo: (() => Promise<unknown>)[] = [];
    for (const [index, write] of writes.entries()) {
      const old = before[index];
      try {
        if (write.kind !== 'ConditionCheck') await engine.run(OPERATION[write.kind], write.input);
      } catch (error) {
        for (const step of undo.reverse()) await step();
        if (!(error instanceof AwsError)) throw error;
        const reason = { Code: 'ValidationError', Message: error.message };
        throw cancelled(writes.map((_, at) => (at === index ? reason : { Code: 'None' })));
      }
      undo.push(() =>
        old === undefined
          ? engine.run('DeleteItem', { TableName: write.tableName, Key: write.key })
          : engine.run('PutItem', { TableName: write.tableName, Item: old }),
      );
    }
  }

  return {
    async write(input: Json, callerId: string): Promise<Json> {
      const items = itemsOf(input);
      const token =
        input.ClientRequestToken === undefined ? undefined : `${callerId} ${input.ClientRequestToken}`;
      const earlier = token === undefined ? undefined : tokens.get(token);
      if (earlier !== undefined && Date.now() - earlier.at < TOKEN_LIFETIME_MS) {
        if (isDeepStrictEqual(earlier.input, input)) return {};
        throw new AwsError(
          'IdempotentParameterMismatchException',
          'Parameters of the retried request do not match',
        );
      }
      const writes = await Promise.all(items.map(parse));
      const places = writes.map(({ tableName, key }) => JSON.stringify([tableName, key]));
      if (new Set(places).size !== places.length) {
        throw validationError('Transaction request cannot include multiple operations on one item');
      }
      const before = await Promise.all(writes.map((write) => read(engine, write.tableName, write.key)));
      const reasons = writes.map((write, index): Reason => {
        const old = before[index];
        if (engine.meets(OPERATION[write.kind], write.input, old)) return { Code: 'None' };
        const wanted = write.input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' && old !== undefined;
        return {
          Code: 'ConditionalCheckFailed',
          Message: 'The conditional request failed',
          ...(wanted ? { Item: old } : {}),
        };
      });
      if (reasons.some((reason) => reason.Code !== 'None')) throw cancelled(reasons);
      await apply(writes, before);
      if (token !== undefined) tokens.set(token, { input: structuredClone(input), at: Date.now() });
      return {};
    },

    async read(input: Json): Promise<Json> {
      const gets = itemsOf(input).map((item) => entryOf(item, ['Get'])[1]);
      const answers = await Promise.all(
        gets.map((get) => engine.run('GetItem', { ...get, ConsistentRead: true })),
      );
      return { Responses: answers.map((answer) => (answer.Item === undefined ? {} : { Item: answer.Item })) };
    },
  };
}
