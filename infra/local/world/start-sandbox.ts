import { randomUUID } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import type { FunctionSettings } from './function-settings.ts';
import { sandboxEnvironment } from './sandbox-environment.ts';
import type { FunctionError, InvokeMessage, SandboxData, SandboxMessage } from './sandbox-messages.ts';

export type InvokeOutcome =
  | { readonly ok: true; readonly payload: unknown }
  | { readonly ok: false; readonly error: FunctionError };

export type Sandbox = {
  /** Also its AWS_SESSION_TOKEN, by which an endpoint knows which sandbox calls. */
  readonly id: string;
  readonly alive: boolean;
  readonly requestId: string | undefined;
  /** Performs one invocation; a sandbox that died or timed out cannot be used again. */
  invoke(payload: unknown): Promise<InvokeOutcome>;
  /** Waits until the module is loaded. */
  ready(): Promise<FunctionError | undefined>;
  /** Ends the thread at once, as a crash of the sandbox does. */
  kill(): Promise<void>;
};

export type SandboxOptions = {
  readonly settings: FunctionSettings;
  /** AWS_REGION, endpoints, credentials. */
  readonly environment: Readonly<Record<string, string>>;
  onLine(text: string, requestId: string | undefined): void;
};

/** Lambda gives the initialisation 10 s of a whole core; a busy laptop gets more. */
const INIT_TIMEOUT_MS = 30_000;

/** Lambda's limit of a response of a synchronous invocation. */
const MAX_RESPONSE_BYTES = 6 * 1024 * 1024;

function lines(stream: NodeJS.ReadableStream, onLine: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const parts = (rest + chunk).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) if (part !== '') onLine(part);
  });
}

/**
 * Starts one sandbox of a function: a worker thread with its own environment and none of the host's.
 *
 * The time-out ends the thread (`Sandbox.Timedout`, as Lambda names it to Step Functions); a thread that ends by itself
 * or by `kill` is `Runtime.ExitError`.
 */
export function startSandbox(options: SandboxOptions): Sandbox {
  const { settings } = options;
  const id = randomUUID();
  const data: SandboxData = {
    modulePath: settings.modulePath,
    exportName: settings.exportName,
    functionName: settings.name,
    functionArn: settings.arn,
    memoryMb: settings.memoryMb,
    logGroupName: settings.logGroupName,
    logStreamName: id,
  };
  const worker = new Worker(new URL('./sandbox.ts', import.meta.url), {
    env: sandboxEnvironment(id, settings, options.environment),
    workerData: data,
    execArgv: [],
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: settings.memoryMb },
  });
  const loaded = Promise.withResolvers<FunctionError | undefined>();
  let alive = true;
  let requestId: string | undefined;
  let settle: ((outcome: InvokeOutcome) => void) | undefined;

  const initTimer = setTimeout(() => {
    end({ errorType: 'Sandbox.Timedout', errorMessage: 'Error: Init phase timed out' });
    void worker.terminate();
  }, INIT_TIMEOUT_MS);
  void loaded.promise.then(() => clearTimeout(initTimer));

  function end(error: FunctionError): void {
    alive = false;
    loaded.resolve(error);
    settle?.({ ok: false, error });
  }

  for (const stream of [worker.stdout, worker.stderr])
    lines(stream, (line) => options.onLine(line, requestId));
  worker.on('message', (message: SandboxMessage) => {
    if (message.kind === 'ready') return loaded.resolve(undefined);
    if (message.kind === 'initFailed') return end(message.error);
    if (message.requestId !== requestId) return;
    if (message.kind === 'threw') return settle?.({ ok: false, error: message.error });
    if (message.payload.length > MAX_RESPONSE_BYTES) {
      const errorMessage = `Response payload size exceeded maximum allowed payload size (${MAX_RESPONSE_BYTES} bytes).`;
      return settle?.({ ok: false, error: { errorType: 'Function.ResponseSizeTooLarge', errorMessage } });
    }
    return settle?.({ ok: true, payload: JSON.parse(message.payload) });
  });
  worker.on('error', (error: Error) => {
    options.onLine(`${error.stack ?? error.message}`, requestId);
    end({
      errorType: 'Runtime.ExitError',
      errorMessage: `Error: Runtime exited with error: ${error.message}`,
    });
  });
  worker.on('exit', () => end({ errorType: 'Runtime.ExitError', errorMessage: 'Error: Runtime exited' }));

  async function kill(): Promise<void> {
    const who = requestId === undefined ? '' : `RequestId: ${requestId} `;
    end({
      errorType: 'Runtime.ExitError',
      errorMessage: `${who}Error: Runtime exited with error: signal: killed`,
    });
    await worker.terminate();
  }

  return {
    id,
    get alive() {
      return alive;
    },
    get requestId() {
      return requestId;
    },
    ready: () => loaded.promise,
    kill,
    async invoke(payload) {
      const failure = await loaded.promise;
      if (failure !== undefined || !alive) {
        const error = failure ?? { errorType: 'Runtime.ExitError', errorMessage: 'Error: Runtime exited' };
        await worker.terminate();
        return { ok: false, error };
      }
      const current = randomUUID();
      const timeoutMs = settings.timeoutSeconds * 1000;
      const { promise, resolve } = Promise.withResolvers<InvokeOutcome>();
      requestId = current;
      settle = resolve;
      const timer = setTimeout(() => {
        const errorMessage = `RequestId: ${current} Error: Task timed out after ${settings.timeoutSeconds.toFixed(2)} seconds`;
        end({ errorType: 'Sandbox.Timedout', errorMessage });
        void worker.terminate();
      }, timeoutMs);
      const message: InvokeMessage = {
        requestId: current,
        deadlineMs: Date.now() + timeoutMs,
        payload: JSON.stringify(payload ?? null),
      };
      worker.postMessage(message);
      const outcome = await promise;
      clearTimeout(timer);
      settle = undefined;
      requestId = undefined;
      return outcome;
    },
  };
}
