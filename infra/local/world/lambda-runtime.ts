import type { FunctionSettings } from './function-settings.ts';
import type { LogLine } from './log-line.ts';
import { type InvokeOutcome, type Sandbox, startSandbox } from './start-sandbox.ts';

/** One invocation that is over. */
export type Invocation = {
  readonly functionId: string;
  readonly memoryMb: number;
  /** From the event's arrival in a loaded sandbox to the handler's answer; loading the module is not part of it. */
  readonly milliseconds: number;
  readonly ok: boolean;
};

export type LambdaRuntime = {
  readonly functions: readonly FunctionSettings[];
  /** The settings of a function by logical id, name or ARN; throws when there is none. */
  find(reference: string): FunctionSettings;
  /** Invokes a function; waits for a free sandbox when as many as the limit are busy. Never rejects while open. */
  invoke(reference: string, payload: unknown): Promise<InvokeOutcome>;
  /** Loads one sandbox of every function; throws the first initialisation error, with the function's id. */
  warm(): Promise<void>;
  /** The logical id of a running sandbox's function. */
  functionOf(sandboxId: string): string | undefined;
  /** Kills the sandboxes of a function (or one of them) and answers how many were running. */
  kill(reference: string, sandboxId?: string): Promise<number>;
  concurrencyOf(reference: string): number;
  /** Returns the function that ends listening. */
  onInvocation(listener: (invocation: Invocation) => void): () => void;
  close(): Promise<void>;
};

type Pool = { readonly idle: Sandbox[]; readonly all: Set<Sandbox>; readonly waiting: (() => void)[] };

export type LambdaRuntimeOptions = {
  readonly functions: readonly FunctionSettings[];
  readonly environment: Readonly<Record<string, string>>;
  /** The secret access key of a function, by its logical id. */
  secretOf(functionId: string): string | undefined;
  /** Sandboxes per function at once, unless ReservedConcurrentExecutions asks for fewer. */
  readonly concurrency: number;
  log(line: LogLine): void;
};

/** The functions of the world: warm reuse of sandboxes, a limit per function, one invocation per sandbox at a time. */
export function createLambdaRuntime(options: LambdaRuntimeOptions): LambdaRuntime {
  const pools = new Map<string, Pool>(
    options.functions.map((settings) => [settings.id, { idle: [], all: new Set(), waiting: [] }]),
  );
  const listeners = new Set<(invocation: Invocation) => void>();
  let closed = false;

  function find(reference: string): FunctionSettings {
    const plain = reference.replace(/:\$LATEST$/, '');
    const found = options.functions.find(({ id, name, arn }) => [id, name, arn].includes(plain));
    if (found === undefined) throw new Error(`no function ${reference} in this world`);
    return found;
  }

  function poolOf(settings: FunctionSettings): Pool {
    const pool = pools.get(settings.id);
    if (pool === undefined) throw new Error(`no pool for ${settings.id}`);
    return pool;
  }

  function limitOf(settings: FunctionSettings): number {
    return Math.min(options.concurrency, settings.reservedConcurrency ?? options.concurrency);
  }

  function start(settings: FunctionSettings): Sandbox {
    const sandbox = startSandbox({
      settings,
      environment: {
        ...options.environment,
        AWS_SECRET_ACCESS_KEY: options.secretOf(settings.id) ?? '',
      },
      onLine: (text, requestId) => options.log({ at: Date.now(), functionId: settings.id, requestId, text }),
    });
    poolOf(settings).all.add(sandbox);
    return sandbox;
  }

  async function acquire(settings: FunctionSettings): Promise<Sandbox> {
    const pool = poolOf(settings);
    for (;;) {
      if (closed) throw new Error('the world is closed');
      const idle = pool.idle.pop();
      if (idle?.alive === true) return idle;
      if (idle !== undefined) pool.all.delete(idle);
      else if (pool.all.size < limitOf(settings)) return start(settings);
      else await new Promise<void>((resolve) => pool.waiting.push(resolve));
    }
  }

  function release(settings: FunctionSettings, sandbox: Sandbox): void {
    const pool = poolOf(settings);
    if (sandbox.alive) pool.idle.push(sandbox);
    else pool.all.delete(sandbox);
    pool.waiting.shift()?.();
  }

  return {
    functions: options.functions,
    find,
    concurrencyOf: (reference) => limitOf(find(reference)),
    functionOf: (id) =>
      [...pools].find(([, { all }]) => [...all].some((box) => box.id === id && box.alive))?.[0],
    async invoke(reference, payload) {
      const settings = find(reference);
      const sandbox = await acquire(settings);
      await sandbox.ready();
      const begun = performance.now();
      const outcome = await sandbox.invoke(payload);
      const milliseconds = performance.now() - begun;
      const { id: functionId, memoryMb } = settings;
      for (const listener of listeners) listener({ functionId, memoryMb, milliseconds, ok: outcome.ok });
      if (!outcome.ok) {
        const text = `${outcome.error.errorType}: ${outcome.error.errorMessage}`;
        options.log({ at: Date.now(), functionId: settings.id, requestId: undefined, text });
      }
      release(settings, sandbox);
      return outcome;
    },
    onInvocation(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async warm() {
      const started = options.functions.map(async (settings) => {
        const sandbox = start(settings);
        const error = await sandbox.ready();
        release(settings, sandbox);
        if (error !== undefined) throw new Error(`${settings.id}: ${error.errorType}: ${error.errorMessage}`);
      });
      for (const outcome of await Promise.allSettled(started)) {
        if (outcome.status === 'rejected') throw outcome.reason;
      }
    },
    async kill(reference, sandboxId) {
      const pool = poolOf(find(reference));
      const victims = [...pool.all].filter(
        (box) => box.requestId !== undefined && (sandboxId === undefined || box.id === sandboxId),
      );
      await Promise.all(victims.map((box) => box.kill()));
      return victims.length;
    },
    async close() {
      closed = true;
      for (const pool of pools.values()) {
        for (const wake of pool.waiting.splice(0)) wake();
        await Promise.all([...pool.all].map((box) => box.kill()));
      }
    },
  };
}
