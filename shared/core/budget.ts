import * as z from 'zod';

/**
 * Budgets: a day's limit in all, per caller, per model and per payee; what the wallet holds above its floor; and the
 * exposure to one payee (`exposure.ts`). A reservation takes from all of them in one transaction; only proof gives
 * back. Amounts are atomic units of a six-decimal dollar asset.
 */

export const dailyScopes = ['total', 'caller', 'model', 'payee'] as const;

const amount = z.int().nonnegative().max(Number.MAX_SAFE_INTEGER);

const limitsFields = z.strictObject({
  /** Of everything, per day (UTC). */
  total: amount,
  /** For each caller, model or payee that is not named itself; without it there is no limit of that kind. */
  caller: amount.optional(),
  model: amount.optional(),
  payee: amount.optional(),
  /** Limits of their own, by scope and name. */
  named: z.record(z.string().regex(/^(caller|model|payee):.{1,200}$/), amount).default({}),
  /** Payments that may be exposed to one payee, unless it delivered more in the last hour. */
  exposurePerPayee: z.int().positive().optional(),
  /** Its name in the first release: rows and settings may have it still. */
  unseenPerPayee: z.int().positive().optional(),
  /** Dollars that may be exposed to one payee; without it a fifth of `total`. */
  exposureUsdPerPayee: amount.optional(),
  /** So many payments of an hour that brought nothing stop their payee. */
  lossesPerHour: z.int().positive().default(3),
  /** What stays in the wallet, whatever the day's limits say. */
  floor: amount.default(0),
  /** Counts changes, so that a row of a day is never begun with a limit of yesterday. */
  version: z.int().nonnegative().default(0),
});

interface ExposureNames {
  readonly exposurePerPayee?: number | undefined;
  readonly unseenPerPayee?: number | undefined;
}

/** Limits by their new names only. */
export const withExposureName = <Named extends ExposureNames>({
  unseenPerPayee,
  exposurePerPayee = unseenPerPayee ?? 50,
  ...others
}: Named) => ({ ...others, exposurePerPayee });

/** What an operator allows: `total`, a default for each of a kind, and exceptions such as `caller:AIDA…`. */
export const limitsSchema = limitsFields.transform(withExposureName);
export type Limits = z.infer<typeof limitsSchema>;

/** One row that a reservation takes from. */
export interface BudgetRow {
  readonly key: string;
  /** What it starts with, where it is not there yet; absent for rows that only the chain can fill. */
  readonly limit?: number;
  /** For people: whose limit it is. */
  readonly scope: string;
}

/** Of what a purchase takes from a row. */
export interface Hold {
  readonly key: string;
  readonly amount: number;
}

/** The day of a time, in UTC: `2026-11-24`. */
export const dayOf = (milliseconds: number): string => new Date(milliseconds).toISOString().slice(0, 10);

export const totalKey = (day: string): string => `${day}#total`;
const totalPattern = /^\d{4}-\d\d-\d\d#total$/;
export const isTotal = (key: string): boolean => totalPattern.test(key);
export const floatKey = (network: string, asset: string, wallet: string): string =>
  `float#${tokenKey(network, asset, wallet)}`;
/** What a wallet has of a token on its chain, as looks at the chain go by: a replaced wallet's is another's. */
export const tokenKey = (network: string, asset: string, wallet: string): string =>
  `${network}#${asset.toLowerCase()}#${wallet.toLowerCase()}`;

/**
 * Limit that nothing takes from any more. Uploads of the first release were bought under this caller; they are bought
 * with the budget of whoever asks now.
 */
export const ignoredLimit = 'caller:coinbooth';

/** A limit of its own, by scope and name. */
const namedLimit = ({ named }: Limits, scope: string): number | undefined =>
  scope === ignoredLimit ? undefined : named[scope];

/**
 * The rows that a purchase takes from, each with its limit.
 * @param purchase who asks, for what, paid to whom, in what, on which day
 */
export function budgetRows(
  limits: Limits,
  purchase: {
    readonly caller: string;
    readonly offering: string;
    readonly payTo: string;
    readonly network: string;
    readonly asset: string;
    /** Its address, where what it holds is read from the chain. */
    readonly wallet?: string | undefined;
    readonly day: string;
  },
): readonly BudgetRow[] {
  const names = { caller: purchase.caller, model: purchase.offering, payee: purchase.payTo.toLowerCase() };
  const daily = (['caller', 'model', 'payee'] as const).flatMap((scope): BudgetRow[] => {
    const name = names[scope];
    const limit = namedLimit(limits, `${scope}:${name}`) ?? limits[scope];
    return limit === undefined
      ? []
      : [{ key: `${purchase.day}#${scope}#${name}`, limit, scope: `${scope} ${name}` }];
  });
  return [
    { key: totalKey(purchase.day), limit: limits.total, scope: 'total' },
    ...daily,
    ...(purchase.wallet === undefined ? [] : [walletRow(purchase.network, purchase.asset, purchase.wallet)]),
  ];
}

const walletRow = (network: string, asset: string, wallet: string): BudgetRow => ({
  key: floatKey(network, asset, wallet),
  scope: 'wallet',
});

/** Rows that fill again by themselves: a job waits for them; the others are a refusal. */
export const isPassing = (scope: string): boolean => scope === 'wallet';
