import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AwsError, ConnectionReset, notEmulated } from './aws-error.ts';
import type { Identity, ServiceName } from './call.ts';
import type { Gate } from './gate.ts';
import { signerOf } from './signed-request.ts';

type Input = Record<string, unknown>;

/** One service that speaks AWS JSON: `X-Amz-Target: <target>.<Operation>`. */
export type JsonService = {
  readonly name: ServiceName;
  readonly target: string;
  readonly operations: Readonly<Record<string, (input: Input, caller: Identity) => unknown>>;
};

export type JsonEndpoint = { readonly origin: string; close(): Promise<void> };

async function bodyOf(request: IncomingMessage): Promise<Input> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8') || '{}') as Input;
  } catch {
    throw new AwsError('SerializationException', 'The body is not JSON');
  }
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
    const perform = service?.operations[operation];
    if (service === undefined || perform === undefined) {
      // read to its end, so that the client hears the answer and not a broken pipe
      request.resume();
      throw notEmulated(target || `${request.method} ${request.url}`);
    }
    const input = await bodyOf(request);
    const signer = signerOf(request.headers, new URLSearchParams());
    const pass = await gate.admit(signer, { service: service.name, operation, input });
    const output = await perform(input, pass.identity);
    await gate.settle(pass);
    send(response, request, 200, output);
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (error instanceof ConnectionReset) return request.socket.destroy();
      if (error instanceof AwsError) {
        const body = { __type: error.code, message: error.message, ...error.fields };
        return send(response, request, error.status, body, error.code);
      }
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
      return send(response, request, 500, { __type: 'InternalFailure', message }, 'InternalFailure');
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
