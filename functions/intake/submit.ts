import type { Ledger } from '../../shared/aws/dynamodb.ts';
import type { PaymentQueue } from '../../shared/aws/sqs.ts';
import { catalogue } from '../../shared/core/catalogue.ts';
import { acceptedJob } from '../../shared/core/evolve.ts';
import type { Job } from '../../shared/core/job-record.ts';
import type { Timings } from '../../shared/core/timings.ts';

export interface Intake {
  readonly ledger: Ledger;
  readonly queue: PaymentQueue;
  readonly timings: Timings;
  readonly clock: () => number;
  /** Random UUIDs. */
  readonly newId: () => string;
  /** Told of what the caller is not: ids and error names, never what was asked. */
  readonly warn: (message: string, fields: Readonly<Record<string, string>>) => void;
}

export interface WrongField {
  readonly field: string;
  readonly message: string;
}

/**
 * Takes a request: checks it against the catalogue, writes the job, queues it. Every door ends here.
 * @param caller who is asking, as the platform authenticated them
 * @param offering `model/operation`
 * @param request unparsed
 * @returns the job, or every wrong field; a refused request leaves nothing behind
 */
export async function submit(
  intake: Intake,
  caller: string,
  offering: string,
  request: unknown,
): Promise<{ job: Job } | { wrong: readonly WrongField[] }> {
  const entry = catalogue[offering];
  if (!entry) return { wrong: [{ field: 'model', message: `There is no ${offering}.` }] };
  const parsed = entry.request.safeParse(request);
  if (!parsed.success) return { wrong: parsed.error.issues.flatMap(wrongFields) };

  const job = acceptedJob(
    { jobId: intake.newId(), caller, offering, body: JSON.stringify(parsed.data), now: intake.clock() },
    intake.timings,
  );
  await intake.ledger.accept(job);
  try {
    await intake.queue.send({ jobId: job.jobId }, caller);
  } catch {
    intake.warn('accepted, but not queued; the sweeper will', { jobId: job.jobId });
  }
  return { job };
}

type Issue = { code: string; path: PropertyKey[]; message: string; keys?: string[] };

/** One line per wrong field; an unknown field is named itself, not its parent. */
const wrongFields = ({ path, message, keys }: Issue): WrongField[] =>
  keys
    ? keys.map((key) => ({ field: [...path, key].join('.'), message: 'is not a field of this request' }))
    : [{ field: path.join('.') || 'body', message }];
