import type { Signing, Switch } from '../../shared/aws/dynamodb-control.ts';
import { budgetRows, dayOf, ignoredLimit, type Limits } from '../../shared/core/budget.ts';
import { exposureBound, paymentsAllowed } from '../../shared/core/exposure.ts';
import { paidAssets, payeesOf, type SellerPolicy } from '../../shared/core/policy.ts';
import type { Deployment } from './deployment.ts';

/** What may be spent today, and what was: atomic units, but for `exposure`, which counts payments. */
export interface BudgetToday {
  /** Undefined where nobody has resumed it yet. */
  readonly signing: Signing | undefined;
  /** Callers, models and payees that are stopped by themselves. */
  readonly stopped: readonly Switch[];
  readonly limits: Limits;
  readonly today: readonly {
    readonly scope: string;
    /** Which payee or token of several. */
    readonly of?: string;
    readonly limit: number;
    readonly held: number;
    readonly committed: number;
  }[];
}

/** Reads the budgets of today (UTC): the rows that can be named without asking who has bought what. */
export async function budgetToday({
  control,
  limits: preset,
  settings,
  wallet,
}: Pick<Deployment, 'control' | 'limits' | 'settings' | 'wallet'>): Promise<BudgetToday> {
  const [said, signing, switches] = await Promise.all([
    control.readLimits(),
    control.readSigning(),
    control.readSwitches(),
  ]);
  const limits = said ?? preset;
  const keys = keysOf(limits, settings.seller, wallet);
  const today = await Promise.all(
    keys.map(async ({ key, scope, of, limit }) => {
      const { limit: total, held = 0, committed = 0 } = (await control.readBudget(key)) ?? {};
      return { scope, ...(of !== undefined && { of }), limit: limit ?? total ?? 0, held, committed };
    }),
  );
  const exposures = await Promise.all(
    payeesOf(settings.seller).map((payTo) => exposureTo(control, limits, payTo)),
  );
  const exposed = exposures.flatMap(({ payTo, rows }) =>
    rows.map((row) => ({ ...row, ...(exposures.length > 1 && { of: payTo }) })),
  );
  const stopped = switches.filter(({ enabled }) => !enabled);
  return { signing, stopped, limits, today: [...today, ...exposed] };
}

/** What is exposed to one payee, in payments and in dollars, and the bound of each now. */
async function exposureTo(control: Deployment['control'], limits: Limits, payTo: string) {
  const exposure = await control.readExposure(payTo);
  const { payments = 0, atomic = 0 } = exposure ?? {};
  const bound = exposureBound(limits, 0, Date.now());
  const most = paymentsAllowed(bound, exposure ?? {});
  return {
    payTo,
    rows: [
      { scope: 'exposure', limit: most, held: payments, committed: 0 },
      { scope: 'exposure-usd', limit: bound.atomic, held: atomic, committed: 0 },
    ],
  };
}

/** The rows of today that can be named without asking who has bought what. */
function keysOf(limits: Limits, seller: SellerPolicy, wallet: string) {
  const day = dayOf(Date.now());
  const followed = Object.entries(limits.named).filter(([scope]) => scope !== ignoredLimit);
  const named = followed.map(([scope, limit]) => {
    const [kind = '', ...name] = scope.split(':');
    return { key: `${day}#${kind}#${name.join(':')}`, scope: scope.replace(':', ' '), of: undefined, limit };
  });
  const payees = { x402: seller.payees, tempo: seller.tempo?.payees ?? [] };
  const rows = paidAssets(seller).flatMap(({ rail, network, asset }) =>
    payees[rail].flatMap((payTo) =>
      budgetRows(limits, { caller: '', offering: '', payTo, network, asset, wallet, day }).map((row) => ({
        ...row,
        of: row.scope === 'wallet' ? `${asset} on ${network}` : payTo,
      })),
    ),
  );
  const plain = rows.filter(({ key }) => !/#(caller|model)#$/.test(key));
  const all = [...plain, ...named].map(({ limit, ...row }) => ({
    ...row,
    ...(limit !== undefined && { limit }),
  }));
  const unique = [...new Map(all.map((row) => [row.key, row])).values()];
  return unique.map(({ of, ...row }) => ({
    ...row,
    ...(of !== undefined && unique.filter(({ scope }) => scope === row.scope).length > 1 && { of }),
  }));
}
