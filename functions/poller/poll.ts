import type { Ledger } from '../../shared/aws/dynamodb.ts';
import type { Announcements } from '../../shared/aws/eventbridge.ts';
import type { InlineResults } from '../../shared/aws/s3-inline.ts';
import { CoinboothError } from '../../shared/core/errors.ts';
import { runEndsAt } from '../../shared/core/job.ts';
import type { Job } from '../../shared/core/job-record.ts';
import { type PollEvidence, pauseSeconds, withPoll } from '../../shared/core/poll-evidence.ts';
import {
  firstPollDelaySeconds,
  longestSitSeconds,
  nextPollDelaySeconds,
  profileOf,
  ranBefore,
  runningNameFor,
} from '../../shared/core/polling.ts';
import type { Timings } from '../../shared/core/timings.ts';
import type { Sighting } from '../../shared/seller/answers.ts';
import type { Seller } from '../../shared/seller/seller.ts';
import { announce, type Watched } from '../announce.ts';
import type { KnownTimes } from '../known-times.ts';
import { record } from '../record.ts';
import { inlineUrl } from './fetch-result.ts';

export interface Poller extends Watched {
  readonly ledger: Ledger;
  readonly seller: Seller;
  readonly inlineResults: InlineResults;
  readonly announcements: Announcements;
  readonly bucketName: string;
  readonly timesOf: KnownTimes;
  readonly timings: Timings;
  readonly clock: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

/** One look is two requests of eight seconds at the most, a signature and a write. */
const lookMilliseconds = 20_000;
/** A run that began so short a time ago has not looked yet; one that began so soon after the job is its first. */
const freshMilliseconds = 10_000;

/** One run of the workflow's watching, as its task knows it. Times are Unix milliseconds. */
export interface Watching {
  /** When this run of the workflow began. */
  readonly startedAt: number;
  /** When the invocation ends. */
  readonly endsAt: number;
}

/**
 * Polls a submitted job, signed in, until its result is finished. A long wait for the next poll is left to the workflow.
 * Until its deadline a paid job ends by the seller's own "failed" alone, said at two polls. Denials (403, 404, 410),
 * outages and strange answers end nothing: the deadline does. The job's `waitUntil` is the earliest time of a poll. After
 * the deadline the seller is asked nothing: `deliver` fetches the result that was found before.
 * @throws StillRunning… when it is not finished: the name says how long the workflow waits before it looks again;
 *   GenerationFailed when the job ended without a result (the end is written and announced); RunOver when this run
 *   has watched for as long as a run may; SellerUnavailable when the seller did not answer at all
 */
export async function poll(poller: Poller, jobId: string, watching: Watching): Promise<void> {
  let job = await poller.ledger.read(jobId);
  if (!job) throw new CoinboothError('Defect', `There is no job ${jobId} to watch.`);
  if (job.status !== 'submitted' || job.sellerJobId === undefined) return endAgain(poller, job);

  const { sellerJobId, purchase, submittedAt = 0, rendered, waitUntil = 0 } = job;
  // The deadline is over: the last run only fetches the known result.
  if (rendered && poller.clock() >= job.deadlineAt) return;
  const { timings } = poller;
  const profile = profileOf(job, timings, await poller.timesOf(job));
  const elapsedSeconds = () => (poller.clock() - submittedAt) / 1000;
  const endsAt = runEndsAt(job, watching.startedAt, timings);
  const lastLookAt = job.deadlineAt - lookMilliseconds;
  const confirm = timings.confirmSeconds * 1000;
  /** What is paid for is looked at once more while there is time to deliver it, however far apart the looks are by then. */
  const beforeItIsTooLate = (seconds: number): number => {
    const untilLast = lastLookAt - poller.clock();
    return untilLast > 0 ? Math.min(seconds * 1000, untilLast) : seconds * 1000;
  };
  let evidence: PollEvidence = {};
  let last: Sighting = { state: 'running' };
  const comesLate = isLate(poller, job, watching);
  const firstSeconds = comesLate ? 0 : firstPollDelaySeconds(profile, elapsedSeconds());
  let wait = beforeItIsTooLate(Math.max(firstSeconds, (waitUntil - poller.clock()) / 1000));
  // When a finished job was finished, a second look does not tell.
  let ranSeconds = rendered ? undefined : comesLate ? 0 : ranBefore(profile, elapsedSeconds(), timings);
  for (;;) {
    // The next run begins soon after this one's time, and two would look twice as often.
    if (poller.clock() + wait > endsAt)
      throw new CoinboothError('RunOver', `This run has watched job ${jobId} for long enough.`);
    const isLong = !awaitsConfirmation(job, evidence) && wait > longestSitSeconds * 1000;
    if (isLong || poller.clock() + wait + lookMilliseconds >= watching.endsAt) {
      if (last.state === 'unavailable' && !isLong)
        throw new CoinboothError('SellerUnavailable', last.message);
      const name = runningNameFor(wait / 1000, timings);
      throw new CoinboothError(name, `Job ${jobId} is still running at the seller.`);
    }
    await poller.sleep(wait);
    const lookedAt = poller.clock();
    last = await poller.seller.job(sellerJobId, purchase?.payer, purchase?.network);
    if (last.state === 'complete') {
      const { thumbnailUrl } = last;
      // The bytes come before the record that says where they are.
      if ('bytes' in last) await poller.inlineResults.put(jobId, last.bytes);
      const url = 'url' in last ? last.url : inlineUrl;
      await record(poller, job, { type: 'rendered', url, thumbnailUrl, ranSeconds, at: poller.clock() });
      return;
    }
    if (last.state === 'running' && !rendered) ranSeconds = hundredths(lookedAt - submittedAt);
    const now = poller.clock();
    evidence = withPoll(evidence, last.state, last.state === 'denied' ? (job.deniedAt ?? now) : now);
    const { failedSince = now, deniedSince = now } = evidence;
    if (last.state === 'failed' && now - failedSince >= confirm) return fail(poller, job, last.says);
    if (last.state === 'denied' && job.deniedAt === undefined && now - deniedSince >= confirm) {
      ({ job } = await record(poller, job, { type: 'denied', at: now }));
      if (job.end) return endAgain(poller, job);
    }
    const asked = (last.state === 'unavailable' && last.retryAfterSeconds) || 0;
    const usual = Math.max(nextPollDelaySeconds(profile, elapsedSeconds()), asked);
    const pause = pauseSeconds(evidence, usual, now, timings);
    wait = awaitsConfirmation(job, evidence)
      ? Math.min(pause * 1000, untilConfirmed(evidence, confirm, now))
      : beforeItIsTooLate(pause);
  }
}

/** Evidence is an invocation's own: the poll that confirms it belongs to the same one. */
const awaitsConfirmation = (job: Job, { failedSince, deniedSince }: PollEvidence): boolean =>
  failedSince !== undefined || (deniedSince !== undefined && job.deniedAt === undefined);

/** From now until a second poll confirms the statement, in milliseconds; while an outage hides it, as long once more. */
function untilConfirmed({ failedSince, deniedSince }: PollEvidence, confirm: number, now: number): number {
  const left = (failedSince ?? deniedSince ?? now) + confirm - now;
  return left > 0 ? left : confirm;
}

/** Milliseconds as seconds, no later than they were; none where another clock than the one that began is behind it. */
const hundredths = (milliseconds: number): number => Math.max(Math.floor(milliseconds / 10) / 100, 0);

/** A new run comes a while after the last one's end; and nothing is to be waited for when a finished job's URL died. */
function isLate(poller: Poller, job: Job, { startedAt }: Watching): boolean {
  const firstLookAt = (job.submittedAt ?? 0) + freshMilliseconds;
  const isFresh = poller.clock() - startedAt < freshMilliseconds;
  return job.rendered !== undefined || (isFresh && startedAt > firstLookAt);
}

async function fail(poller: Poller, before: Job, sellerSays: string | undefined): Promise<void> {
  const message = "The seller's job failed after it was paid for.";
  const { job } = await record(poller, before, {
    type: 'undelivered',
    reason: { name: 'GenerationFailed', message },
    sellerSays,
    at: poller.clock(),
  });
  await endAgain(poller, job);
  throw new CoinboothError('GenerationFailed', message);
}

/** A second run, or a retry after a crash: what is written stands, and is announced if it was not. */
async function endAgain(poller: Poller, job: Job): Promise<void> {
  if (job.end && job.announcedAt === undefined) await announce(poller, job);
}
