import type { RequestListener } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { Deployment } from '../cli/deployment.ts';
import { type LoopbackServer, listenOnLoopback } from '../loopback/listen-on-loopback.ts';
import { type ConsoleOptions, consoleApp } from './console-app.ts';
import { type Page, pageFiles } from './page-files.ts';

/** Answers for the console, whoever listens. The page is made when it is first asked for. */
export function consoleListener(
  deployment: Deployment,
  options: Omit<ConsoleOptions, 'page'> = {},
): RequestListener {
  let page: Promise<Page> | undefined;
  const app = consoleApp(deployment, {
    ...options,
    page: () => {
      page ??= pageFiles();
      return page;
    },
  });
  return getRequestListener(app.fetch, { overrideGlobalObjects: false });
}

/**
 * Serves the console on this machine alone.
 * @param options `port` 0 lets the system choose
 * @throws Error when the port is taken
 */
export const serveConsole = (
  deployment: Deployment,
  { port, key }: { readonly port: number; readonly key?: string | undefined },
): Promise<LoopbackServer> => listenOnLoopback(consoleListener(deployment, { key }), { port });
