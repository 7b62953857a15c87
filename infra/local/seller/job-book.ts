import type { Drawing } from './drawing.ts';
import { createRandom } from './picture/random.ts';
import { uniqueId } from './unique-id.ts';

/** A picture that a job is made from, as it was found when the job was made. */
export type Source =
  | { kind: 'bytes'; bytes: Buffer }
  | { kind: 'job'; job: Job }
  /** A URL of another host, which the sandbox does not fetch. */
  | { kind: 'stranger'; url: string };

export interface Job {
  jobId: string;
  /** Whoever signed the payment, checksummed: the only wallet that may poll. */
  payer: string;
  /** On the wire, such as `flux-2-pro-generate`. */
  type: string;
  input: Readonly<Record<string, unknown>>;
  drawing: Drawing;
  sources: readonly Source[];
  /** From payment to result. */
  renderSeconds: number;
  /** Milliseconds since 1970, by the seller's clock. */
  createdAt: number;
  fate: 'complete' | 'failed' | 'stuck';
  /** Why it failed, if it does. */
  failure?: string;
  /** The settling transaction; absent while unpaid, for ever when settlement failed. */
  transaction?: string;
  /** Its wallet has put it away; only the sandbox still knows it. */
  deleted?: boolean;
}

/** How far a job is. `progress` is in percent. */
export type Progress =
  | { status: 'pending' }
  | { status: 'loading'; progress: number }
  | { status: 'complete' | 'failed' };

export interface JobBook {
  /** @param typicalSeconds of its model; the book's pace decides what becomes of them. */
  make(
    job: Omit<Job, 'jobId' | 'createdAt' | 'renderSeconds'> & { jobId?: string },
    typicalSeconds: number,
  ): Job;
  find(jobId: string): Job | undefined;
  /** Newest first. */
  all(): Job[];
  progress(job: Job): Progress;
}

/** How fast the seller works. */
export interface Pace {
  /** Multiplies each model's typical seconds. */
  timeScale: number;
  /** In the place of them all. */
  renderSeconds?: number | undefined;
  /** How far the times of one model spread: σ of their logarithms. Without it each takes just as long. */
  spread?: number | undefined;
}

/** The first part of the render time in which a job waits for its turn. */
const PENDING_SHARE = 0.2;

/**
 * The seller's jobs, in memory. Nothing runs: how far a job is follows from its age.
 *
 * @param clock milliseconds since 1970.
 */
export function createJobBook({ clock, pace }: { clock: () => number; pace: Pace }): JobBook {
  const jobs = new Map<string, Job>();
  /** Drawn from what is asked, so that whoever asks for the same waits as long. */
  const luckOf = (input: object): number => {
    if (!pace.spread) return 1;
    const random = createRandom(JSON.stringify(input));
    // Twelve even chances make a normal one, near enough.
    const normal = Array.from({ length: 12 }, () => random.between(0, 1)).reduce((sum, one) => sum + one, -6);
    return Math.exp(pace.spread * normal);
  };
  return {
    make(wanted, typicalSeconds) {
      const job: Job = {
        jobId: uniqueId(clock(), jobs.size),
        createdAt: clock(),
        renderSeconds: (pace.renderSeconds ?? typicalSeconds * pace.timeScale) * luckOf(wanted.input),
        ...wanted,
      };
      jobs.set(job.jobId, job);
      return job;
    },
    find: (jobId) => jobs.get(jobId),
    all: () => [...jobs.values()].reverse(),
    progress({ renderSeconds, createdAt, fate }) {
      const share = renderSeconds === 0 ? 1 : (clock() - createdAt) / (renderSeconds * 1000);
      if (share >= 1 && fate !== 'stuck') return { status: fate };
      if (share < PENDING_SHARE) return { status: 'pending' };
      return { status: 'loading', progress: Math.min(99, Math.floor(share * 100)) };
    },
  };
}
