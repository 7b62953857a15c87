import { longestSitSeconds } from './polling.ts';
import type { Timings } from './timings.ts';

/** How the seller answered one poll of a job. */
export type PollState = 'running' | 'complete' | 'failed' | 'denied' | 'unavailable';

/**
 * What the polls of one invocation say together. Times are Unix milliseconds of the first poll that said so. A denial or
 * an outage between two "failed" is neutral: it neither confirms nor takes back.
 */
export interface PollEvidence {
  readonly failedSince?: number;
  readonly deniedSince?: number;
  /** The seller has shown nothing of the job since. */
  readonly outSince?: number;
}

/**
 * Adds one poll to the evidence.
 * @param since when the seller began to say so, as far as is known
 */
export function withPoll(evidence: PollEvidence, state: PollState, since: number): PollEvidence {
  switch (state) {
    case 'running':
    case 'complete':
      return {};
    case 'failed':
      return { failedSince: evidence.failedSince ?? since };
    case 'denied':
      return {
        ...evidence,
        deniedSince: evidence.deniedSince ?? since,
        outSince: evidence.outSince ?? since,
      };
    case 'unavailable':
      return { ...evidence, outSince: evidence.outSince ?? since };
  }
}

/**
 * How long to wait after a poll that showed no running job. Pauses double while the seller shows nothing, since each poll
 * costs a signature. A statement that waits for its confirmation is asked again in time.
 * @param usualSeconds until the next poll of a running job
 * @returns seconds
 */
export function pauseSeconds(
  { failedSince, deniedSince, outSince }: PollEvidence,
  usualSeconds: number,
  now: number,
  { confirmSeconds, recoverySeconds }: Timings,
): number {
  if (outSince === undefined) return failedSince === undefined ? usualSeconds : confirmSeconds;
  const longest = deniedSince === undefined ? Math.min(recoverySeconds, longestSitSeconds) : recoverySeconds;
  return Math.max(usualSeconds, Math.min((now - outSince) / 1000, longest));
}
