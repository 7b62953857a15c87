import { CoinboothError } from '../../shared/core/errors.ts';
import { type Effect, isWatchedUnsaid, nextStep, workflowKindOf } from '../../shared/core/job.ts';
import type { Job } from '../../shared/core/job-record.ts';
import { profileOf, workflowWaitSeconds } from '../../shared/core/polling.ts';
import { isWithdrawal } from '../../shared/core/withdrawal.ts';
import { announce, announceResolution } from '../announce.ts';
import { record } from '../record.ts';
import { leavesTimeToSend, type Payer, type Run, releaseOf } from './payer.ts';
import { prepare } from './prepare.ts';
import { recover } from './recover.ts';
import { standAside } from './refuse.ts';
import { reserve } from './reserve.ts';
import { authorize, resend } from './send.ts';
import { askUploads } from './shares.ts';
import { store } from './store.ts';
import { reserveWithdrawal, signWithdrawal } from './withdraw.ts';

/** A wait this short is sat out; a longer one is the sweeper's. */
const shortWaitMilliseconds = 5_000;
/** Far above what any job needs; a loop that does not end would otherwise sign without end. */
const mostSteps = 50;

/**
 * Goes on with one job from wherever it stopped, until it is submitted, at an end, or has to wait: asks the stored
 * job what is next, does it, records it, asks again.
 * @returns the job as it stands; undefined when there is no such job
 */
export async function pay(payer: Payer, jobId: string, run: Run): Promise<Job | undefined> {
  let job = await payer.ledger.read(jobId);
  for (let steps = 0; job && steps < mostSteps; steps += 1) {
    const step = nextStep(job, payer.clock(), payer.timings);
    if (step.do === 'rest') return job;
    if (step.do === 'wait') {
      if (!isShort(payer, job, step.untilAt, run)) return job;
      await payer.sleep(step.untilAt - payer.clock());
      job = await payer.ledger.read(jobId);
    } else if (mayBegin(payer, step, run)) job = await attempt(payer, job, step, run);
    else return job;
    // From here on the job is the workflow's.
    if (step.do === 'startWorkflow') return job;
  }
  if (job) throw new CoinboothError('Defect', `Job ${jobId} comes to no rest.`);
  return undefined;
}

/** A lease is another invocation's: whoever waited for it would only be in its way. */
function isShort(payer: Payer, job: Job, untilAt: number, run: Run): boolean {
  const now = payer.clock();
  if ((job.purchase?.leaseUntil ?? 0) > now) return false;
  return untilAt - now <= shortWaitMilliseconds && leavesTimeToSend(payer, run, untilAt);
}

/** Signing or sending is not begun when the invocation could be cut off before the answer is written down. */
const mayBegin = (payer: Payer, step: Effect, run: Run): boolean =>
  (step.do !== 'sign' && step.do !== 'send') || leavesTimeToSend(payer, run);

/** A signer that is down is waited for: no step signs after it has sent. */
async function attempt(payer: Payer, job: Job, step: Effect, run: Run): Promise<Job> {
  try {
    return await perform(payer, job, step, run);
  } catch (error) {
    if (!(error instanceof CoinboothError) || error.name !== 'SignerUnavailable') throw error;
    return standAside(payer, job);
  }
}

async function perform(payer: Payer, job: Job, step: Effect, run: Run): Promise<Job> {
  switch (step.do) {
    case 'prepare':
      return prepare(payer, job, (uploadId) => pay(payer, uploadId, run));
    case 'reserve':
      return isWithdrawal(job) ? reserveWithdrawal(payer, job) : reserve(payer, job);
    case 'sign':
      return isWithdrawal(job) ? signWithdrawal(payer, job) : authorize(payer, job, run);
    case 'send':
      return resend(payer, job, run);
    case 'store':
      return store(payer, job);
    case 'recover':
      return recover(payer, job);
    case 'startWorkflow':
      return startWorkflow(payer, job, step.run);
    case 'end':
      return (await record(payer, job, step.event, releaseOf(job))).job;
    case 'announce':
      return announce(payer, job);
    case 'askUploads':
      return askUploads(payer, job);
    case 'announceResolution':
      return announceResolution(payer, job);
  }
}

/** Named after the job and the run: a crash before the record starts a standard one once, and an express one for naught. */
async function startWorkflow(payer: Payer, job: Job, run: number): Promise<Job> {
  const elapsedMilliseconds = payer.clock() - (job.submittedAt ?? 0);
  const profile = profileOf(job, payer.timings, await payer.timesOf(job));
  await payer.workflows.start(workflowKindOf(job, payer.timings), `${job.jobId}-${run}`, {
    jobId: job.jobId,
    waitSeconds: workflowWaitSeconds(profile, elapsedMilliseconds / 1000),
  });
  const isFresh = elapsedMilliseconds < payer.timings.stallSeconds * 500;
  if (run === 1 && isFresh && isWatchedUnsaid(job, payer.timings)) return job;
  return (await record(payer, job, { type: 'workflowStarted', run, at: payer.clock() })).job;
}
