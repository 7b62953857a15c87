import type { FrozenAuthorization } from '../../shared/core/authorization.ts';
import { offeringPath } from '../../shared/core/catalogue.ts';
import { CoinboothError, type Reason } from '../../shared/core/errors.ts';
import { isAlive } from '../../shared/core/job.ts';
import type { JobEvent } from '../../shared/core/job-event.ts';
import { bodyToSend, isUpload, type Job } from '../../shared/core/job-record.ts';
import { paidAssets } from '../../shared/core/policy.ts';
import type { Challenge } from '../../shared/core/selection.ts';
import { typedDataOf } from '../../shared/protocol/eip3009.ts';
import { encodePayment } from '../../shared/protocol/x402.ts';
import type { PaidAnswer } from '../../shared/seller/answers.ts';
import { rehearseSignIn } from '../../shared/seller/rehearse-sign-in.ts';
import { record } from '../record.ts';
import { signedHeaderOf } from '../signed-header.ts';
import { purchaseName } from './freeze.ts';
import { leavesTimeToSend, type Payer, type Run } from './payer.ts';
import { refuse, standAside } from './refuse.ts';
import { reserve } from './reserve.ts';

/**
 * Signs what was reserved, stores the exact header together with the permission to send it, and sends it. A
 * signature that could not be stored is forgotten: it never left this function.
 */
export async function authorize(payer: Payer, job: Job, run: Run): Promise<Job> {
  const whyNot = rehearse(payer);
  if (whyNot !== undefined) return refuse(payer, job, whyNot);
  const stored = await payer.ledger.readAuthorization(job);
  if (stored?.challenge === undefined) {
    const current = await goneOn(payer, job);
    if (current) return current;
    throw new CoinboothError('Defect', `Job ${job.jobId} is reserved without what it reserved.`);
  }
  // The key was replaced since: nothing is signed yet, so the new one starts anew.
  if (stored.signer.address !== payer.wallet.address) return reserve(payer, job);
  const challenge = JSON.parse(stored.challenge) as Challenge;
  const { header, transaction } = await sign(payer, job, stored.authorization, challenge);
  return grantAndSend(payer, job, run, 'authorized', header, transaction);
}

/** What is paid for can be fetched with a sign-in only. A sign-in that cannot be made refuses the purchase. */
function rehearse({ policy, wallet, clock }: Payer): Reason | undefined {
  const networks = paidAssets(policy).map(({ network }) => network);
  const { origin } = policy;
  const why = rehearseSignIn({ origin, address: wallet.address, networks, now: clock() });
  return why === undefined
    ? undefined
    : {
        name: 'ConfigInvalid',
        message: `A result of this seller could not be fetched after the payment: ${why}. Nothing was signed. Correct the seller's origin and assets in the settings.`,
      };
}

/** On Tempo a whole transaction is signed: its hash is known, and stored, before anybody else can know it. */
async function sign(
  payer: Payer,
  job: Job,
  authorization: FrozenAuthorization,
  challenge: Challenge,
): Promise<{ header: string; transaction?: string }> {
  const [selected] = challenge.accepts;
  const [charge] = challenge.charges ?? [];
  if (authorization.rail !== 'tempo' && selected) {
    const signature = await payer.wallet.signTypedData(typedDataOf(authorization));
    return { header: encodePayment(challenge, selected, authorization, signature) };
  }
  if (authorization.rail !== 'tempo' || !charge || !job.purchase || !payer.signCharge)
    throw new CoinboothError('Defect', `Job ${job.jobId} is reserved without its requirements.`);
  return payer.signCharge(authorization, charge, purchaseName(payer, authorization, job.purchase));
}

/**
 * Sends the stored bytes once more; there is never a second signature. Bytes that are gone, as after a restore of the
 * ledger, are sent never again: the seller's list of jobs is asked instead.
 */
export async function resend(payer: Payer, job: Job, run: Run): Promise<Job> {
  const header = await signedHeaderOf(payer, job);
  if (header !== undefined) return grantAndSend(payer, job, run, 'sending', header);
  const current = await goneOn(payer, job);
  return current ?? unsettled(payer, job, { unknown: 'the signed header is gone', final: true });
}

/** Between two reads another delivery, or a final block, may have gone on with the job. */
async function goneOn(payer: Payer, job: Job): Promise<Job | undefined> {
  const current = await payer.ledger.read(job.jobId);
  return current && current.version !== job.version ? current : undefined;
}

/** The write comes first: from there on a byte may have left, and while the lease lasts nobody else sends. */
async function grantAndSend(
  payer: Payer,
  job: Job,
  run: Run,
  type: 'authorized' | 'sending',
  header: string,
  transaction?: string,
): Promise<Job> {
  await run.beforeSending();
  // Reading, signing and hiding took time: what could be cut off in the middle is left to the next delivery.
  if (!leavesTimeToSend(payer, run)) return job;
  const at = payer.clock();
  // And what would arrive dead is not sent at all: before it was signed for, it is frozen anew.
  if (!isAlive(job, at)) return job;
  const milliseconds = payer.timings.answerSeconds * 1000;
  const permission: JobEvent = { type, leaseUntil: at + milliseconds, transaction, at };
  const granted = await record(
    payer,
    job,
    permission,
    type === 'authorized' ? { authorize: header } : undefined,
    { running: true },
  );
  if (granted.outcome === 'stopped') return standAside(payer, granted.job);
  if (granted.outcome !== 'written') return granted.job;

  const { rail } = granted.job.purchase ?? {};
  const path = offeringPath(job.offering);
  const answer = await payer.seller.pay(path, bodyToSend(job), header, milliseconds, rail);
  if ('unknown' in answer) return unsettled(payer, granted.job, answer);
  if ((answer.leave !== undefined) !== isUpload(job)) {
    const unknown = 'an answer to another kind of request';
    return unsettled(payer, granted.job, { unknown, settlement: answer.settlement });
  }
  const submitted = await record(
    payer,
    granted.job,
    { type: 'submitted', ...answer, at: payer.clock() },
    { claim: answer.sellerJobId },
  );
  if (submitted.outcome !== 'claimed') return submitted.job;
  const unknown = 'the job id belongs to another job of ours';
  return unsettled(payer, submitted.job, { unknown, settlement: answer.settlement });
}

async function unsettled(
  payer: Payer,
  job: Job,
  { unknown, retryAfterSeconds, ...rest }: Extract<PaidAnswer, { unknown: string }>,
): Promise<Job> {
  const at = payer.clock();
  const retryAt = retryAfterSeconds && at + retryAfterSeconds * 1000;
  const event = { type: 'unsettled', evidence: unknown, ...rest, ...(retryAt && { retryAt }), at } as const;
  return (await record(payer, job, event)).job;
}
