import { createRequire } from 'node:module';
import { AwsError, notEmulated } from './aws-error.ts';

type Json = Record<string, unknown>;
export type Item = Record<string, unknown>;
type Callback<T> = (error: EngineError | null, result: T) => void;
type EngineError = Error & {
  statusCode?: number;
  body?: { __type: string; message?: string; Message?: string };
};
type Table = { KeySchema: { AttributeName: string; KeyType: string }[] };
type Store = { lifecycleManager: { gracefulClose(): Promise<void> } };
type Validation = { types: Json; custom?: unknown };

// dynalite is CommonJS without types; its engine is used in process, without its HTTP server, so that transactions can
// evaluate the very same conditions as single writes.
const load = createRequire(import.meta.url);
const db: {
  create(options: {
    path?: string;
    createTableMs: number;
    deleteTableMs: number;
    updateTableMs: number;
  }): Store & {
    getTable(name: string, callback: Callback<Table>): void;
  };
  checkConditional(data: Json, item: Item | undefined): EngineError | null | undefined;
} = load('dynalite/db/index.js');
const validations: {
  checkTypes(data: Json, types: Json): Json;
  checkValidations(data: Json, types: Json, custom: unknown, store: Store): void;
} = load('dynalite/validations/index.js');

const OPERATIONS = [
  'BatchGetItem',
  'BatchWriteItem',
  'CreateTable',
  'DeleteItem',
  'DescribeTable',
  'GetItem',
  'ListTables',
  'PutItem',
  'Query',
  'Scan',
  'UpdateItem',
] as const;
export type EngineOperation = (typeof OPERATIONS)[number];

/** Understood by the layer above the engine, so not unknown. */
const LAYERED = ['ReturnValuesOnConditionCheckFailure'];

export type DynaliteEngine = {
  readonly operations: readonly EngineOperation[];
  /** Performs one operation on a copy of the input; throws the `AwsError` of DynamoDB. */
  run(operation: EngineOperation, input: Json): Promise<Json>;
  /** Throws what the operation would refuse before it looks at any item. */
  validate(operation: EngineOperation, input: Json): void;
  /** Whether the item (undefined when absent) meets the input's ConditionExpression. */
  meets(operation: 'PutItem' | 'UpdateItem' | 'DeleteItem', input: Json, item: Item | undefined): boolean;
  keyNames(tableName: string): Promise<string[]>;
  close(): Promise<void>;
};

function translated(error: EngineError): Error {
  if (error.body === undefined) return error;
  const code = error.body.__type.split('#').at(-1) ?? error.body.__type;
  return new AwsError(code, error.body.message ?? error.body.Message ?? '', error.statusCode ?? 400);
}

/** Opens dynalite's engine in memory, or on LevelDB under `path`. */
export function openDynalite(path?: string): DynaliteEngine {
  const store = db.create({
    ...(path === undefined ? {} : { path }),
    createTableMs: 0,
    deleteTableMs: 0,
    updateTableMs: 0,
  });

  function prepared(operation: EngineOperation, input: Json): Json {
    const name = operation.charAt(0).toLowerCase() + operation.slice(1);
    const { types, custom }: Validation = load(`dynalite/validations/${name}.js`);
    const unknown = Object.keys(input).find((key) => !(key in types) && !LAYERED.includes(key));
    // The engine would drop a member it does not know and answer as if it had not been there.
    if (unknown !== undefined) throw notEmulated(`DynamoDB ${operation} with ${unknown}`);
    try {
      const data = validations.checkTypes(structuredClone(input), types);
      validations.checkValidations(data, types, custom, store);
      return data;
    } catch (error) {
      throw translated(error as EngineError);
    }
  }

  return {
    operations: OPERATIONS,
    validate: (operation, input) => void prepared(operation, input),
    meets: (operation, input, item) => {
      const failure = db.checkConditional(prepared(operation, input), item);
      return failure === null || failure === undefined;
    },
    run: (operation, input) =>
      new Promise((resolve, reject) => {
        const data = prepared(operation, input);
        const name = operation.charAt(0).toLowerCase() + operation.slice(1);
        const action: (s: Store, d: Json, done: Callback<Json>) => void = load(`dynalite/actions/${name}.js`);
        action(store, data, (error, result) => (error ? reject(translated(error)) : resolve(result)));
      }),
    keyNames: (tableName) =>
      new Promise((resolve, reject) => {
        store.getTable(tableName, (error, table) =>
          error ? reject(translated(error)) : resolve(table.KeySchema.map((key) => key.AttributeName)),
        );
      }),
    close: () => store.lifecycleManager.gracefulClose(),
  };
}
