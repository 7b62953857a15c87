import type { Work } from './gallery.ts';
import { jobIdOf, thumbnailFile } from './result-file.ts';
import type { Shop, ShopContext } from './shop.ts';
import { spoil } from './spoil-result.ts';

/**
 * GET /results/{file}: the picture, video or thumbnail behind a signed link, drawn when first asked for. 403 when the
 * link is dead or was changed, 404 when its job has no result (yet).
 */
export async function serveResult(c: ShopContext, shop: Shop): Promise<Response> {
  const file = c.req.param('file') ?? '';
  if (!shop.resultUrls.check(file, c.req.query('expires'), c.req.query('signature'))) {
    return new Response('Link expired', { status: 403 });
  }
  const job = shop.jobs.find(jobIdOf(file));
  if (job === undefined || shop.jobs.progress(job).status !== 'complete') return notFound();
  if (file === thumbnailFile(job)) {
    return shop.faults.take('missing-thumbnail') ? notFound() : send(await shop.gallery.thumbnail(job));
  }
  return (await spoil(job, shop)) ?? send(await shop.gallery.whole(job));
}

function send({ bytes, mediaType }: Work): Response {
  return new Response(new Uint8Array(bytes), { headers: { 'Content-Type': mediaType } });
}

function notFound(): Response {
  return new Response('Not found', { status: 404 });
}
