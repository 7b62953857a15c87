import type { Control } from '../shared/aws/dynamodb-control.ts';
import { budgetRows, dayOf, isPassing, type Limits } from '../shared/core/budget.ts';

/** What is needed to tell what may be spent. */
export interface Purse {
  readonly control: Pick<Control, 'readSigning' | 'readSwitches' | 'readLimits' | 'readBudget'>;
  /** The limits of the settings, where an operator has said nothing. */
  readonly limits: Limits;
  /** Unix milliseconds. */
  readonly clock: () => number;
}

export interface BudgetLeft {
  /** Of the row that leaves the least. */
  readonly scope: string;
  readonly leftAtomic: bigint;
}

type Purchase = Omit<Parameters<typeof budgetRows>[1], 'day' | 'offering'> & { readonly offering?: string };

/**
 * What today's budgets leave for a purchase: a look, since others may take from them meanwhile; only the reservation
 * decides. Without an offering, the budgets of single models are left out.
 */
export async function budgetLeft(purse: Purse, purchase: Purchase): Promise<BudgetLeft> {
  const limits = (await purse.control.readLimits()) ?? purse.limits;
  const { offering, ...others } = purchase;
  const rows = budgetRows(
    offering === undefined ? { ...limits, model: undefined, named: onlyCallers(limits) } : limits,
    {
      ...others,
      offering: offering ?? '',
      day: dayOf(purse.clock()),
    },
  );
  const daily = rows.filter(({ scope }) => !isPassing(scope));
  const left = await Promise.all(
    daily.map(async ({ key, scope, limit = 0 }): Promise<BudgetLeft> => {
      const { held = 0, committed = 0 } = (await purse.control.readBudget(key)) ?? {};
      return { scope, leftAtomic: BigInt(Math.max(limit - held - committed, 0)) };
    }),
  );
  return left.reduce((least, one) => (one.leftAtomic < least.leftAtomic ? one : least));
}

const onlyCallers = ({ named }: Limits): Limits['named'] =>
  Object.fromEntries(Object.entries(named).filter(([scope]) => !scope.startsWith('model:')));
