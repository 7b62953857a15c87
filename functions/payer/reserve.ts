import { freezeAuthorization } from '../../shared/core/authorization.ts';
import { catalogue, offeringPath } from '../../shared/core/catalogue.ts';
import type { Reason } from '../../shared/core/errors.ts';
import type { Job } from '../../shared/core/job-record.ts';
import { selectRequirements } from '../../shared/core/selection.ts';
import { nonceOf } from '../../shared/protocol/eip3009.ts';
import { record } from '../record.ts';
import { outageMilliseconds, type Payer, releaseOf } from './payer.ts';

/**
 * Asks the price, chooses what to pay by our own lists, and freezes price and authorization fields in one
 * transaction. Nothing is signed here; a refusal or an outage costs nothing.
 */
export async function reserve(payer: Payer, job: Job): Promise<Job> {
  const entry = catalogue[job.offering];
  if (!entry) return refuse(payer, job, { name: 'InputInvalid', message: `There is no ${job.offering}.` });

  const quote = await payer.seller.quote(offeringPath(job.offering), job.body);
  const at = payer.clock();
  if ('refused' in quote) return refuse(payer, job, quote.refused);
  if ('unavailable' in quote) {
    const wait = quote.retryAfterSeconds ? quote.retryAfterSeconds * 1000 : outageMilliseconds;
    return (await record(payer, job, { type: 'postponed', untilAt: at + wait, at })).job;
  }

  const configured = payer.policy.ceilingsAtomic[job.offering];
  const ceiling = configured === undefined ? entry.ceilingAtomic(JSON.parse(job.body)) : BigInt(configured);
  const selection = selectRequirements(quote.challenge, payer.policy, ceiling);
  if ('refused' in selection) return refuse(payer, job, selection.refused);

  const { selected, asset } = selection;
  const purchase = { purchaseId: job.jobId, generation: 1 };
  const authorization = freezeAuthorization({
    asset,
    from: payer.wallet.address,
    payTo: selection.payTo,
    amountAtomic: selection.amountAtomic,
    maxTimeoutSeconds: selected.maxTimeoutSeconds,
    nonce: nonceOf({
      deployment: payer.deployment,
      network: asset.network,
      asset: asset.asset,
      ...purchase,
    }),
    nowSeconds: Math.floor(at / 1000),
  });
  const { job: reserved } = await record(
    payer,
    job,
    { type: 'reserved', ...purchase, authorization, decimals: asset.decimals, at },
    {
      reserve: {
        state: 'held',
        authorization,
        signer: { keyId: payer.keyId, address: payer.wallet.address },
        challenge: JSON.stringify({ ...quote.challenge, accepts: [selected] }),
      },
    },
  );
  return reserved;
}

async function refuse(payer: Payer, job: Job, reason: Reason): Promise<Job> {
  const event = { type: 'refused', reason, at: payer.clock() } as const;
  return (await record(payer, job, event, releaseOf(job))).job;
}
