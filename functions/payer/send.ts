import { offeringPath } from '../../shared/core/catalogue.ts';
import { CoinboothError } from '../../shared/core/errors.ts';
import type { JobEvent } from '../../shared/core/job.ts';
import type { Job } from '../../shared/core/job-record.ts';
import type { Challenge } from '../../shared/core/selection.ts';
import { typedDataOf } from '../../shared/protocol/eip3009.ts';
import { encodePayment } from '../../shared/protocol/x402.ts';
import { record } from '../record.ts';
import { outageMilliseconds, type Payer, type Run } from './payer.ts';

/**
 * Signs what was reserved, stores the exact header together with the permission to send it, and sends it. A
 * signature that could not be stored is forgotten: it never left this function.
 */
export async function authorize(payer: Payer, job: Job, run: Run): Promise<Job> {
  const stored = await payer.ledger.readAuthorization(job);
  if (stored?.challenge === undefined) {
    const current = await payer.ledger.read(job.jobId);
    // Between the two reads another delivery may have gone on with the job.
    if (current && current.version !== job.version) return current;
    throw new CoinboothError('Defect', `Job ${job.jobId} is reserved without what it reserved.`);
  }
  const challenge = JSON.parse(stored.challenge) as Challenge;
  const [selected] = challenge.accepts;
  if (!selected) throw new CoinboothError('Defect', `Job ${job.jobId} is reserved without its requirements.`);

  const signature = await signed(payer, typedDataOf(stored.authorization));
  if (signature === undefined) {
    const at = payer.clock();
    return (await record(payer, job, { type: 'postponed', untilAt: at + outageMilliseconds, at })).job;
  }
  const header = encodePayment(challenge, selected, stored.authorization, signature);
  return grantAndSend(payer, job, run, 'authorized', header);
}

/** The signature, or undefined while the signer is down: nothing has moved, and the hold stays. */
async function signed(payer: Payer, definition: ReturnType<typeof typedDataOf>): Promise<string | undefined> {
  try {
    return await payer.wallet.signTypedData(definition);
  } catch (error) {
    if (error instanceof CoinboothError && error.name === 'SignerUnavailable') return undefined;
    throw error;
  }
}

/** Sends the stored bytes once more; there is never a second signature. */
export async function resend(payer: Payer, job: Job, run: Run): Promise<Job> {
  const stored = await payer.ledger.readAuthorization(job);
  if (stored?.signedHeader === undefined)
    throw new CoinboothError('Defect', `Job ${job.jobId} was sent without a stored header.`);
  return grantAndSend(payer, job, run, 'sending', stored.signedHeader);
}

/** The write comes first: from there on a byte may have left, and while the lease lasts nobody else sends. */
async function grantAndSend(
  payer: Payer,
  job: Job,
  run: Run,
  type: 'authorized' | 'sending',
  header: string,
): Promise<Job> {
  await run.beforeSending();
  const at = payer.clock();
  const milliseconds = payer.timings.answerSeconds * 1000;
  const permission: JobEvent = { type, leaseUntil: at + milliseconds, at };
  const granted = await record(
    payer,
    job,
    permission,
    type === 'authorized' ? { authorize: header } : undefined,
  );
  if (granted.outcome !== 'written') return granted.job;

  const answer = await payer.seller.pay(offeringPath(job.offering), job.body, header, milliseconds);
  if ('unknown' in answer) return (await unsettled(payer, granted.job, answer.unknown)).job;
  const submitted = await record(
    payer,
    granted.job,
    { type: 'submitted', ...answer, at: payer.clock() },
    { claim: answer.sellerJobId },
  );
  if (submitted.outcome !== 'claimed') return submitted.job;
  return (await unsettled(payer, submitted.job, 'the job id belongs to another job of ours')).job;
}

const unsettled = (payer: Payer, job: Job, evidence: string) =>
  record(payer, job, { type: 'unsettled', evidence, at: payer.clock() });
