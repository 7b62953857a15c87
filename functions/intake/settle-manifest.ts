import type { GoodLine, Plan } from '../../shared/contracts/manifest.ts';
import { manifestKeys } from '../../shared/contracts/manifest.ts';
import type { Job } from '../../shared/core/job-record.ts';
import { advancedManifest, finishedManifest, isComplete, type Manifest } from '../../shared/core/manifest.ts';
import { atMost } from '../at-most.ts';
import { hashOf } from '../derived-id.ts';
import { resultOf, summaryOf } from './line-result.ts';
import { atOnce, type ManifestDesk, recordManifest } from './manifest-desk.ts';
import { resultsTable } from './results-table.ts';

/**
 * Sees how far a manifest's jobs have come, by their rows alone, and closes it when every line has ended: results, the
 * event, and only then the mark that it is done. Ends are absorbing, so that what is passed once need not be looked at
 * again.
 */
export async function settleManifest(desk: ManifestDesk, manifestId: string): Promise<void> {
  const plan = await desk.files.readPlan(manifestId);
  const before = await desk.manifests.read(manifestId);
  if (!plan || before?.status !== 'running') return;
  const ended = await passEnded(desk, plan, before.ended);
  const manifest = await recordManifest(desk, manifestId, (now) =>
    now.status === 'running' && now.ended < ended
      ? advancedManifest(now, { ended }, desk.clock(), desk.timings.stallSeconds)
      : undefined,
  );
  if (manifest?.status !== 'running' || !isComplete(manifest)) return;
  await close(desk, plan, manifest);
}

/**
 * Writes the results of the lines that have ended, from a mark to the first one that has not.
 * @returns the mark there
 */
async function passEnded(desk: ManifestDesk, plan: Plan, from: number): Promise<number> {
  let mark = from;
  // One look first: mostly it is the next line that is waited for.
  for (let ahead = 1; mark < plan.good.length; ahead = atOnce) {
    const lines = plan.good.slice(mark, mark + ahead);
    const jobs = await atMost(atOnce, lines, ({ jobId }) => desk.ledger.read(jobId));
    const open = jobs.findIndex((job) => !job?.end);
    const passed = open < 0 ? lines.length : open;
    await atMost(atOnce, lines.slice(0, passed), async (line) => {
      const job = jobs[lines.indexOf(line)];
      if (job) await desk.files.putLine(plan.manifestId, resultOf(job, line, desk.bucketName));
    });
    mark += passed;
    if (open >= 0) break;
  }
  return mark;
}

async function close(desk: ManifestDesk, plan: Plan, { manifestId, caller, key }: Manifest): Promise<void> {
  const jobs = await atMost(atOnce, plan.good, (line) => endedJob(desk, line));
  const results = [
    ...plan.good.flatMap((line, index) => {
      const job = jobs[index];
      return job ? [resultOf(job, line, desk.bucketName)] : [];
    }),
    ...plan.bad.map(
      ({ errors, ...place }) => ({ ...place, status: 'invalid', money: 'none', errors }) as const,
    ),
  ].toSorted((a, b) => a.line - b.line);
  const lines = results.map((result) => `${JSON.stringify(result)}\n`).join('');
  await desk.files.putResults(manifestId, lines, resultsTable(results));
  await desk.notices.post('ManifestFinished', {
    id: hashOf('manifest', manifestId, 'finished'),
    caller,
    manifestId,
    key,
    lines: results.length,
    bad: plan.bad.length,
    ...summaryOf(jobs, manifestId),
    results: manifestKeys.results(manifestId),
  });
  await recordManifest(desk, manifestId, (now) =>
    now.status === 'running' ? finishedManifest(now, desk.clock()) : undefined,
  );
}

async function endedJob(desk: ManifestDesk, { jobId, line }: GoodLine): Promise<Job> {
  const job = await desk.ledger.read(jobId);
  if (!job?.end) throw new Error(`The job of line ${line}, ${jobId}, had ended and has not.`);
  return job;
}
