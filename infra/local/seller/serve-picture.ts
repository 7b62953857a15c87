import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultMenu } from './faults.ts';
import type { Job } from './job-book.ts';
import { drawPicture, type Picture } from './picture/draw-picture.ts';
import type { Shop, ShopContext } from './shop.ts';

const HUGE_BYTES = 32 * 1024 * 1024;
const CHUNK_BYTES = 256 * 1024;
const SCRIPTED_SVG =
  '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><script>alert(1)</script><rect width="64" height="64"/></svg>';

/**
 * GET /results/{file}: the picture behind a signed link, drawn when first asked for. 403 when the link is dead or
 * was changed, 404 when its job has no picture (yet).
 */
export async function servePicture(c: ShopContext, shop: Shop): Promise<Response> {
  const file = c.req.param('file') ?? '';
  if (!shop.pictureUrls.check(file, c.req.query('expires'), c.req.query('signature'))) {
    return new Response('Link expired', { status: 403 });
  }
  const job = shop.jobs.find(file.split('.')[0] ?? '');
  if (job === undefined || shop.jobs.progress(job).status !== 'complete')
    return new Response('Not found', { status: 404 });
  return (await spoilt(job, shop.faults)) ?? send(await drawPicture(job.input, job.jobId));
}

function send({ bytes, mediaType }: Picture): Response {
  return new Response(new Uint8Array(bytes), { headers: { 'Content-Type': mediaType } });
}

/** What a fault puts in the picture's place; undefined when all is well. */
async function spoilt({ input, jobId }: Job, faults: FaultMenu): Promise<Response | undefined> {
  if (faults.take('svg-picture'))
    return new Response(SCRIPTED_SVG, { headers: { 'Content-Type': 'image/svg+xml' } });
  if (faults.take('html-picture')) {
    return new Response('<!doctype html><title>Sorry</title><p>Please try later.', {
      headers: { 'Content-Type': 'text/html' },
    });
  }
  if (faults.take('truncated-picture')) {
    const { bytes, mediaType } = await drawPicture(input, jobId);
    return send({ bytes: bytes.subarray(0, Math.floor(bytes.length / 2)), mediaType });
  }
  if (faults.take('huge-picture')) return pour(await drawPicture(input, jobId));
  if (faults.take('wrong-size-picture')) {
    return send(
      await drawPicture({ ...input, aspect_ratio: input.aspect_ratio === '1:1' ? '3:2' : '1:1' }, jobId),
    );
  }
  return undefined;
}

/** A picture's first bytes and then no end of others, without a Content-Length to be warned by. */
function pour({ bytes, mediaType }: Picture): Response {
  let sent = 0;
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      await sleep(0);
      if (sent >= HUGE_BYTES) return controller.close();
      const chunk = sent === 0 ? new Uint8Array(bytes) : new Uint8Array(CHUNK_BYTES);
      sent += chunk.length;
      controller.enqueue(chunk);
    },
  });
  return new Response(stream, { headers: { 'Content-Type': mediaType } });
}
