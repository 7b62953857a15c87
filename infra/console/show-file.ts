import type { Context } from 'hono';
import type { Client } from '../client/create-client.ts';

const types: Readonly<Record<string, string>> = {
  webp: 'image/webp',
  jpg: 'image/jpeg',
  png: 'image/png',
  svg: 'image/svg+xml',
  mp4: 'video/mp4',
};

/** A drawing is shown as a picture: opened by itself, it can load and do nothing. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/**
 * Shows what a job delivered under an address of our own that stays the same, so that a browser keeps it: those of the
 * API are new with each answer, and of another origin.
 * @returns the bytes, or the part of them that was asked for; 404 where nothing was delivered
 */
export async function showFile(c: Context, client: Client, jobId: string): Promise<Response> {
  const job = await client.job(jobId);
  if (job.status !== 'complete') return c.notFound();
  const isThumbnail = c.req.query('thumbnail') !== undefined;
  const url = isThumbnail ? job.thumbnailUrl : (job.imageUrl ?? job.videoUrl ?? job.fileUrl);
  if (url === undefined) return c.notFound();
  const range = c.req.header('range');
  const file = await fetch(url, { signal: c.req.raw.signal, ...(range && { headers: { range } }) });
  if (!file.ok) return c.notFound();
  const { headers } = file;
  const kept = ['content-length', 'content-range', 'accept-ranges'].flatMap((name) => {
    const value = headers.get(name);
    return value === null ? [] : [[name, value] as const];
  });
  return new Response(file.body, {
    status: file.status,
    headers: {
      ...Object.fromEntries(kept),
      'content-type': isThumbnail
        ? (headers.get('content-type') ?? 'application/octet-stream')
        : (types[job.format] ?? 'application/octet-stream'),
      'cache-control': 'private, max-age=31536000, immutable',
      'content-security-policy': policy,
      ...((c.req.query('download') !== undefined || job.format === 'bin') && {
        'content-disposition': `attachment; filename="${job.jobId}.${job.format}"`,
      }),
    },
  });
}
