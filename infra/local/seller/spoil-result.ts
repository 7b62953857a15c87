import { setTimeout as sleep } from 'node:timers/promises';
import type { PictureDrawing, VectorDrawing } from './drawing.ts';
import type { Work } from './gallery.ts';
import type { Job } from './job-book.ts';
import type { Shop } from './shop.ts';

const HUGE_PICTURE_BYTES = 32 * 1024 * 1024;
const HUGE_VIDEO_BYTES = 640 * 1024 * 1024;
const NOTHING = new Uint8Array(256 * 1024);
const SCRIPTED_SVG =
  '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><script>alert(1)</script><rect width="64" height="64"/></svg>';
const WEB_PAGE = '<!doctype html><title>Sorry</title><p>Please try later.';

type Faulty = Pick<Shop, 'faults' | 'gallery'>;

/** What a fault puts in a result's place; undefined when all is well. */
export function spoil(job: Job, shop: Faulty): Promise<Response | undefined> {
  return job.drawing.kind === 'video' ? spoilVideo(job, shop) : spoilPicture(job, job.drawing, shop);
}

async function spoilVideo(job: Job, { faults, gallery }: Faulty): Promise<Response | undefined> {
  if (faults.take('html-video')) return say(WEB_PAGE, 'text/html');
  if (faults.take('truncated-video')) return half(await gallery.whole(job));
  if (faults.take('huge-video')) return pour(await gallery.whole(job), HUGE_VIDEO_BYTES);
  return undefined;
}

async function spoilPicture(
  job: Job,
  drawing: PictureDrawing | VectorDrawing,
  { faults, gallery }: Faulty,
): Promise<Response | undefined> {
  if (faults.take('svg-picture')) return say(SCRIPTED_SVG, 'image/svg+xml');
  if (faults.take('html-picture')) return say(WEB_PAGE, 'text/html');
  if (faults.take('truncated-picture')) return half(await gallery.whole(job));
  if (faults.take('huge-picture')) return pour(await gallery.whole(job), HUGE_PICTURE_BYTES);
  if (faults.take('wrong-size-picture')) {
    // Under another name: the gallery keeps the right one.
    const other = { ...job, jobId: `${job.jobId} wrong`, drawing: otherSize(drawing) };
    const { bytes, mediaType } = await gallery.whole(other);
    return send(new Uint8Array(bytes), mediaType);
  }
  return undefined;
}

/** A square becomes three by two, and everything else a square. */
function otherSize(drawing: PictureDrawing | VectorDrawing): PictureDrawing | VectorDrawing {
  if (drawing.kind === 'vector') return { ...drawing, targetSize: Math.ceil(drawing.targetSize / 2) };
  const { width, height } = drawing.size;
  const shorter = Math.min(width, height);
  const size = { width: shorter, height: width === height ? 2 * Math.round(shorter / 3) : shorter };
  return { ...drawing, size };
}

const half = ({ bytes, mediaType }: Work): Response =>
  send(new Uint8Array(bytes.subarray(0, Math.floor(bytes.length / 2))), mediaType);

const say = (text: string, mediaType: string): Response => send(text, mediaType);

function send(body: string | Uint8Array<ArrayBuffer> | ReadableStream, mediaType: string): Response {
  return new Response(body, { headers: { 'Content-Type': mediaType } });
}

/** A result's first bytes and then no end of others, without a Content-Length to be warned by. */
function pour({ bytes, mediaType }: Work, total: number): Response {
  let sent = 0;
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      await sleep(0);
      if (sent >= total) return controller.close();
      const chunk = sent === 0 ? new Uint8Array(bytes) : NOTHING;
      sent += chunk.length;
      controller.enqueue(chunk);
    },
  });
  return send(stream, mediaType);
}
