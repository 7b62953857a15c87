import { AwsError } from './aws-error.ts';
import type { Identity } from './call.ts';
import { type EngineOperation, openDynalite } from './dynalite-engine.ts';
import type { TableKeys } from './dynamodb-permissions.ts';
import { createTransactions } from './dynamodb-transactions.ts';
import type { JsonService } from './json-endpoint.ts';

type Json = Record<string, unknown>;
type KeySchema = { AttributeName: string; KeyType: string }[];

/** Members of CreateTable that a template may carry and that change nothing a client can see here. */
export type TableDefinition = {
  TableName: string;
  KeySchema: KeySchema;
  AttributeDefinitions: unknown[];
  GlobalSecondaryIndexes?: { IndexName: string; KeySchema: KeySchema; Projection: unknown }[];
  LocalSecondaryIndexes?: { IndexName: string; KeySchema: KeySchema; Projection: unknown }[];
  TimeToLiveAttribute?: string;
};

export type DynamoDb = {
  readonly service: JsonService;
  readonly tableKeys: TableKeys;
  /** Creates the table of a template; one that a data directory already holds is kept. */
  createTable(definition: TableDefinition): Promise<void>;
  close(): Promise<void>;
};

const WRITES = ['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem'];

function partitionKeyOf(schema: KeySchema): string | undefined {
  return schema.find((key) => key.KeyType === 'HASH')?.AttributeName;
}

/**
 * DynamoDB: dynalite's engine with what it lacks, behind one lock.
 *
 * Every write and every transactional read waits for the one before it, so a transaction is isolated as the real one
 * is. Expired items are not deleted, which the contract of time to live allows (typically within days).
 */
export function createDynamoDb(path?: string): DynamoDb {
  const engine = openDynalite(path);
  const transactions = createTransactions(engine);
  const partitionKeys = new Map<string, string | undefined>();
  const timeToLive = new Map<string, Json>();
  let last: Promise<unknown> = Promise.resolve();

  function alone<T>(work: () => Promise<T>): Promise<T> {
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    return mine;
  }

  /** A single write; a failed condition carries the item when ReturnValuesOnConditionCheckFailure asks for it. */
  async function write(operation: EngineOperation, input: Json): Promise<Json> {
    try {
      return await engine.run(operation, input);
    } catch (error) {
      const wanted = input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD';
      if (!(error instanceof AwsError) || error.code !== 'ConditionalCheckFailedException' || !wanted)
        throw error;
      const names = await engine.keyNames(String(input.TableName));
      const source = (input.Key ?? input.Item) as Json;
      const Key = Object.fromEntries(names.map((name) => [name, source[name]]));
      const old = await engine.run('GetItem', { TableName: input.TableName, Key, ConsistentRead: true });
      throw new AwsError(
        error.code,
        error.message,
        error.status,
        old.Item === undefined ? {} : { Item: old.Item },
      );
    }
  }

  const operations: Record<string, (input: Json, caller: Identity) => unknown> = {
    TransactWriteItems: (input, caller) => alone(() => transactions.write(input, caller.accessKeyId)),
    TransactGetItems: (input) => alone(() => transactions.read(input)),
    async UpdateTimeToLive(input) {
      await engine.keyNames(String(input.TableName));
      timeToLive.set(String(input.TableName), input.TimeToLiveSpecification as Json);
      return { TimeToLiveSpecification: input.TimeToLiveSpecification };
    },
    async DescribeTimeToLive(input) {
      await engine.keyNames(String(input.TableName));
      const set = timeToLive.get(String(input.TableName));
      const description =
        set?.Enabled === true
          ? { TimeToLiveStatus: 'ENABLED', AttributeName: set.AttributeName }
          : { TimeToLiveStatus: 'DISABLED' };
      return { TimeToLiveDescription: description };
    },
  };
  for (const name of engine.operations) {
    operations[name] = WRITES.includes(name)
      ? (input) => alone(() => write(name, input))
      : (input) => engine.run(name, input);
  }

  return {
    service: { name: 'dynamodb', target: 'DynamoDB_20120810', operations },
    tableKeys: (tableName, indexName) => partitionKeys.get(JSON.stringify([tableName, indexName])),
    async createTable({ TimeToLiveAttribute, ...definition }) {
      try {
        await engine.run('CreateTable', { ...definition, BillingMode: 'PAY_PER_REQUEST' });
      } catch (error) {
        if (!(error instanceof AwsError) || error.code !== 'ResourceInUseException') throw error;
      }
      const { TableName } = definition;
      const indexes = [
        ...(definition.GlobalSecondaryIndexes ?? []),
        ...(definition.LocalSecondaryIndexes ?? []),
      ];
      partitionKeys.set(JSON.stringify([TableName, undefined]), partitionKeyOf(definition.KeySchema));
      for (const index of indexes) {
        partitionKeys.set(JSON.stringify([TableName, index.IndexName]), partitionKeyOf(index.KeySchema));
      }
      if (TimeToLiveAttribute !== undefined) {
        timeToLive.set(TableName, { Enabled: true, AttributeName: TimeToLiveAttribute });
      }
      // dynalite makes a table ACTIVE on a timer, even one of 0 ms
      for (let tries = 0; tries < 200; tries += 1) {
        const { Table } = (await engine.run('DescribeTable', { TableName })) as {
          Table: { TableStatus: string };
        };
        if (Table.TableStatus === 'ACTIVE') return;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      throw new Error(`table ${TableName} did not become ACTIVE`);
    },
    close: () => engine.close(),
  };
}
