import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import { llmsText, openApiDocument } from './describe-api.ts';
import { faultRoutes } from './fault-routes.ts';
import { FLUX_2_PRO } from './flux-2-pro.ts';
import { sellPicture } from './sell-picture.ts';
import { servePicture } from './serve-picture.ts';
import type { Shop, ShopEnv } from './shop.ts';
import { listJobs, showJob } from './show-jobs.ts';
import type { Observers } from './watch-requests.ts';

/** The seller's routes (wire.md §1.1), and under `/sandbox` what no real seller has. */
export function buildApp(shop: Shop, observers: Observers): Hono<ShopEnv> {
  const { origin } = shop.terms;
  const app = new Hono<ShopEnv>();

  app.use(async (c, next) => {
    const requestId = randomUUID();
    const paid = c.req.header('PAYMENT-SIGNATURE') !== undefined || c.req.header('X-PAYMENT') !== undefined;
    const request = { requestId, method: c.req.method, path: c.req.path, paid };
    c.set('tell', (phase) => observers.tell({ ...request, phase }));
    c.env.outgoing.once('close', () => {
      const { writableFinished, statusCode } = c.env.outgoing;
      void observers.tell({ ...request, phase: 'answered', status: writableFinished ? statusCode : 0 });
    });
    await observers.tell({ ...request, phase: 'received' });
    await next();
    c.res.headers.set('X-Request-ID', requestId);
  });

  app.post(FLUX_2_PRO.path, (c) => sellPicture(c, shop));
  app.get('/api/jobs', (c) => listJobs(c, shop));
  app.get('/api/jobs/:jobId', (c) => showJob(c, shop));
  app.get('/results/:file', (c) => servePicture(c, shop));
  app.get('/openapi.json', (c) => c.json(openApiDocument(origin)));
  app.get('/api/openapi.json', (c) => c.json(openApiDocument(origin)));
  app.get('/llms.txt', (c) => c.text(llmsText(origin)));
  app.route('/sandbox/faults', faultRoutes(shop.faults));

  app.all(FLUX_2_PRO.path, () => methodNotAllowed('POST'));
  app.all('/api/jobs', () => methodNotAllowed('GET'));
  app.all('/api/jobs/:jobId', () => methodNotAllowed('GET'));

  app.notFound((c) =>
    c.json(
      {
        success: false,
        code: 'route_not_found',
        error: `No route for ${c.req.method} ${c.req.path}`,
        requestedUrl: c.req.url,
        discovery: { openapi: `${origin}/openapi.json`, llmsTxt: `${origin}/llms.txt` },
      },
      404,
    ),
  );
  // Without the message: a library's may quote what it was given, and that may be a signature.
  app.onError((_, c) => c.json({ success: false, error: 'Internal server error' }, 500));
  return app;
}

function methodNotAllowed(allow: string): Response {
  return new Response(null, { status: 405, headers: { Allow: allow } });
}
