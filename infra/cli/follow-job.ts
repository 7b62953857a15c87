import { type Client, isEnded, type Job } from '../client/create-client.ts';
import { type Common, progress, tell } from './booth-command.ts';
import { describeJob, moneyWords } from './describe-job.ts';
import { saveResult } from './save-result.ts';

export interface Following extends Common {
  readonly out?: string;
}

/** Between two words of a job that takes its time. */
const patienceSeconds = 15;

/**
 * Waits for a job's end, saying on the way where it is; then saves what it brought, and tells of it. The exit code is 0
 * when it brought something, otherwise 1.
 */
export async function followJob(client: Client, jobId: string, options: Following): Promise<void> {
  const startedAt = performance.now();
  let said = '';
  for (;;) {
    const job = await client.job(jobId, { wait: patienceSeconds });
    const waits = 'waitsFor' in job && job.waitsFor !== undefined ? `; ${job.waitsFor}` : '';
    const word = `${job.status}, ${moneyWords[job.money]}${waits}`;
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    if (word !== said || !isEnded(job)) progress(`${String(seconds).padStart(4)} s  ${word}`);
    said = word;
    if (!isEnded(job)) continue;
    return tellOfJob(job, options);
  }
}

/** Tells of a job as it is, and saves what it brought where that is asked for. */
export async function tellOfJob(job: Job, options: Following): Promise<void> {
  const isThere = job.status === 'complete';
  const file = isThere && options.out !== undefined ? await saveResult(job, options.out) : undefined;
  if (job.status === 'failed') process.exitCode = 1;
  tell(options, { ...job, ...(file !== undefined && { file }) }, describeJob(job, file));
}
