import type { RequestListener } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Deployment } from '../cli/deployment.ts';
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
export async function serveConsole(
  deployment: Deployment,
  { port, key }: { readonly port: number; readonly key?: string | undefined },
): Promise<{ readonly origin: string; close(): Promise<void> }> {
  const server = createServer(consoleListener(deployment, { key }));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
