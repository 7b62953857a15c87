import { once } from 'node:events';
import { createServer, type RequestListener, type ServerOptions } from 'node:http';
import type { AddressInfo } from 'node:net';
import { refusalOf } from './own-site.ts';

export interface LoopbackServer {
  readonly origin: string;
  /** Cuts what is still open and frees the port. Safe to call twice. */
  close(): Promise<void>;
}

export interface LoopbackOptions extends Pick<ServerOptions, 'maxHeaderSize' | 'keepAliveTimeout'> {
  /** Default 0: any free port. */
  readonly port?: number;
  /**
   * Pages of other sites may embed an answer, though they cannot read it: for addresses that carry a signature of their
   * own. Default false.
   */
  readonly embeds?: boolean;
}

/**
 * Listens on 127.0.0.1. Every server of this machine is opened here, so that each refuses pages of other sites before
 * anything else is looked at.
 * @throws Error when the port is taken
 */
export async function listenOnLoopback(
  listener: RequestListener,
  { port = 0, embeds = false, ...options }: LoopbackOptions = {},
): Promise<LoopbackServer> {
  const server = createServer(options, (request, response) => {
    const why = refusalOf(request, { port: request.socket.localPort ?? 0, embeds });
    if (why === undefined) return listener(request, response);
    // Read to its end, so that the client hears the answer and not a broken pipe.
    request.resume();
    const body = JSON.stringify({ message: 'Forbidden', title: 'This is not for you', detail: why });
    response.writeHead(403, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
    });
    return response.end(request.method === 'HEAD' ? undefined : body);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
