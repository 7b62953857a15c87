import { heldBy } from '../../shared/core/budget-moves.ts';
import { offeringOf } from '../../shared/core/catalogue.ts';
import { exposureKey, isExposable } from '../../shared/core/exposure.ts';
import type { Earmark, Job, NeededUpload } from '../../shared/core/job-record.ts';
import type { Rail } from '../../shared/core/policy.ts';
import { uploadOffering } from '../../shared/core/upload.ts';
import { pricedBody, slotsAtomic } from '../priced-body.ts';
import { record } from '../record.ts';
import { choose } from './choose.ts';
import type { Payer } from './payer.ts';
import { refuse, standAside } from './refuse.ts';
import { budgetOf, holdsOf, limitsOf, onExhausted, rowsOf } from './take-budget.ts';

/** What a request needs before it can be sent. */
interface Needed {
  readonly uploads: readonly NeededUpload[];
  /** Uploads that are not delivered yet, by their job ids. */
  readonly slots: readonly string[];
  /** Number of those slots without an upload job yet. They count against the caller's own limit. */
  readonly unbought: number;
}

/**
 * Holds on the asking caller's budgets what a request and its uploads may cost, before anything is bought for it. An
 * upload that another job buys is held for as well: it may come to nothing there. A caller whose budget is used up is
 * refused; nothing is signed.
 * @param without rails whose wallet is empty at present
 */
export async function earmarkBudget(
  payer: Payer,
  job: Job,
  needed: Needed,
  without: readonly Rail[] = [],
): Promise<Job> {
  const entry = offeringOf(job.offering);
  if (!entry) return refuse(payer, job, { name: 'InputInvalid', message: `There is no ${job.offering}.` });
  const { uploads, slots, unbought } = needed;
  // The seller prices the options, not the files: stand-ins have addresses already.
  const body = pricedBody(payer.policy.origin, entry, job.body, job.references ?? []);
  const uploadsAtomic = slotsAtomic(payer.policy, unbought);
  const chosen = await choose(payer, job, { entry, body, uploadsAtomic, without });
  if ('stands' in chosen) return chosen.stands;

  const { choice } = chosen;
  const budget = await budgetOf(payer, job);
  const rows = rowsOf(payer, budget, job.offering, choice);
  const slotRows = rowsOf(payer, budget, uploadOffering, choice);
  const slotHolds = holdsOf(slotRows, choice, Number(slotsAtomic(payer.policy, 1)));
  const earmark: Earmark = {
    day: budget.day,
    holds: holdsOf(rows, choice, Number(choice.amountAtomic)),
    slots: slots.map((jobId) => ({ jobId, holds: slotHolds })),
  };
  const all = [...rows, ...slotRows];
  const again = (tried: readonly Rail[]) => earmarkBudget(payer, job, needed, tried);
  // No place is bought for a file of a picture that may not be bought as well.
  const exposure = await payer.control.readExposure(choice.payTo);
  const wantedAtomic = Number(choice.amountAtomic) + Number(uploadsAtomic);
  if (exposure && !isExposable(budget.limits, exposure, wantedAtomic, payer.clock())) {
    const outcome = { exhausted: exposureKey(choice.payTo) };
    return onExhausted(payer, job, { outcome, rows: all, holds: [], choice, without }, again);
  }
  const { job: stands, outcome } = await record(
    payer,
    job,
    { type: 'uploading', uploads, earmark, at: payer.clock() },
    undefined,
    { running: true, limits: limitsOf(budget, all) },
  );
  if (outcome === 'stopped') return standAside(payer, stands);
  if (typeof outcome === 'string') return stands;
  const exhausted = { outcome, rows: all, holds: heldBy({ earmark }), choice, without };
  return onExhausted(payer, stands, exhausted, (tried) => earmarkBudget(payer, stands, needed, tried));
}
