import { JOB_TYPE, type Job } from './job-book.ts';
import type { Shop, ShopContext } from './shop.ts';

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 100;

/** A host that is not the seller's and, by RFC 2606, nobody's. */
const FOREIGN_ORIGIN = 'http://pictures.invalid';

/** GET /api/jobs/{id}: one job, to the wallet that paid for it (wire.md §1.5). */
export async function showJob(c: ShopContext, shop: Shop): Promise<Response> {
  const admission = await shop.signIn.admit(c.req.header('SIGN-IN-WITH-X'), urlOf(c, shop));
  if ('refusal' in admission) return admission.refusal;
  const job = shop.jobs.find(c.req.param('jobId') ?? '');
  if (job === undefined) return Response.json({ success: false, error: 'Job not found' }, { status: 404 });
  if (job.payer !== admission.wallet) {
    return Response.json({ success: false, error: 'This job belongs to another wallet' }, { status: 403 });
  }
  return Response.json(recordOf(job, shop), { headers: { 'Cache-Control': 'private' } });
}

/** GET /api/jobs?limit&status: the wallet's jobs, newest first; the way back after a lost answer. */
export async function listJobs(c: ShopContext, shop: Shop): Promise<Response> {
  const admission = await shop.signIn.admit(c.req.header('SIGN-IN-WITH-X'), urlOf(c, shop));
  if ('refusal' in admission) return admission.refusal;
  const asked = Number(c.req.query('limit') ?? DEFAULT_LIMIT);
  const limit = Number.isInteger(asked) && asked > 0 ? Math.min(asked, MAX_LIMIT) : DEFAULT_LIMIT;
  const status = c.req.query('status');
  const jobs = shop.jobs
    .all()
    .filter((job) => job.payer === admission.wallet)
    .filter((job) => status === undefined || shop.jobs.progress(job).status === status)
    .slice(0, limit)
    .map((job) => recordOf(job, shop));
  return Response.json({ jobs }, { headers: { 'Cache-Control': 'private' } });
}

/** The challenge must name the public origin, whatever name the caller reached us by. */
function urlOf(c: ShopContext, { terms }: Shop): string {
  const { pathname, search } = new URL(c.req.url);
  return `${terms.origin}${pathname}${search}`;
}

function recordOf(job: Job, shop: Shop): object {
  const progress = shop.jobs.progress(job);
  return {
    jobId: job.jobId,
    type: JOB_TYPE,
    ...progress,
    input: job.input,
    createdAt: new Date(job.createdAt).toISOString(),
    ...(progress.status === 'complete' ? { result: { imageUrl: pictureUrl(job, shop) } } : {}),
    ...(progress.status === 'failed' ? { error: 'The model could not make this picture' } : {}),
  };
}

function pictureUrl({ jobId, input }: Job, { pictureUrls, faults, terms }: Shop): string {
  const file = `${jobId}.${input.output_format}`;
  const url = pictureUrls.sign(file, faults.take('expired-picture-url') ? -1 : undefined);
  return faults.take('foreign-picture-host') ? url.replace(terms.origin, FOREIGN_ORIGIN) : url;
}
