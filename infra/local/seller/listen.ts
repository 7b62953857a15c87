import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';

export interface Listening {
  origin: string;
  /** Says who answers. Until then requests wait. */
  answer(fetch: Parameters<typeof getRequestListener>[0]): void;
  /** Cuts what is still open and frees the port. */
  close(): Promise<void>;
}

/** The payment header carries an echo of the challenge, and Node allows 16 KiB of headers by default. */
const MAX_HEADER_BYTES = 128 * 1024;

/**
 * Listens on 127.0.0.1, before it is known who answers: an application needs its own origin.
 *
 * @param port 0 for any that is free.
 * @throws Error when the port is taken.
 */
export async function listen(port: number): Promise<Listening> {
  const server: Server = createServer({ maxHeaderSize: MAX_HEADER_BYTES });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The seller listens on no port');
  return {
    origin: `http://127.0.0.1:${address.port}`,
    answer: (fetch) => {
      server.on('request', getRequestListener(fetch));
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
