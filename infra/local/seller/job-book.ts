import { randomBytes } from 'node:crypto';
import { FLUX_2_PRO, type FluxRequest } from './flux-2-pro.ts';

export interface Job {
  jobId: string;
  /** Whoever signed the payment, checksummed: the only wallet that may poll. */
  payer: string;
  input: FluxRequest;
  /** Milliseconds since 1970, by the seller's clock. */
  createdAt: number;
  fate: 'complete' | 'failed' | 'stuck';
  /** The settling transaction; absent while unpaid, for ever when settlement failed. */
  transaction?: string;
}

/** How far a job is. `progress` is in percent. */
export type Progress =
  | { status: 'pending' }
  | { status: 'loading'; progress: number }
  | { status: 'complete' | 'failed' };

export interface JobBook {
  make(job: Pick<Job, 'payer' | 'input' | 'fate'>): Job;
  find(jobId: string): Job | undefined;
  /** Newest first. */
  all(): Job[];
  progress(job: Job): Progress;
}

/** The first part of the render time in which a job waits for its turn. */
const PENDING_SHARE = 0.2;

/**
 * The seller's jobs, in memory. Nothing runs: how far a job is follows from its age.
 *
 * @param clock milliseconds since 1970.
 */
export function createJobBook({
  clock,
  renderSeconds,
}: {
  clock: () => number;
  renderSeconds: number;
}): JobBook {
  const jobs = new Map<string, Job>();
  return {
    make(wanted) {
      const job: Job = { jobId: cuid(clock(), jobs.size), createdAt: clock(), ...wanted };
      jobs.set(job.jobId, job);
      return job;
    },
    find: (jobId) => jobs.get(jobId),
    all: () => [...jobs.values()].reverse(),
    progress(job) {
      const share = renderSeconds === 0 ? 1 : (clock() - job.createdAt) / (renderSeconds * 1000);
      if (share >= 1 && job.fate !== 'stuck') return { status: job.fate };
      if (share < PENDING_SHARE) return { status: 'pending' };
      return { status: 'loading', progress: Math.min(99, Math.floor(share * 100)) };
    },
  };
}

/** The job's type on the wire; every job of the sandbox has this one. */
export const JOB_TYPE = FLUX_2_PRO.type;

/** Twenty-five characters in the manner of a cuid: `c`, time, count, chance. */
function cuid(now: number, count: number): string {
  const chance = BigInt(`0x${randomBytes(10).toString('hex')}`)
    .toString(36)
    .padStart(12, '0')
    .slice(-12);
  return `c${now.toString(36).padStart(8, '0').slice(-8)}${count.toString(36).padStart(4, '0').slice(-4)}${chance}`;
}
