import { setTimeout as sleep } from 'node:timers/promises';
import { derivedId } from '../../functions/derived-id.ts';
import { acceptedJob } from '../../shared/core/evolve.ts';
import { houseCaller, type Job } from '../../shared/core/job-record.ts';
import {
  type Withdrawal,
  withdrawalDeadlineMilliseconds,
  withdrawalOffering,
} from '../../shared/core/withdrawal.ts';
import type { Deployment } from './deployment.ts';

const mostEditions = 1_000;
const pauseMilliseconds = 250;

type Ports = Pick<Deployment, 'ledger' | 'payments' | 'wallet'> & {
  readonly settings: Pick<Deployment['settings'], 'timings'>;
};

/**
 * Asks the payer for a withdrawal. Its job's id follows from what is asked for, so that the same command twice, at once or
 * one after the other, comes to the same authorization until that one is settled or dead.
 * @param now Unix milliseconds
 * @returns the job, new or under way
 */
export async function askWithdrawal(
  { ledger, payments, wallet, settings }: Ports,
  { network, asset, amountAtomic }: Withdrawal,
  now: number,
): Promise<Job> {
  for (let edition = 1; edition <= mostEditions; edition += 1) {
    const jobId = derivedId(
      withdrawalOffering,
      wallet.toLowerCase(),
      network,
      asset.toLowerCase(),
      amountAtomic,
      String(edition),
    );
    const there = await ledger.read(jobId);
    if (there?.end) continue;
    const job = there ?? (await accept({ ledger, settings }, jobId, { network, asset, amountAtomic }, now));
    // One that is signed waits for nobody here.
    if (job.dueAt !== undefined) await payments.send({ jobId }, houseCaller);
    return job;
  }
  throw new Error('So much was withdrawn too often: ask for another amount.');
}

async function accept(
  { ledger, settings }: Pick<Ports, 'ledger' | 'settings'>,
  jobId: string,
  withdrawal: Withdrawal,
  now: number,
): Promise<Job> {
  const asked = {
    jobId,
    caller: houseCaller,
    offering: withdrawalOffering,
    body: JSON.stringify(withdrawal),
    deadlineAt: now + withdrawalDeadlineMilliseconds,
    now,
  };
  const accepted = await ledger.accept(acceptedJob(asked, settings.timings));
  if ('conflict' in accepted) throw new Error(`The withdrawal ${jobId} stands for another job.`);
  return accepted.job;
}

/** Looks at a withdrawal until it is signed, or at an end, or patience is. @param milliseconds how long */
export async function whenSigned(
  { ledger }: Pick<Ports, 'ledger'>,
  job: Job,
  milliseconds: number,
): Promise<Job> {
  const until = Date.now() + milliseconds;
  let seen = job;
  while (!seen.end && seen.status !== 'authorized' && Date.now() < until) {
    await sleep(pauseMilliseconds);
    seen = (await ledger.read(job.jobId)) ?? seen;
  }
  return seen;
}
