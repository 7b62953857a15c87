import { Hono } from 'hono';
import * as z from 'zod';
import { problem } from '../../functions/intake/problem.ts';
import type { Deployment } from '../cli/deployment.ts';
import { fromOwnPage, saidByPage, underPolicy, withKey, withPass } from './guard.ts';
import { operatorRoutes } from './operator-routes.ts';
import type { Page } from './page-files.ts';
import { passOn } from './pass-on.ts';
import { showFile } from './show-file.ts';
import { takeFile } from './take-file.ts';

export interface ConsoleOptions {
  /** The key that the printed address has. Without it, whoever reaches the port may do everything. */
  readonly key?: string | undefined;
  readonly page: () => Promise<Page>;
}

/**
 * The console: the page, the booth's API under the person's own name (`/api/…`), and what an operator may do beside
 * (`/operator/…`). It acts for nothing but its own page; the server before it refuses other sites' names.
 */
export function consoleApp(deployment: Deployment, { key, page }: ConsoleOptions): Hono {
  const app = new Hono();
  app.use(underPolicy);
  for (const path of ['/api/*', '/operator/*', '/files']) {
    app.use(path, fromOwnPage, saidByPage);
    if (key !== undefined) app.use(path, withKey(key));
  }
  app.use('/pictures/*', fromOwnPage);
  if (key !== undefined) app.use('/pictures/*', withPass(key));
  app.all('/api/*', (c) => passOn(c, deployment.api));
  app.route('/operator', operatorRoutes(deployment));
  app.post('/files', (c) => takeFile(c, deployment.client));
  app.get('/pictures/:jobId', (c) => {
    const jobId = z.uuid().safeParse(c.req.param('jobId')).data;
    return jobId === undefined ? c.notFound() : showFile(c, deployment.client, jobId);
  });

  app.get('/:name?', async (c) => {
    const file = (await page()).get(c.req.param('name') ?? 'index.html');
    if (!file) return c.notFound();
    const headers = { 'content-type': file.type, 'cache-control': 'no-cache', etag: file.etag };
    return c.req.header('if-none-match') === file.etag
      ? c.body(null, 304, headers)
      : c.body(file.body, 200, headers);
  });
  app.notFound(() => problem('NotFound', 'Nothing is served here.'));
  app.onError((error) => problem('Defect', error.message.split('\n')[0] ?? '', { status: 502 }));
  return app;
}
