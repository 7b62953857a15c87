import { offeringOf } from '../../shared/core/catalogue.ts';
import { exposureBound, exposureKey } from '../../shared/core/exposure.ts';
import type { JobEvent } from '../../shared/core/job-event.ts';
import { bodyToSend, type Job } from '../../shared/core/job-record.ts';
import type { Rail } from '../../shared/core/policy.ts';
import { record } from '../record.ts';
import { choose } from './choose.ts';
import { freeze } from './freeze.ts';
import type { Payer } from './payer.ts';
import { refuse, standAside } from './refuse.ts';
import { budgetOf, holdsOf, limitsOf, onExhausted, rowsOf } from './take-budget.ts';

/**
 * Asks the price, chooses what to pay by our own lists, and freezes price and authorization fields in one
 * transaction. Nothing is signed here; a refusal or an outage costs nothing.
 * @param without rails whose wallet is empty, or whose payee is exposed to its bound, at present
 */
export async function reserve(payer: Payer, job: Job, without: readonly Rail[] = []): Promise<Job> {
  const entry = offeringOf(job.offering);
  if (!entry) return refuse(payer, job, { name: 'InputInvalid', message: `There is no ${job.offering}.` });

  const uploadsAtomic = (job.uploads ?? []).reduce((sum, { amountAtomic }) => sum + BigInt(amountAtomic), 0n);
  const chosen = await choose(payer, job, { entry, body: bodyToSend(job), uploadsAtomic, without });
  if ('stands' in chosen) return chosen.stands;

  const { choice, challenge, at } = chosen;
  const { rail, selected, asset } = choice;
  const purchase = { purchaseId: job.jobId, generation: 1 };
  const authorization = freeze(payer, choice, purchase, Math.floor(at / 1000));
  const budget = await budgetOf(payer, job);
  const rows = rowsOf(payer, budget, job.offering, choice);
  const holds = holdsOf(rows, choice, Number(choice.amountAtomic));
  const event: JobEvent = {
    type: 'reserved',
    ...purchase,
    authorization,
    decimals: asset.decimals,
    day: budget.day,
    holds,
    unseen: exposureKey(choice.payTo),
    at,
  };
  const reservation = {
    state: 'held',
    authorization,
    signer: { keyId: payer.keyId, address: payer.wallet.address },
    challenge: JSON.stringify(
      rail === 'x402'
        ? { ...challenge, charges: undefined, accepts: [selected] }
        : { ...challenge, accepts: [], charges: [selected] },
    ),
  } as const;
  const { job: stands, outcome } = await record(
    payer,
    job,
    event,
    { reserve: reservation },
    {
      running: true,
      limits: limitsOf(budget, rows),
      bound: exposureBound(budget.limits, Number(choice.amountAtomic), at),
    },
  );
  if (outcome === 'stopped') return standAside(payer, stands);
  if (typeof outcome === 'string') return stands;
  return onExhausted(payer, stands, { outcome, rows, holds, choice, without }, (tried) =>
    reserve(payer, stands, tried),
  );
}
