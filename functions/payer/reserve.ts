import { freezeAuthorization } from '../../shared/core/authorization.ts';
import { offeringOf, offeringPath } from '../../shared/core/catalogue.ts';
import { ceilingOf } from '../../shared/core/ceiling.ts';
import { bodyToSend, type Job } from '../../shared/core/job-record.ts';
import { selectRequirements } from '../../shared/core/selection.ts';
import { nonceOf } from '../../shared/protocol/eip3009.ts';
import { record } from '../record.ts';
import type { Payer } from './payer.ts';
import { refuse, waitForSeller } from './refuse.ts';

/**
 * Asks the price, chooses what to pay by our own lists, and freezes price and authorization fields in one
 * transaction. Nothing is signed here; a refusal or an outage costs nothing.
 */
export async function reserve(payer: Payer, job: Job): Promise<Job> {
  const entry = offeringOf(job.offering);
  if (!entry) return refuse(payer, job, { name: 'InputInvalid', message: `There is no ${job.offering}.` });

  const quote = await payer.seller.quote(offeringPath(job.offering), bodyToSend(job));
  const at = payer.clock();
  if ('refused' in quote) return refuse(payer, job, quote.refused);
  if ('unavailable' in quote) return waitForSeller(payer, job, quote);

  const uploadsAtomic = (job.uploads ?? []).reduce((sum, { amountAtomic }) => sum + BigInt(amountAtomic), 0n);
  const { maxPriceAtomic } = job;
  const ceiling = ceilingOf(payer.policy, job.offering, entry, job.body, { maxPriceAtomic, uploadsAtomic });
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
