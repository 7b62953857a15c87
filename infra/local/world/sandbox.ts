import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import type { FunctionError, InvokeMessage, SandboxData, SandboxMessage } from './sandbox-messages.ts';

// Runs in a worker thread: loads one bundle and performs one invocation at a time, as a Lambda sandbox does.

type Handler = (event: unknown, context: unknown) => unknown;

const data = workerData as SandboxData;

// The Lambda runtime brings the AWS SDK along, so bundles leave it out; here it comes from this project.
registerHooks({
  resolve(specifier, context, next) {
    try {
      return next(specifier, context);
    } catch (error) {
      if (!/^@(aws-sdk|smithy)\//.test(specifier)) throw error;
      return next(specifier, { ...context, parentURL: import.meta.url });
    }
  },
});

function tell(message: SandboxMessage): void {
  parentPort?.postMessage(message);
}

function described(error: unknown): FunctionError {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error) };
  return {
    errorType: error.name,
    errorMessage: error.message,
    trace: (error.stack ?? '').split('\n'),
  };
}

function contextOf(message: InvokeMessage): Record<string, unknown> {
  return {
    awsRequestId: message.requestId,
    callbackWaitsForEmptyEventLoop: true,
    functionName: data.functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: data.functionArn,
    logGroupName: data.logGroupName,
    logStreamName: data.logStreamName,
    memoryLimitInMB: String(data.memoryMb),
    getRemainingTimeInMillis: () => message.deadlineMs - Date.now(),
  };
}

async function load(): Promise<Handler> {
  const module = (await import(pathToFileURL(data.modulePath).href)) as Record<string, unknown>;
  const handler =
    module[data.exportName] ?? (module.default as Record<string, unknown> | undefined)?.[data.exportName];
  if (typeof handler !== 'function') {
    const error = new Error(`${data.exportName} is undefined or not exported`);
    error.name = 'Runtime.HandlerNotFound';
    throw error;
  }
  // The Node.js 24 runtime has no callbacks any more; a handler that waits for one would never end.
  if (handler.length > 2) {
    const error = new Error('AWS Lambda does not support callback-based function handlers with Node.js 24');
    error.name = 'Runtime.CallbackHandlerDeprecated';
    throw error;
  }
  return handler as Handler;
}

async function invoke(handler: Handler, message: InvokeMessage): Promise<void> {
  const { requestId } = message;
  try {
    const result = await handler(JSON.parse(message.payload), contextOf(message));
    tell({ kind: 'returned', requestId, payload: JSON.stringify(result) ?? 'null' });
  } catch (error) {
    tell({ kind: 'threw', requestId, error: described(error) });
  }
}

try {
  const handler = await load();
  parentPort?.on('message', (message: InvokeMessage) => void invoke(handler, message));
  tell({ kind: 'ready' });
} catch (error) {
  tell({ kind: 'initFailed', error: described(error) });
}
