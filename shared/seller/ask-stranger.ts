import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Route } from './route-to.ts';

/** The other side, or the way to it, failed; an error of this machine's own disk is none. */
export class Broken extends Error {}

/** A host that says nothing for so long is taken to be gone. */
const idleMilliseconds = 15_000;

/**
 * One request to a stranger's host on a fresh connection that goes where its route leads, and nowhere else.
 * @returns the head of the answer; its body is still to come
 * @throws Broken when there is no answer
 */
export function askStranger(
  method: 'GET' | 'HEAD',
  url: URL,
  route: Route,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  const request = send(url, {
    method,
    agent: false,
    signal,
    maxHeaderSize: 32 * 1024,
    headers: { accept: '*/*', 'accept-encoding': 'identity', 'user-agent': 'coinbooth' },
    ...(route.lookup && { lookup: route.lookup }),
  });
  request.on('socket', (socket) =>
    socket.once('connect', () => {
      if (!route.leadsTo(socket.remoteAddress))
        socket.destroy(Object.assign(new Error('it leads elsewhere'), { code: 'ELSEWHERE' }));
    }),
  );
  request.setTimeout(idleMilliseconds, () =>
    request.destroy(Object.assign(new Error('it went silent'), { code: 'ETIMEDOUT' })),
  );
  request.on('error', (error: NodeJS.ErrnoException) => reject(new Broken(error.code ?? error.message)));
  request.on('response', resolve);
  request.end();
  return promise;
}
