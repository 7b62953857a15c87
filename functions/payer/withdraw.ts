import type { Authorization } from '../../shared/core/authorization.ts';
import { dayOf, floatKey } from '../../shared/core/budget.ts';
import { CoinboothError } from '../../shared/core/errors.ts';
import type { JobEvent } from '../../shared/core/job-event.ts';
import type { Job } from '../../shared/core/job-record.ts';
import { formatUsd } from '../../shared/core/money.ts';
import type { AllowedAsset } from '../../shared/core/policy.ts';
import { freezeWithdrawal, withdrawalSchema, withdrawalTerms } from '../../shared/core/withdrawal.ts';
import { typedDataOf } from '../../shared/protocol/eip3009.ts';
import { record } from '../record.ts';
import { purchaseName } from './freeze.ts';
import type { Payer } from './payer.ts';
import { refuse } from './refuse.ts';

interface Terms {
  readonly asset: AllowedAsset;
  readonly treasury: string;
  readonly amountAtomic: string;
}

/**
 * Freezes a withdrawal, and takes its amount from what the wallet may still reserve, in one transaction: what is held for
 * purchases is not there to be withdrawn. What cannot be now is refused, not waited for: a signature that nobody expects
 * any more would be a surprise.
 */
export async function reserveWithdrawal(payer: Payer, job: Job): Promise<Job> {
  const terms = termsOf(payer, job);
  if ('refused' in terms) return refuseWithdrawal(payer, job, terms.refused);
  const { asset, amountAtomic } = terms;
  const at = payer.clock();
  const purchase = { purchaseId: job.jobId, generation: 1 };
  const from = payer.wallet.address;
  const nonce = purchaseName(payer, asset, purchase);
  const authorization = freezeWithdrawal(terms, { from, nonce, nowSeconds: Math.floor(at / 1000) });
  const event: JobEvent = {
    type: 'reserved',
    ...purchase,
    authorization,
    decimals: asset.decimals,
    day: dayOf(at),
    holds: [{ key: floatKey(asset.network, asset.asset, from), amount: Number(amountAtomic) }],
    at,
  };
  const reservation = {
    state: 'held',
    authorization,
    signer: { keyId: payer.keyId, address: from },
  } as const;
  const { job: stands, outcome } = await record(
    payer,
    job,
    event,
    { reserve: reservation },
    { running: true },
  );
  if (outcome === 'stopped') return refuseWithdrawal(payer, stands, isStopped);
  if (typeof outcome === 'string') return stands;
  const amount = formatUsd(amountAtomic, asset.decimals);
  return refuseWithdrawal(
    payer,
    stands,
    `The wallet has less than ${amount} that is neither held for purchases nor its floor.`,
  );
}

/**
 * Signs what was reserved and stores the signature with the permission that it may leave. It is sent to nobody: whoever
 * may read the authorization hands it to somebody with gas. One that was reserved for another treasury, or under another
 * key, than are set now is reserved anew.
 */
export async function signWithdrawal(payer: Payer, job: Job): Promise<Job> {
  const terms = termsOf(payer, job);
  if ('refused' in terms) return refuseWithdrawal(payer, job, terms.refused);
  const authorization = (await payer.ledger.readAuthorization(job))?.authorization;
  if (!authorization || authorization.rail === 'tempo')
    throw new CoinboothError('Defect', `Job ${job.jobId} is reserved without what it reserved.`);
  if (!isOf(authorization, terms, payer.wallet.address)) return reserveWithdrawal(payer, job);
  const signature = await payer.wallet.signTypedData(typedDataOf(authorization));
  const at = payer.clock();
  // What took so long is forgotten with its signature: it never left this function.
  if (at >= job.deadlineAt) return job;
  const signed = await record(
    payer,
    job,
    { type: 'authorized', leaseUntil: at, at },
    { authorize: signature },
    { running: true },
  );
  return signed.outcome === 'stopped' ? refuseWithdrawal(payer, signed.job, isStopped) : signed.job;
}

const isStopped = 'Signing is stopped: nothing was signed. Ask again when it is resumed.';

/** Whom it goes to is what this deployment was given, whatever the job's row says. */
function termsOf(payer: Payer, job: Job): Terms | { readonly refused: string } {
  const asked = withdrawalSchema.safeParse(JSON.parse(job.body));
  if (!asked.success) return { refused: 'What is asked for is no withdrawal.' };
  const terms = withdrawalTerms(asked.data, payer.policy, payer.treasuries, payer.wallet.address);
  if ('refused' in terms) return terms;
  if (!payer.readsChain(asked.data.network))
    return { refused: 'No nodes are configured (chains): nobody knows what the wallet holds.' };
  return { ...terms, amountAtomic: asked.data.amountAtomic };
}

const isOf = (authorization: Authorization, { asset, treasury, amountAtomic }: Terms, from: string) =>
  authorization.from === from &&
  authorization.to === treasury &&
  authorization.value === amountAtomic &&
  authorization.network === asset.network &&
  authorization.asset === asset.asset;

const refuseWithdrawal = (payer: Payer, job: Job, message: string): Promise<Job> =>
  refuse(payer, job, { name: 'PaymentRefused', message });
