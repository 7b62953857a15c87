import type { Ledger } from '../../shared/aws/dynamodb.ts';
import type { PaymentQueue } from '../../shared/aws/sqs.ts';
import { groupOf } from '../../shared/contracts/message.ts';
import type { WrongField } from '../../shared/contracts/wrong-field.ts';
import { acceptedJob } from '../../shared/core/evolve.ts';
import type { Job } from '../../shared/core/job-record.ts';
import { isKept } from '../../shared/core/retention.ts';
import type { Timings } from '../../shared/core/timings.ts';
import { hashOf } from '../derived-id.ts';
import type { Library } from '../references.ts';
import { type Checked, check } from './check.ts';

export interface Intake extends Library {
  readonly ledger: Ledger;
  readonly queue: PaymentQueue;
  readonly timings: Timings;
  readonly clock: () => number;
  /** Random UUIDs. */
  readonly newId: () => string;
  /** Told of what the caller is not: ids and error names, never what was asked. */
  readonly warn: (message: string, fields: Readonly<Record<string, string>>) => void;
}

/** What a door knows of a request beside its fields. */
export interface Asking {
  /** The caller's own name for the request: the same name is the same job (`Idempotency-Key`). */
  readonly idempotencyKey?: string | undefined;
  /** Where the door derives the id from what it was brought, so that it is the same when it is brought again. */
  readonly jobId?: string;
  readonly manifest?: NonNullable<Job['manifest']>;
}

export type Submission =
  | { readonly job: Job }
  | { readonly wrong: readonly WrongField[] }
  /** The key was used for another request, by this job. */
  | { readonly conflict: string };

/** Longer than any client asks again; a name may be used anew after that. */
const keySeconds = 30 * 86_400;

/**
 * Takes a request: checks it, writes the job, queues it. Every door ends here.
 * @param caller who is asking, as the platform authenticated them
 * @param name `model/operation`
 * @param request unparsed
 * @returns the job, every wrong field, or the conflict; a refused request leaves nothing behind
 */
export async function submit(
  intake: Intake,
  caller: string,
  name: string,
  request: unknown,
  asking: Asking = {},
): Promise<Submission> {
  const checked = await check(intake, caller, name, request);
  return 'wrong' in checked ? checked : take(intake, caller, checked, asking);
}

/** Takes a request that was checked. */
export async function take(
  intake: Intake,
  caller: string,
  checked: Omit<Checked, 'entry'>,
  asking: Asking,
): Promise<Exclude<Submission, { wrong: unknown }>> {
  const { name, body, controls, references, requestHash } = checked;
  const same = controls.reuse ? await deliveredBefore(intake, requestHash) : undefined;
  if (same && asking.idempotencyKey === undefined) return { job: same };
  const now = intake.clock();
  // A key that was used before has the last word, also over what could be given in the place of a new job.
  const job =
    same ??
    acceptedJob(
      {
        jobId: asking.jobId ?? intake.newId(),
        caller,
        offering: name,
        body,
        requestHash,
        now,
        ...(controls.maxPrice !== undefined && { maxPriceAtomic: controls.maxPrice }),
        ...(asking.manifest && { manifest: asking.manifest }),
        ...(references.length > 0 && { references: [...new Set(references)] }),
      },
      intake.timings,
    );
  const key = asking.idempotencyKey;
  const accepted = await intake.ledger.accept(
    job,
    key === undefined
      ? undefined
      : {
          hash: hashOf(caller, key),
          requestHash: hashOf(requestHash, controls.maxPrice ?? '', String(controls.reuse ?? false)),
          expiresAt: Math.floor(now / 1000) + keySeconds,
        },
  );
  if ('conflict' in accepted) return accepted;
  const isNew = accepted.job.jobId === job.jobId && accepted.job.version === 1;
  if (isNew) await enqueue(intake, accepted.job);
  return accepted;
}

/** The job of the same caller that was delivered for exactly this request, and is kept. */
export async function deliveredBefore(
  { ledger, clock, timings }: Pick<Intake, 'ledger' | 'clock' | 'timings'>,
  requestHash: string,
): Promise<Job | undefined> {
  const jobs = await ledger.findSame(requestHash);
  return jobs.find((job) => job.status === 'delivered' && isKept(job, clock(), timings));
}

/** Has the payer look at a job that was written; the sweeper does, when the queue is down. */
export async function enqueue(intake: Intake, job: Job): Promise<void> {
  const { jobId } = job;
  try {
    await intake.queue.send({ jobId }, groupOf(job));
  } catch {
    intake.warn('written, but not queued; the sweeper will', { jobId });
  }
}
