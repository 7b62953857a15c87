import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type LoopbackServer, listenOnLoopback } from '../../loopback/listen-on-loopback.ts';
import { readBody } from '../../loopback/read-body.ts';
import { AwsError, ConnectionReset, notEmulated } from './aws-error.ts';
import type { Identity, ServiceName } from './call.ts';
import type { Gate } from './gate.ts';

type Input = Record<string, unknown>;

/** One service that speaks AWS JSON: `X-Amz-Target: <target>.<Operation>`. */
export type JsonService = {
  readonly name: ServiceName;
  readonly target: string;
  readonly operations: Readonly<Record<string, (input: Input, caller: Identity) => unknown>>;
};

export type JsonEndpoint = LoopbackServer;

/** A request of DynamoDB, which is the largest of these; it is read before anybody has proven who asks. */
const mostBytes = 16 * 1024 * 1024;

/**
 * Reads the members of a request; no body is none. It is read before anybody has proven who asks.
 * @throws AwsError SerializationException
 */
export function inputOf(body: Buffer): Input {
  try {
    const input: unknown = JSON.parse(body.toString('utf8') || '{}');
    if (typeof input === 'object' && input !== null && !Array.isArray(input)) return input as Input;
  } catch {
    // Answered below: the parser's words may repeat what was sent.
  }
  throw new AwsError('SerializationException', 'The body is no JSON object');
}

function send(
  response: ServerResponse,
  request: IncomingMessage,
  status: number,
  body: unknown,
  code?: string,
): void {
  response.writeHead(status, {
    'content-type': request.headers['content-type'] ?? 'application/x-amz-json-1.0',
    'x-amzn-requestid': randomUUID(),
    ...(code === undefined ? {} : { 'x-amzn-errortype': code }),
  });
  response.end(JSON.stringify(body ?? {}));
}

/**
 * Serves the JSON services of the world on one loopback port, chosen by the system.
 *
 * An operation nobody implements is a 501 that names it; an error that is not an `AwsError` is a defect of the emulator
 * and answers 500 `InternalFailure` with its message.
 */
export async function listenJson(services: readonly JsonService[], gate: Gate): Promise<JsonEndpoint> {
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const target = String(request.headers['x-amz-target'] ?? '');
    const [prefix, operation = ''] = target.split('.');
    const service = services.find((candidate) => candidate.target === prefix);
    const isKnown = service !== undefined && Object.hasOwn(service.operations, operation);
    const perform = isKnown ? service.operations[operation] : undefined;
    if (service === undefined || perform === undefined) {
      // read to its end, so that the client hears the answer and not a broken pipe
      request.resume();
      throw notEmulated(target || `${request.method} ${request.url}`);
    }
    const { method = 'POST', url = '/', headers } = request;
    const body = await readBody(request, mostBytes);
    if (body === undefined)
      throw new AwsError('RequestEntityTooLarge', `The body is larger than ${mostBytes} bytes`, 413);
    const input = inputOf(body);
    const pass = await gate.admit(
      { method, url, headers, body },
      { service: service.name, operation, input },
    );
    const output = await perform(input, pass.identity);
    await gate.settle(pass);
    send(response, request, 200, output);
  }

  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    answer(request, response).catch((error: unknown) => {
      if (error instanceof ConnectionReset) return void request.socket.destroy();
      if (error instanceof AwsError) {
        const body = { __type: error.code, message: error.message, ...error.fields };
        return send(response, request, error.status, body, error.code);
      }
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
      return send(response, request, 500, { __type: 'InternalFailure', message }, 'InternalFailure');
    });
  };
  return listenOnLoopback(listener, { keepAliveTimeout: 60_000 });
}
