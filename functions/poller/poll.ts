import type { Ledger } from '../../shared/aws/dynamodb.ts';
import type { Announcements } from '../../shared/aws/eventbridge.ts';
import { offeringOf } from '../../shared/core/catalogue.ts';
import { CoinboothError } from '../../shared/core/errors.ts';
import type { Job } from '../../shared/core/job-record.ts';
import { nextPollDelaySeconds } from '../../shared/core/polling.ts';
import type { Timings } from '../../shared/core/timings.ts';
import type { Sighting } from '../../shared/seller/answers.ts';
import type { Seller } from '../../shared/seller/seller.ts';
import { announce } from '../announce.ts';
import { record } from '../record.ts';

export interface Poller {
  readonly ledger: Ledger;
  readonly seller: Seller;
  readonly announcements: Announcements;
  readonly bucketName: string;
  readonly timings: Timings;
  readonly clock: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

/** One look is two requests of eight seconds at the most, a signature and a write. */
const lookMilliseconds = 20_000;

/**
 * Looks at a submitted job, signed in, until its picture is finished, within one invocation.
 * @param endsAt when the invocation ends, Unix milliseconds
 * @throws StillRunning when it is not finished in that time; GenerationFailed when the job ended without a picture
 *   (the end is written and announced); SellerUnavailable when the seller did not answer at all
 */
export async function poll(poller: Poller, jobId: string, endsAt: number): Promise<void> {
  const job = await poller.ledger.read(jobId);
  const entry = job && offeringOf(job.offering);
  if (!job || !entry) throw new CoinboothError('Defect', `There is no job ${jobId} to watch.`);
  if (job.status !== 'submitted' || job.sellerJobId === undefined) return endAgain(poller, job);

  const confirm = poller.timings.confirmSeconds * 1000;
  let badSince: number | undefined;
  let last: Sighting = { state: 'running' };
  let wait = firstWait(poller, job, entry.polling);
  while (poller.clock() + wait + lookMilliseconds < endsAt) {
    await poller.sleep(wait);
    last = await poller.seller.job(job.sellerJobId);
    if (last.state === 'complete') {
      const { url, thumbnailUrl } = last;
      await record(poller, job, { type: 'rendered', url, thumbnailUrl, at: poller.clock() });
      return;
    }
    const now = poller.clock();
    const isBad = last.state === 'failed' || last.state === 'denied';
    if (isBad && badSince !== undefined && now - badSince >= confirm) return fail(poller, job, last);
    badSince = isBad ? (badSince ?? now) : undefined;
    const elapsed = (now - (job.submittedAt ?? 0)) / 1000;
    wait = isBad ? confirm : nextPollDelaySeconds(entry.polling, elapsed) * 1000;
  }
  throw last.state === 'unavailable'
    ? new CoinboothError('SellerUnavailable', last.message)
    : new CoinboothError('StillRunning', `Job ${jobId} is still running at the seller.`);
}

/** Nothing to wait for when a finished job's URL died: the seller is asked at once. */
function firstWait(poller: Poller, job: Job, profile: Parameters<typeof nextPollDelaySeconds>[0]): number {
  const elapsed = (poller.clock() - (job.submittedAt ?? 0)) / 1000;
  return job.rendered || elapsed > profile.firstSeconds ? 0 : (profile.firstSeconds - elapsed) * 1000;
}

async function fail(poller: Poller, before: Job, sighting: Sighting): Promise<void> {
  const message =
    sighting.state === 'denied' ? sighting.message : "The seller's job failed after it was paid for.";
  const { job } = await record(poller, before, {
    type: 'undelivered',
    reason: { name: 'GenerationFailed', message },
    sellerSays: sighting.state === 'failed' ? sighting.says : undefined,
    at: poller.clock(),
  });
  await endAgain(poller, job);
  throw new CoinboothError('GenerationFailed', message);
}

/** A second run, or a retry after a crash: what is written stands, and is announced if it was not. */
async function endAgain(poller: Poller, job: Job): Promise<void> {
  if (job.end && job.announcedAt === undefined) await announce(poller, job);
}
