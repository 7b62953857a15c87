import { type Command, InvalidArgumentError } from 'commander';
import { moneyOf, transactionOf } from '../../shared/core/job-money.ts';
import type { Job } from '../../shared/core/job-record.ts';
import { formatUsd } from '../../shared/core/money.ts';
import { type Common, facts, tell, withPlace } from './booth-command.ts';
import { openDeployment } from './deployment.ts';
import { moneyWords } from './describe-job.ts';
import { coinbooth } from './program.ts';
import { readOrNot } from './read-or-not.ts';

const mostClaims = 1_000;
const dayMilliseconds = 86_400_000;

/** `coinbooth claims`: what was paid, or may be, and brought nothing. */
export function addClaims(program: Command): void {
  withPlace(program.command('claims'))
    .description('what was paid, or may be, and brought nothing: with what a claim on the seller needs')
    .option('--days <number>', 'of the last so many days', readDays, 90)
    .addHelpText(
      'after',
      `\nExamples:\n  ${coinbooth} claims\n  ${coinbooth} claims --days 7 --json` +
        '\n\nExit code: 0 when there is nothing to claim, 1 when there is.',
    )
    .action(claims);
}

async function claims(options: Common & { days: number }): Promise<void> {
  const { ledger } = await openDeployment(options);
  const losses = await ledger.losses(Date.now() - options.days * dayMilliseconds, mostClaims);
  const jobs = await Promise.all(losses.map(({ jobId }) => readOrNot(ledger, jobId)));
  // What is proven to be never paid is no loss after all.
  const lost = jobs
    .filter((job) => job !== undefined && job !== 'unreadable')
    // A job that is denied and goes on may be delivered still.
    .filter((job) => job.end !== undefined && moneyOf(job) !== 'none');
  if (lost.length > 0 || jobs.includes('unreadable')) process.exitCode = 1;
  const all = lost.map(claimOf);
  tell(
    options,
    { claims: all },
    all.length === 0 ? ['There is nothing to claim.'] : all.flatMap((claim) => [...describe(claim), '']),
  );
}

/** Everything with which the seller, and anybody who reads the chain, finds the purchase again. */
const claimOf = (job: Job) => ({
  jobId: job.jobId,
  caller: job.caller,
  model: job.offering,
  endedAt: new Date(job.end?.at ?? 0).toISOString(),
  outcome: job.status,
  money: moneyOf(job),
  usd: formatUsd(job.purchase?.amountAtomic ?? '0', job.purchase?.decimals ?? 6),
  payTo: job.purchase?.payTo,
  payer: job.purchase?.payer,
  network: job.purchase?.network,
  nonce: job.purchase?.nonce,
  ...transactionOf(job),
  sellerJobId: job.sellerJobId,
  evidence: job.purchase?.evidence,
  reason: job.end?.reason,
  proof: job.proof,
});

const describe = ({
  money,
  reason,
  proof,
  outcome,
  payTo,
  network,
  ...claim
}: ReturnType<typeof claimOf>): string[] =>
  facts({
    job: claim.jobId,
    model: claim.model,
    ended: `${claim.endedAt}, ${outcome}`,
    money: `${claim.usd} ${moneyWords[money]}${proof ? `, shown by block ${proof.blockNumber}` : ''}`,
    payee: `${payTo} on ${network}`,
    transaction: claim.transaction,
    nonce: claim.nonce,
    seller: claim.sellerJobId && `its job ${claim.sellerJobId}`,
    evidence: claim.evidence,
    reason: reason && `${reason.name}: ${reason.message}`,
  });

function readDays(text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text)) throw new InvalidArgumentError('It must be a whole number of days.');
  return Number(text);
}
