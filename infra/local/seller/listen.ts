import { getRequestListener } from '@hono/node-server';
import { listenOnLoopback } from '../../loopback/listen-on-loopback.ts';

export interface Listening {
  origin: string;
  /** Says who answers. Until then requests wait. */
  answer(fetch: Parameters<typeof getRequestListener>[0]): void;
  /** Cuts what is still open and frees the port. */
  close(): Promise<void>;
}

/** The payment header carries an echo of the challenge, and Node allows 16 KiB of headers by default. */
const maxHeaderSize = 128 * 1024;

/**
 * Listens on 127.0.0.1, before it is known who answers: an application needs its own origin.
 *
 * @param port 0 for any that is free.
 * @throws Error when the port is taken.
 */
export async function listen(port: number): Promise<Listening> {
  const answering = Promise.withResolvers<ReturnType<typeof getRequestListener>>();
  const { origin, close } = await listenOnLoopback(
    async (request, response) => (await answering.promise)(request, response),
    { port, maxHeaderSize },
  );
  return { origin, close, answer: (fetch) => answering.resolve(getRequestListener(fetch)) };
}
