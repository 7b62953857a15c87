import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { callerIndex, dueIndex, requestIndex } from '../../../shared/aws/dynamodb-indexes.ts';
import { type Item, itemBytes, readUnits, writeUnits } from './item-size.ts';

type Json = Readonly<Record<string, unknown>>;
interface Update {
  readonly Key: Item;
  readonly UpdateExpression: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Item;
}
type Keyed = Readonly<{ Key: Item }>;
type Member = Readonly<{ Put?: { Item: Item }; Update?: Update; Delete?: Keyed; ConditionCheck?: Keyed }>;

/** What one call to the ledger's tables comes to. */
export interface Metered {
  readonly writeRequests: number;
  /** Of the table, twice as many in a transaction, and of its indexes. */
  readonly writeUnits: number;
  readonly indexUnits: number;
  readonly readUnits: number;
}

const keyOf = ({ pk, sk }: Item): string => `${pk?.S} ${sk?.S}`;
/** Two rows of a purchase have one key in two tables: here, what is signed has a key of its own. */
const isHeader = (item: Item): boolean => 'header' in item;
const headerOf = (key: string): string => `${key} header`;
const nothing: Metered = { writeRequests: 0, writeUnits: 0, indexUnits: 0, readUnits: 0 };

/**
 * Counts units as DynamoDB bills them, from the calls alone: it keeps every row that it saw written. An index takes one
 * unit for an entry that comes or goes, two for one that moves ("Global secondary indexes: provisioned throughput
 * considerations"); its entries are keys alone, far below a kilobyte. A write that is refused is billed all the same.
 */
export function ledgerMeter() {
  const rows = new Map<string, Item>();

  /** Units of one row's write, and of the index entries that it moves. */
  function put(item: Item, times: 1 | 2): { writeUnits: number; indexUnits: number } {
    const key = isHeader(item) ? headerOf(keyOf(item)) : keyOf(item);
    const before = rows.get(key) ?? {};
    rows.set(key, item);
    const bytes = Math.max(itemBytes(item), itemBytes(before));
    const indexUnits = [dueIndex, callerIndex, requestIndex].reduce((sum, index) => {
      const entry = (row: Item) =>
        row[index.partitionKey] && row[index.sortKey]
          ? JSON.stringify([row[index.partitionKey], row[index.sortKey]])
          : undefined;
      const [was, is] = [entry(before), entry(item)];
      return was === is ? sum : sum + (was === undefined ? 0 : 1) + (is === undefined ? 0 : 1);
    }, 0);
    return { writeUnits: times * writeUnits(bytes) + indexUnits, indexUnits };
  }

  /** Nothing is deleted but what was signed. */
  function erase(key: string): number {
    const there = rows.get(headerOf(key)) ?? {};
    rows.delete(headerOf(key));
    return writeUnits(itemBytes(there));
  }

  function write(member: Member, times: 1 | 2): { writeUnits: number; indexUnits: number } {
    if (member.Put) return put(member.Put.Item, times);
    if (member.Update) return put(updated(rows.get(keyOf(member.Update.Key)), member.Update), times);
    if (member.Delete) return { writeUnits: times * erase(keyOf(member.Delete.Key)), indexUnits: 0 };
    const there = rows.get(keyOf(member.ConditionCheck?.Key ?? {})) ?? {};
    return { writeUnits: times * writeUnits(itemBytes(there)), indexUnits: 0 };
  }

  return {
    /** Rows as they stand, by `pk sk`. */
    rows: rows as ReadonlyMap<string, Item>,
    /** Takes note of rows that were written before the meter was there. */
    know: (item: Item) => void rows.set(keyOf(item), item),
    count(operation: string, input: Json): Metered {
      if (operation === 'GetItem') {
        const there = rows.get(keyOf(input.Key as Item)) ?? {};
        return { ...nothing, readUnits: readUnits(itemBytes(there)) };
      }
      // Keys alone, a few at a time, not consistently.
      if (operation === 'Query' || operation === 'Scan') return { ...nothing, readUnits: 0.5 };
      const members: readonly Member[] =
        operation === 'TransactWriteItems'
          ? (input.TransactItems as readonly Member[])
          : [
              operation === 'PutItem'
                ? { Put: input as { Item: Item } }
                : operation === 'DeleteItem'
                  ? { Delete: input as Keyed }
                  : { Update: input as unknown as Update },
            ];
      const times = operation === 'TransactWriteItems' ? 2 : 1;
      const units = members.map((member) => write(member, times));
      return {
        ...nothing,
        writeRequests: 1,
        writeUnits: units.reduce((sum, one) => sum + one.writeUnits, 0),
        indexUnits: units.reduce((sum, one) => sum + one.indexUnits, 0),
      };
    },
  };
}

/** A row after an update, as far as its size goes: what is computed from a number stays a number. */
function updated(before: Item | undefined, update: Update): Item {
  const {
    Key,
    UpdateExpression,
    ExpressionAttributeNames: names = {},
    ExpressionAttributeValues: values = {},
  } = update;
  const [, sets = '', removes = ''] = /^(?:SET|ADD) (.*?)(?: REMOVE (.*))?$/.exec(UpdateExpression) ?? [];
  const row: Record<string, AttributeValue> = { ...before, ...Key };
  for (const set of sets.split(/, ?/)) {
    const [name = '', value = ''] = set.split(/ ?= ?| /);
    const given = values[value];
    if (given) row[names[name] ?? name] = given;
  }
  for (const name of removes.split(/, ?/)) delete row[names[name] ?? name];
  return row;
}
