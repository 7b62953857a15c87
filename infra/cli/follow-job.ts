import { type Client, isEnded, type Job } from '../client/create-client.ts';
import { type Common, progress, tell } from './booth-command.ts';
import { describeJob, moneyWords } from './describe-job.ts';
import { fileWords } from './file-words.ts';
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

/**
 * Tells of a job as it is, and saves what it brought where that is asked for. One that cannot be saved is told of all the
 * same: it is bought, and whoever is not told by which job asks for it once more.
 */
export async function tellOfJob(job: Job, options: Following): Promise<void> {
  const { out } = options;
  const saved = job.status === 'complete' && out !== undefined ? await savedOrNot(job, out) : {};
  if (job.status === 'failed' || saved.unsaved !== undefined) process.exitCode = 1;
  if (saved.unsaved !== undefined) progress(`It is bought, but could not be saved: ${saved.unsaved}`);
  tell(options, { ...job, ...saved }, describeJob(job, saved.file));
}

interface Saved {
  readonly file?: string;
  readonly unsaved?: string;
}

const savedOrNot = (job: Extract<Job, { status: 'complete' }>, out: string): Promise<Saved> =>
  saveResult(job, out).then(
    (file) => ({ file }),
    (error: unknown) => ({ unsaved: fileWords(error) }),
  );
