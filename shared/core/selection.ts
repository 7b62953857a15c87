import { type Charge, chargedAsset, chargedPayee, chargeFlaws, chargeObjection } from './charge.ts';
import type { Reason } from './errors.ts';
import { formatUsd, parseAmountAtomic } from './money.ts';
import {
  type AllowedAsset,
  type Rail,
  railsOf,
  type SellerPolicy,
  type TempoAsset,
  windowSeconds,
} from './policy.ts';

/** One payment option of a challenge, as parsed; `verbatim` is what the seller wrote, to be sent back unchanged. */
export interface PaymentRequirements {
  readonly scheme: string;
  readonly network: string;
  readonly amount: string;
  readonly asset: string;
  readonly payTo: string;
  readonly maxTimeoutSeconds: number;
  readonly extra?: Readonly<Record<string, unknown>> | undefined;
  readonly verbatim: Readonly<Record<string, unknown>>;
}

/** The whole 402, as parsed. */
export interface Challenge {
  readonly resourceUrl: string;
  readonly accepts: readonly PaymentRequirements[];
  /** Options that could not be read: in words, why each was passed over. */
  readonly passedOver?: readonly string[] | undefined;
  /** Of the Machine Payments Protocol, beside the options of x402. */
  readonly charges?: readonly Charge[] | undefined;
  /** Everything else the buyer must echo. */
  readonly resource: Readonly<Record<string, unknown>>;
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
}

/** What will be paid; everything but `selected` is ours, or checked against ours. */
export type Choice = { readonly payTo: string; readonly amountAtomic: string } & (
  | { readonly rail: 'x402'; readonly selected: PaymentRequirements; readonly asset: AllowedAsset }
  | { readonly rail: 'tempo'; readonly selected: Charge; readonly asset: TempoAsset }
);

export type Selection = Choice | { readonly refused: Reason };

const sameAddress = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** What a seller wrote, as far as it is a name; anything else has no place in a message or a log. */
const named = (text: unknown): string =>
  typeof text === 'string' && /^[\w:.-]{1,64}$/.test(text) ? text : '(unreadable)';

/** Why an option may not be paid, whatever it costs; undefined when it may. */
function objection(option: PaymentRequirements, policy: SellerPolicy): string | undefined {
  if (option.scheme !== 'exact') return `scheme ${named(option.scheme)} is not "exact"`;
  const asset = policy.assets.find(
    (allowed) => allowed.network === option.network && sameAddress(allowed.asset, option.asset),
  );
  if (!asset) return `asset ${named(option.asset)} on ${named(option.network)} is not allow-listed`;
  if (!policy.payees.some((payee) => sameAddress(payee, option.payTo)))
    return `payee ${named(option.payTo)} is not allow-listed`;
  const method = option.extra?.assetTransferMethod;
  if (method !== undefined && method !== 'eip3009') return `transfer method ${named(method)} is not EIP-3009`;
  if (option.extra?.name !== asset.name || option.extra?.version !== asset.version)
    return `token domain is not "${asset.name}" version "${asset.version}"`;
  if (!Number.isInteger(option.maxTimeoutSeconds) || option.maxTimeoutSeconds < windowSeconds.shortest)
    return `window of ${option.maxTimeoutSeconds} s leaves no room for a retry`;
  if (parseAmountAtomic(option.amount) === undefined) return 'amount is not a plain positive integer';
  return undefined;
}

/**
 * Chooses what to pay: on the first rail, in the order of the settings, that offers something which matches our
 * allow-lists in every respect; there the cheapest, whatever the order they came in. What is signed later comes from
 * `asset`, `payTo` and `amountAtomic`, all of them ours or checked against ours.
 * @param ceilingAtomic the most this purchase may cost
 * @param now Unix milliseconds
 * @param without rails that cannot be used at present
 * @returns the choice, or ChallengeUnsupported (nothing payable) or PaymentRefused (payable, but too dear)
 */
export function selectRequirements(
  challenge: Challenge,
  policy: SellerPolicy,
  ceilingAtomic: bigint,
  now: number,
  without: readonly Rail[] = [],
): Selection {
  const objections: string[] = [];
  let tooDear: Choice | undefined;
  for (const rail of railsOf(policy)) {
    if (without.includes(rail)) continue;
    const offered = rail === 'x402' ? onX402(challenge, policy) : onTempo(challenge, policy, now);
    objections.push(...offered.objections);
    if (!offered.cheapest) continue;
    if (BigInt(offered.cheapest.amountAtomic) <= ceilingAtomic) return offered.cheapest;
    tooDear ??= offered.cheapest;
  }
  if (!tooDear) {
    const message = `No payment option of the seller is acceptable: ${objections.slice(0, 5).join('; ') || 'it offers none'}.`;
    return { refused: { name: 'ChallengeUnsupported', message } };
  }
  const [asked, most] = [tooDear.amountAtomic, ceilingAtomic.toString()].map((amount) =>
    formatUsd(amount, 6),
  );
  const message = `The seller asks ${asked}; the ceiling for this request is ${most}.`;
  return { refused: { name: 'PaymentRefused', message } };
}

/** What one rail offers that we may pay, and why not the rest. */
interface Offered {
  readonly cheapest: Choice | undefined;
  readonly objections: readonly string[];
}

function onX402({ accepts, passedOver = [] }: Challenge, policy: SellerPolicy): Offered {
  const objections = [...passedOver];
  const payable: { option: PaymentRequirements; amount: bigint }[] = [];
  for (const option of accepts) {
    const why = objection(option, policy);
    if (why === undefined) payable.push({ option, amount: BigInt(option.amount) });
    else objections.push(why);
  }
  const cheapest = payable.toSorted((a, b) =>
    a.amount === b.amount ? rank(a.option).localeCompare(rank(b.option)) : a.amount < b.amount ? -1 : 1,
  )[0];
  if (!cheapest) return { cheapest, objections };
  const { option, amount } = cheapest;
  const asset = policy.assets.find((a) => a.network === option.network && sameAddress(a.asset, option.asset));
  const payTo = policy.payees.find((payee) => sameAddress(payee, option.payTo));
  if (!asset || !payTo) throw new Error('An option without objection must match the policy.');
  return {
    cheapest: { rail: 'x402', selected: option, asset, payTo, amountAtomic: amount.toString() },
    objections,
  };
}

const rank = ({ network, asset, payTo }: PaymentRequirements): string =>
  `${network} ${asset.toLowerCase()} ${payTo.toLowerCase()}`;

function onTempo({ charges = [] }: Challenge, { tempo }: SellerPolicy, now: number): Offered {
  if (!tempo) return { cheapest: undefined, objections: [] };
  const objections: string[] = [];
  const payable: Choice[] = [];
  for (const charge of charges) {
    const flaw = chargeObjection(charge, tempo, now);
    const [asset, payTo] = [chargedAsset(charge, tempo), chargedPayee(charge, tempo)];
    if (flaw) objections.push(`payment challenge: ${flaw}, ${chargeFlaws[flaw]}`);
    else if (asset && payTo)
      payable.push({ rail: 'tempo', selected: charge, asset, payTo, amountAtomic: charge.amount ?? '' });
  }
  const [cheapest] = payable.toSorted((a, b) => Number(BigInt(a.amountAtomic) - BigInt(b.amountAtomic)));
  return { cheapest, objections };
}
