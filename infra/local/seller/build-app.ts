import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import { llmsText, openApiDocument } from './describe-api.ts';
import { faultRoutes } from './fault-routes.ts';
import { CATALOGUE } from './models/catalogue.ts';
import { sellGeneration } from './sell-generation.ts';
import { serveResult } from './serve-result.ts';
import type { Shop, ShopEnv } from './shop.ts';
import { deleteJob, listJobs, showJob } from './show-jobs.ts';
import { confirmUpload } from './upload/confirm-upload.ts';
import { sellUpload } from './upload/sell-upload.ts';
import { UPLOAD } from './upload/upload-ware.ts';
import type { Observers } from './watch-requests.ts';

/** The seller's routes, and under `/sandbox` what no real seller has. */
export function buildApp(shop: Shop, observers: Observers): Hono<ShopEnv> {
  const { origin } = shop.terms;
  const app = new Hono<ShopEnv>();

  app.use(async (c, next) => {
    const requestId = randomUUID();
    const paid = ['PAYMENT-SIGNATURE', 'X-PAYMENT', 'Authorization'].some((name) => c.req.header(name));
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

  for (const offer of CATALOGUE) app.post(offer.path, (c) => sellGeneration(c, shop, offer));
  app.post(UPLOAD.path, (c) => sellUpload(c, shop));
  app.post('/api/upload/confirm', (c) => confirmUpload(c, shop));
  app.get('/api/jobs', (c) => listJobs(c, shop));
  app.get('/api/jobs/:jobId', (c) => showJob(c, shop));
  app.delete('/api/jobs/:jobId', (c) => deleteJob(c, shop));
  app.get('/results/:file', (c) => serveResult(c, shop));
  app.get('/openapi.json', (c) => c.json(openApiDocument(origin)));
  app.get('/api/openapi.json', (c) => c.json(openApiDocument(origin)));
  app.get('/llms.txt', (c) => c.text(llmsText(origin)));
  app.route('/sandbox/faults', faultRoutes(shop.faults));
  app.delete('/sandbox/blobs', (c) => c.json({ deleted: shop.blobs.remove(c.req.query('url')) }));

  const posted = [...CATALOGUE.map(({ path }) => path), UPLOAD.path, '/api/upload/confirm'];
  for (const path of posted) app.all(path, () => methodNotAllowed('POST'));
  app.all('/api/jobs', () => methodNotAllowed('GET'));
  app.all('/api/jobs/:jobId', () => methodNotAllowed('GET, DELETE'));

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
