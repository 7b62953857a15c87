import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { atMost } from '../../functions/at-most.ts';
import { type Client, type EndedJob, isEnded, type Job, Problem } from '../client/create-client.ts';
import { fileWords } from './file-words.ts';
import { attemptKey, type BatchLine } from './read-batch.ts';
import { saveResult } from './save-result.ts';

const atOnce = 8;
/** Refused again and again, a line is given up. */
const mostAttempts = 20;

/** What came of one line: of `results.jsonl`. */
export interface LineOutcome {
  readonly line: number;
  readonly id?: string;
  readonly jobId?: string;
  readonly status: 'complete' | 'failed' | 'refused';
  readonly money: Job['money'];
  readonly usd?: string;
  readonly transaction?: string;
  /** Where its result lies. */
  readonly file?: string;
  readonly reason?: { readonly name: string; readonly message: string };
}

/**
 * Asks for every line, then waits for each of them and saves what it brings. Each line has a key of its own, so that
 * the same file again goes on where it was left, and buys nothing twice.
 * @param again whether lines that failed with nothing spent are asked for anew
 * @param tell told of each line that ended
 */
export async function runBatch(
  client: Client,
  lines: readonly BatchLine[],
  { out, again, tell }: { out: string; again: boolean; tell: (outcome: LineOutcome) => void },
): Promise<LineOutcome[]> {
  const asked = await atMost(atOnce, lines, (line) => ask(client, line, again));
  return atMost(
    atOnce,
    lines.map((line, index) => ({ line, job: asked[index] })),
    async ({ line, job }) => {
      const outcome = await outcomeOf(client, line, job, out);
      tell(outcome);
      return outcome;
    },
  );
}

/** @returns its job's id, or why it was refused */
async function ask(client: Client, line: BatchLine, again: boolean): Promise<string | Problem> {
  for (let attempt = 1; ; attempt += 1) {
    const idempotencyKey = attemptKey(line, attempt);
    try {
      const { jobId } = await client.submit(line.model, line.request, { idempotencyKey });
      if (!again || attempt === mostAttempts || !(await isForNothing(client, jobId))) return jobId;
    } catch (error) {
      if (error instanceof Problem && (error.name === 'InputInvalid' || error.name === 'IdempotencyConflict'))
        return error;
      throw error;
    }
  }
}

async function isForNothing(client: Client, jobId: string): Promise<boolean> {
  const job = await client.job(jobId);
  return job.status === 'failed' && job.money === 'none';
}

async function outcomeOf(
  client: Client,
  { line, id }: BatchLine,
  asked: string | Problem | undefined,
  out: string,
): Promise<LineOutcome> {
  const place = { line, ...(id !== undefined && { id }) };
  if (typeof asked !== 'string') {
    const { name = 'Defect', message = '', fields = [] } = asked ?? {};
    const words = fields.map(({ field, message: wrong }) => `${field} ${wrong}`).join('; ');
    return { ...place, status: 'refused', money: 'none', reason: { name, message: words || message } };
  }
  const job = (await client.job(asked, { wait: Number.POSITIVE_INFINITY })) as EndedJob;
  const told = { ...place, jobId: job.jobId, status: job.status, money: job.money };
  const cost = job.cost && {
    usd: job.cost.usd,
    ...(job.cost.transaction && { transaction: job.cost.transaction }),
  };
  if (job.status === 'failed' || !isEnded(job)) return { ...told, ...cost, reason: job.reason };
  const name = nameOf(line, id);
  const known = join(out, `${name}.${job.format}`);
  try {
    const file = (await isSame(known, job.sha256)) ? known : await saveResult(job, `${out}/`, name);
    return { ...told, ...cost, file };
  } catch (error) {
    // It is bought; the same file again fetches it. The other lines have theirs meanwhile.
    const reason = { name: 'Unsaved', message: fileWords(error) };
    return { ...told, ...cost, status: 'failed', reason };
  }
}

/** Whether an earlier run has fetched it already. */
const isSame = (file: string, sha256: string): Promise<boolean> =>
  readFile(file).then(
    (bytes) => createHash('sha256').update(bytes).digest('hex') === sha256,
    () => false,
  );

/** A label that is no good name of a file has no part in it. */
const nameOf = (line: number, id: string | undefined): string =>
  String(line).padStart(4, '0') + (id !== undefined && /^[\w-]{1,64}$/.test(id) ? `-${id}` : '');
