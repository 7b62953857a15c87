import { type BudgetRow, budgetRows, dayOf, isPassing, unseenKey } from '../../shared/core/budget.ts';
import { offeringOf, offeringPath } from '../../shared/core/catalogue.ts';
import { ceilingOf } from '../../shared/core/ceiling.ts';
import type { JobEvent } from '../../shared/core/job-event.ts';
import { bodyToSend, type Job } from '../../shared/core/job-record.ts';
import { formatUsd } from '../../shared/core/money.ts';
import { type Rail, railsOf } from '../../shared/core/policy.ts';
import { type Selection, selectRequirements } from '../../shared/core/selection.ts';
import { record } from '../record.ts';
import { freeze } from './freeze.ts';
import type { Payer } from './payer.ts';
import { refuse, standAside, waitForSeller } from './refuse.ts';

/**
 * Asks the price, chooses what to pay by our own lists, and freezes price and authorization fields in one
 * transaction. Nothing is signed here; a refusal or an outage costs nothing.
 * @param without rails whose wallet is empty, or whose payee has taken too much that nobody has seen, at present
 */
export async function reserve(payer: Payer, job: Job, without: readonly Rail[] = []): Promise<Job> {
  const entry = offeringOf(job.offering);
  if (!entry) return refuse(payer, job, { name: 'InputInvalid', message: `There is no ${job.offering}.` });

  const first = railsOf(payer.policy).find((rail) => !without.includes(rail));
  const quote = await payer.seller.quote(offeringPath(job.offering), bodyToSend(job), first);
  const at = payer.clock();
  if ('refused' in quote) return refuse(payer, job, quote.refused);
  if ('unavailable' in quote) return waitForSeller(payer, job, quote);

  const uploadsAtomic = (job.uploads ?? []).reduce((sum, { amountAtomic }) => sum + BigInt(amountAtomic), 0n);
  const { maxPriceAtomic } = job;
  const ceiling = ceilingOf(payer.policy, job.offering, entry, job.body, { maxPriceAtomic, uploadsAtomic });
  const selection = selectRequirements(quote.challenge, payer.policy, ceiling, at, without);
  if ('refused' in selection && without.length > 0) return standAside(payer, job);
  if ('refused' in selection) return refuse(payer, job, selection.refused);

  const { rail, selected, asset } = selection;
  const purchase = { purchaseId: job.jobId, generation: 1 };
  const authorization = freeze(payer, selection, purchase, Math.floor(at / 1000));
  const { rows, day, version } = await budgetRowsFor(payer, job, selection);
  const unseen = unseenKey(selection.payTo);
  const amount = Number(selection.amountAtomic);
  const feeCap = selection.rail === 'tempo' ? Number(selection.asset.feeCapAtomic) : 0;
  const event: JobEvent = {
    type: 'reserved',
    ...purchase,
    authorization,
    decimals: asset.decimals,
    day,
    holds: rows
      .filter(({ key }) => key !== unseen)
      .map(({ key, scope }) => ({ key, amount: scope === 'wallet' ? amount + feeCap : amount })),
    unseen,
    at,
  };
  const of = new Map(rows.flatMap(({ key, limit }) => (limit === undefined ? [] : [[key, limit] as const])));
  const reservation = {
    state: 'held',
    authorization,
    signer: { keyId: payer.keyId, address: payer.wallet.address },
    challenge: JSON.stringify(
      rail === 'x402'
        ? { ...quote.challenge, charges: undefined, accepts: [selected] }
        : { ...quote.challenge, accepts: [], charges: [selected] },
    ),
  } as const;
  const { job: stands, outcome } = await record(
    payer,
    job,
    event,
    { reserve: reservation },
    {
      running: true,
      limits: { version, of },
    },
  );
  if (outcome === 'stopped') return standAside(payer, stands);
  if (typeof outcome === 'string') return stands;
  const scope = rows.find(({ key }) => key === outcome.exhausted)?.scope ?? outcome.exhausted;
  const tried = [...without, rail];
  const isLast = railsOf(payer.policy).every((other) => tried.includes(other));
  if (isPassing(scope)) return isLast ? standAside(payer, stands) : reserve(payer, stands, tried);
  const price = formatUsd(selection.amountAtomic, asset.decimals);
  const limit = formatUsd(String(of.get(outcome.exhausted) ?? 0), asset.decimals);
  const message = `Today's budget of ${limit} (${scope}) has less than ${price} left.`;
  return refuse(payer, stands, { name: 'PaymentRefused', message });
}

/** The rows of the first day it was reserved on: frozen anew after midnight, it stays with its day. */
async function budgetRowsFor(
  payer: Payer,
  job: Job,
  { asset, payTo }: Extract<Selection, { payTo: string }>,
): Promise<{ rows: readonly BudgetRow[]; day: string; version: number }> {
  const limits = (await payer.control.readLimits()) ?? payer.limits;
  const since = job.purchase?.holdState === 'held' ? job.purchase.reservedDay : undefined;
  const day = since ?? dayOf(payer.clock());
  const rows = budgetRows(limits, {
    caller: job.caller,
    offering: job.offering,
    payTo,
    network: asset.network,
    asset: asset.asset,
    ...(payer.readsChain(asset.network) && { wallet: payer.wallet.address }),
    day,
  });
  return { day, version: limits.version, rows };
}
