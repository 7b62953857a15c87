import type { Job } from './job-book.ts';
import type { Shop } from './shop.ts';

/** Faults of the shape in which a job is shown: what other sellers do, and this one does not. */

/** The id as it is told: a number where the menu made it one. */
export const shownId = ({ jobId }: Pick<Job, 'jobId'>): string | number =>
  /^\d+$/.test(jobId) ? Number(jobId) : jobId;

/** A poll's answer in the place of the job's record, if the menu says so. */
export function insteadOfJob(job: Job, { faults }: Shop): Response | undefined {
  for (const [name, status] of spells)
    if (faults.take(name)) return Response.json({ success: false, error: 'Not now' }, { status });
  if (faults.take('failed-spell'))
    return Response.json({ jobId: shownId(job), status: 'failed', error: null });
  if (faults.take('another-job'))
    return Response.json({ jobId: 'c0000000000000000000000000', status: 'failed', error: 'of another' });
  if (faults.take('made-up-status'))
    return Response.json({ jobId: shownId(job), status: 'reticulating', progress: 'some' });
  return undefined;
}

const spells = [
  ['not-found-spell', 404],
  ['denied-spell', 403],
  ['gone-spell', 410],
] as const;

const drawing =
  '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><path fill="#c63" d="M0 0h64v64z"/></svg>';

/** The result in another shape, if the menu says so. */
export function bentResult(result: Readonly<Record<string, string>>, { faults }: Shop): unknown {
  if (faults.take('inline-svg')) return { ...result, imageUrl: null, svgUrl: drawing };
  if (faults.take('inline-data-url')) return { imageUrl: `data:image/svg+xml;base64,${btoa(drawing)}` };
  if (faults.take('null-beside'))
    return { videoUrl: null, svgUrl: '', thumbnailUrl: '', ...result, urls: null };
  const [first] = Object.values(result);
  if (faults.take('several-results')) return { images: [null, { url: first }, { url: `${first}&second=1` }] };
  return result;
}
