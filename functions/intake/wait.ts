import type { Job } from '../../shared/core/job-record.ts';
import type { Door } from './door.ts';

/** An HTTP API gives up after half a minute, whatever its function would like. */
const longestWaitSeconds = 20;
/** What is left of an invocation for the last read and the answer. */
const marginMilliseconds = 2_000;
const pace = { firstMilliseconds: 500, growth: 1.5, longestMilliseconds: 3_000 } as const;

/**
 * Reads how long a caller would wait for the answer, of `Prefer: respond-async, wait=10` (RFC 7240 §4.3).
 * @returns whole seconds, twenty at the most; undefined without such a preference
 */
export function preferredWait(prefer: string | undefined): number | undefined {
  const [, seconds] = /(?:^|,)\s*wait\s*=\s*"?(\d{1,9})"?\s*(?:[;,]|$)/i.exec(prefer ?? '') ?? [];
  return seconds === undefined ? undefined : Math.min(Number(seconds), longestWaitSeconds);
}

/**
 * Looks at a job until it is at its end, less and less often, for so long at the most: not beyond the invocation, nor
 * for a client that has left.
 * @param endsAt when the invocation will be ended, Unix milliseconds
 * @returns the job as it was seen last
 */
export async function waitForEnd(
  { ledger, clock, sleep }: Pick<Door, 'ledger' | 'clock' | 'sleep'>,
  before: Job,
  limits: { readonly seconds: number; readonly endsAt?: number | undefined; readonly signal: AbortSignal },
): Promise<Job> {
  const until = Math.min(clock() + limits.seconds * 1000, (limits.endsAt ?? Infinity) - marginMilliseconds);
  let job = before;
  let pause: number = pace.firstMilliseconds;
  while (!job.end && !limits.signal.aborted && clock() < until) {
    await sleep(Math.min(pause, until - clock()), limits.signal);
    if (limits.signal.aborted) break;
    job = (await ledger.read(job.jobId)) ?? job;
    pause = Math.min(pause * pace.growth, pace.longestMilliseconds);
  }
  return job;
}
