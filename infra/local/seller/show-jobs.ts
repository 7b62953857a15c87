import { bentResult, insteadOfJob, shownId } from './bend-record.ts';
import type { Job } from './job-book.ts';
import { resultFile, thumbnailFile } from './result-file.ts';
import { publicUrl, type Shop, type ShopContext } from './shop.ts';

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 100;

/** A host that is not the seller's and, by RFC 2606, nobody's. */
const FOREIGN_ORIGIN = 'http://pictures.invalid';

const PRIVATE = { headers: { 'Cache-Control': 'private' } };

/** GET /api/jobs/{id}: one job, to the wallet that paid for it. */
export async function showJob(c: ShopContext, shop: Shop): Promise<Response> {
  const found = await findOwn(c, shop);
  if ('refusal' in found) return found.refusal;
  return insteadOfJob(found.job, shop) ?? Response.json(recordOf(found.job, shop), PRIVATE);
}

/** DELETE /api/jobs/{id}: puts a failed job away. It is gone for its wallet; nothing is paid back. */
export async function deleteJob(c: ShopContext, shop: Shop): Promise<Response> {
  const found = await findOwn(c, shop);
  if ('refusal' in found) return found.refusal;
  if (shop.jobs.progress(found.job).status !== 'failed') {
    return Response.json({ success: false, error: 'Only a failed job can be deleted' }, { status: 409 });
  }
  found.job.deleted = true;
  return Response.json({ success: true }, PRIVATE);
}

/** GET /api/jobs?limit&status: the wallet's jobs, newest first; the way back after a lost answer. */
export async function listJobs(c: ShopContext, shop: Shop): Promise<Response> {
  const admission = await shop.signIn.admit(c.req.header('SIGN-IN-WITH-X'), publicUrl(c, shop));
  if ('refusal' in admission) return admission.refusal;
  const asked = Number(c.req.query('limit') ?? DEFAULT_LIMIT);
  const limit = Number.isInteger(asked) && asked > 0 ? Math.min(asked, MAX_LIMIT) : DEFAULT_LIMIT;
  const status = c.req.query('status');
  const jobs = shop.jobs
    .all()
    .filter((job) => job.payer === admission.wallet && !job.deleted)
    .filter((job) => status === undefined || shop.jobs.progress(job).status === status)
    .slice(0, limit)
    .map((job) => recordOf(job, shop));
  return Response.json({ jobs }, PRIVATE);
}

async function findOwn(c: ShopContext, shop: Shop): Promise<{ job: Job } | { refusal: Response }> {
  const admission = await shop.signIn.admit(c.req.header('SIGN-IN-WITH-X'), publicUrl(c, shop));
  if ('refusal' in admission) return admission;
  const job = shop.jobs.find(c.req.param('jobId') ?? '');
  if (job === undefined || job.deleted) {
    return { refusal: Response.json({ success: false, error: 'Job not found' }, { status: 404 }) };
  }
  if (job.payer !== admission.wallet) {
    const refusal = { success: false, error: 'This job belongs to another wallet' };
    return { refusal: Response.json(refusal, { status: 403 }) };
  }
  return { job };
}

function recordOf(job: Job, shop: Shop): object {
  const progress = shop.jobs.progress(job);
  const { type, input, failure = 'The model could not do this' } = job;
  return {
    jobId: shownId(job),
    type,
    ...progress,
    input,
    createdAt: new Date(job.createdAt).toISOString(),
    ...(progress.status === 'complete' ? { result: bentResult(resultOf(job, shop), shop) } : {}),
    ...(progress.status === 'failed' ? { error: failureOf(failure, shop) } : {}),
  };
}

const failureOf = (message: string, { faults }: Shop): unknown =>
  faults.take('failure-object') ? { code: 'model_failed', message } : message;

function resultOf(job: Job, { resultUrls, faults, terms }: Shop): Record<string, string> {
  const life = faults.take('expired-picture-url') ? -1 : undefined;
  const foreign = faults.take('foreign-picture-host') !== undefined;
  const elsewhere = faults.take('result-elsewhere') !== undefined;
  const host = foreign ? FOREIGN_ORIGIN : elsewhere ? terms.annexOrigin : terms.origin;
  const link = (file: string): string => {
    return resultUrls.sign(file, life).replace(terms.origin, host);
  };
  return job.drawing.kind === 'video'
    ? { videoUrl: link(resultFile(job)), thumbnailUrl: link(thumbnailFile(job)) }
    : { imageUrl: link(resultFile(job)) };
}
