import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';

/** A server on loopback that behaves as badly as a test tells it to. */
export interface Loopback extends AsyncDisposable {
  readonly origin: string;
  /** Requests (or, of raw servers, connections) that came. */
  readonly visits: () => number;
}

export interface Visit {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

async function listen(server: Server, visits: () => number): Promise<Loopback> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    // Visitors hang up as they like; here that is no error.
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    visits,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Speaks HTTP as Node does. */
export function serve(answer: (visit: Visit, response: ServerResponse) => unknown): Promise<Loopback> {
  let visits = 0;
  const server = createHttpServer(async (request, response) => {
    visits += 1;
    const { method = '', url: path = '', headers } = request;
    await answer({ method, path, headers, body: await text(request) }, response);
  });
  return listen(server, () => visits);
}

/** Writes bytes as they are, once the head of the request came. */
export function serveRaw(answer: (socket: Socket) => unknown): Promise<Loopback> {
  let visits = 0;
  const server = createServer((socket) => {
    visits += 1;
    socket.once('data', () => answer(socket));
  });
  return listen(server, () => visits);
}

export const sendJson = (
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
};

/** The value of PAYMENT-REQUIRED: base64 of JSON. */
export const headerOf = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64');
