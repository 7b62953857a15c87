import type { Quoted } from '../../shared/contracts/http-offers.ts';
import type { WrongField } from '../../shared/contracts/wrong-field.ts';
import { offeringPath } from '../../shared/core/catalogue.ts';
import { ceilingOf } from '../../shared/core/ceiling.ts';
import type { Reason } from '../../shared/core/errors.ts';
import { formatUsd } from '../../shared/core/money.ts';
import { type Selection, selectRequirements } from '../../shared/core/selection.ts';
import type { Quote } from '../../shared/seller/quote.ts';
import { type BudgetLeft, budgetLeft } from '../budget-left.ts';
import { noPlaceForFiles, pricedBody, slotsAtomic } from '../priced-body.ts';
import { type Checked, check } from './check.ts';
import type { Door } from './door.ts';
import { deliveredBefore } from './submit.ts';
import { stopBefore } from './waits-for.ts';

/** Above every amount that can be written (`money.ts`). */
const anyPriceAtomic = 10n ** 10n;

const amount = (amountAtomic: bigint) => ({
  amountAtomic: amountAtomic.toString(),
  usd: formatUsd(amountAtomic.toString(), 6),
});

/**
 * Tells what a request would cost at this moment, and whether it would be paid: the checks, the question and the
 * choice are the same that a job meets. Nothing is written, spent or signed.
 * @param request unparsed: the body of a request, and its `model/operation` as `model`
 * @returns the quote, every wrong field, terms that cannot be met, or a seller that does not answer
 */
export async function quote(
  door: Door,
  caller: string,
  request: unknown,
): Promise<
  | { quoted: Quoted }
  | { wrong: readonly WrongField[] }
  | Extract<Selection, { refused: unknown }>
  | Extract<Quote, { unavailable: string }>
> {
  const { model, ...rest } = typeof request === 'object' ? ({ ...request } as Record<string, unknown>) : {};
  if (typeof model !== 'string')
    return { wrong: [{ field: 'model', message: 'must be such as flux-2-pro/generate' }] };
  const checked = await check(door, caller, model, rest);
  if ('wrong' in checked) return checked;

  const { name, entry, body, references } = checked;
  const files = [...new Set(references)];
  const asked = await door.askPrice(offeringPath(name), pricedBody(door.policy.origin, entry, body, files));
  if (!('challenge' in asked)) return asked;
  const at = door.clock();
  const cheapest = selectRequirements(asked.challenge, door.policy, anyPriceAtomic, at);
  if ('refused' in cheapest) return cheapest;
  const uploads = slotsAtomic(door.policy, files.length);
  const ceiling = ceilingOf(door.policy, name, entry, body, { uploadsAtomic: uploads });
  const limit = ceilingOf(door.policy, name, entry, body, {
    maxPriceAtomic: checked.controls.maxPrice,
    uploadsAtomic: uploads,
  });
  const { maxPrice } = checked.controls;
  const price = BigInt(cheapest.amountAtomic);
  const { network, asset } = cheapest.asset;
  const budget = await budgetLeft(door, { caller, offering: name, payTo: cheapest.payTo, network, asset });
  const reason =
    objection(selectRequirements(asked.challenge, door.policy, limit, at), door, files) ??
    (await spendingObjection(door, { caller, offering: name }, budget, price + uploads));
  return {
    quoted: {
      type: entry.type,
      model: name,
      payment: {
        ...amount(price),
        network: cheapest.asset.network,
        asset: cheapest.asset.asset,
        payTo: cheapest.payTo,
      },
      uploads: { ...amount(uploads), atMost: files.length },
      total: amount(price + uploads),
      ceiling: amount(ceiling),
      budget: { ...amount(budget.leftAtomic), scope: budget.scope },
      ...(maxPrice !== undefined && { maxPrice: amount(BigInt(maxPrice)) }),
      payable: reason === undefined,
      ...(reason && { reason }),
      ...(await reusable(door, checked)),
    },
  };
}

/** Why it would not be paid. */
function objection(chosen: Selection, { policy }: Door, files: readonly string[]): Reason | undefined {
  if (files.length > 0 && !policy.uploads) return { name: 'InputInvalid', message: noPlaceForFiles };
  return 'refused' in chosen ? chosen.refused : undefined;
}

async function spendingObjection(
  door: Door,
  asked: { readonly caller: string; readonly offering: string },
  { scope, leftAtomic }: BudgetLeft,
  total: bigint,
): Promise<Reason | undefined> {
  const refused = (message: string): Reason => ({ name: 'PaymentRefused', message });
  if (total > leftAtomic)
    return refused(
      `It costs ${amount(total).usd}; today's budget (${scope}) has ${amount(leftAtomic).usd} left.`,
    );
  const stopped = await stopBefore(door, asked);
  return stopped === undefined ? undefined : refused(stopped);
}

async function reusable(door: Door, { controls, requestHash }: Checked): Promise<Pick<Quoted, 'reusable'>> {
  const same = controls.reuse ? await deliveredBefore(door, requestHash) : undefined;
  return same ? { reusable: same.jobId } : {};
}
