import { type Context, Hono } from 'hono';
import type { FaultMenu } from '../faults.ts';
import type { BlobStore } from './blob-store.ts';
import type { UploadBook } from './upload-book.ts';

const MAX_BYTES = 20 * 1024 * 1024;
/** The version of the host's own protocol that the upload is documented with. */
const API_VERSION = '11';

interface Depot {
  blobs: BlobStore;
  uploads: UploadBook;
  faults: FaultMenu;
}

/**
 * What stands in for Vercel Blob: PUT with an upload's token, GET and HEAD for everyone. A live token may put its file
 * again. Refuses with 403 without a live token for that pathname, 400 for another protocol version or media type than
 * was bought, 413 above 20 MB.
 */
export function blobHost(depot: Depot): Hono {
  const { blobs } = depot;
  return new Hono()
    .put('/api/blob/', (c) => putBlob(c, depot))
    .get('/uploads/:uploadId/:name', (c) => {
      const blob = blobs.find(`${blobs.origin}${c.req.path}`);
      if (blob === undefined) return refuse(404, 'not_found', 'Nothing is stored here');
      const headers = { 'Content-Type': blob.contentType, 'X-Content-Type-Options': 'nosniff' };
      const saved = c.req.query('download') === '1' ? { 'Content-Disposition': 'attachment' } : {};
      return new Response(new Uint8Array(blob.bytes), { headers: { ...headers, ...saved } });
    })
    .onError(() => refuse(500, 'internal_server_error', 'The store is out of order'));
}

async function putBlob(c: Context, { blobs, uploads, faults }: Depot): Promise<Response> {
  // Read to the end in any case: an answer in the middle of an upload would cut it.
  const bytes = await readUpTo(MAX_BYTES, c.req.raw.body);
  if (faults.take('failed-upload-put')) throw new Error('The store fails, as it was told to');
  const [, token = ''] = /^Bearer (.+)$/i.exec(c.req.header('authorization') ?? '') ?? [];
  const upload = uploads.admit(token);
  const pathname = c.req.query('pathname');
  if (upload === undefined || upload.pathname !== pathname) {
    return refuse(403, 'forbidden', 'The token is not valid for this pathname');
  }
  if (c.req.header('x-api-version') !== API_VERSION) {
    return refuse(400, 'bad_request', `x-api-version must be ${API_VERSION}`);
  }
  const contentType = c.req.header('x-content-type');
  if (contentType !== upload.contentType) {
    return refuse(400, 'content_type_not_allowed', `The token is for ${upload.contentType}`);
  }
  if (bytes === undefined) return refuse(413, 'file_too_large', `The most is ${MAX_BYTES} bytes`);
  const url = blobs.put(pathname, { bytes, contentType });
  return Response.json({ url, downloadUrl: `${url}?download=1`, pathname, contentType });
}

/** @returns undefined when there were more; nothing beyond the limit is kept. */
async function readUpTo(limit: number, body: ReadableStream<Uint8Array> | null): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    length += chunk.length;
    if (length <= limit) chunks.push(chunk);
    else chunks.length = 0;
  }
  return length <= limit ? Buffer.concat(chunks) : undefined;
}

function refuse(status: number, code: string, message: string): Response {
  return Response.json({ error: { code, message } }, { status });
}
