import { parseAmountAtomic } from './money.ts';
import type { TempoAsset, TempoTerms } from './policy.ts';

/** One payment challenge of the Machine Payments Protocol, as parsed. */
export interface Charge {
  /** The parameters exactly as the seller wrote them, to be sent back unchanged: its `id` is bound to every one. */
  readonly wire: Readonly<Record<string, string>>;
  readonly method: string;
  readonly intent: string;
  /** Atomic units, currency and recipient of the `request`. */
  readonly amount?: string | undefined;
  readonly currency?: string | undefined;
  readonly recipient?: string | undefined;
  /** Of the `request`: everything a method says beyond who is paid what. */
  readonly details: Readonly<Record<string, unknown>>;
  /** Unix milliseconds. */
  readonly expiresAt?: number | undefined;
  /** Found where it was read: it is not of this seller, not for this request, or no challenge at all. */
  readonly flaw?: ChargeFlaw | undefined;
}

/** Every reason why a challenge is not paid, by name. */
export const chargeFlaws = {
  RequestMalformed: 'it is not a payment challenge within bounds, or not in canonical form',
  IdMalformed: 'its id is not what a server binds a challenge with',
  RealmMismatch: "its realm is not the seller's host",
  DigestMismatch: 'its digest is of another body than ours',
  MethodUnsupported: 'its method is not tempo',
  IntentUnsupported: 'its intent is not charge',
  ChallengeExpired: 'it has expired, or expires too soon',
  ChainNotPinned: 'its chain is not allow-listed',
  CurrencyNotPinned: 'its currency is not allow-listed',
  RecipientNotPinned: 'its recipient is not allow-listed',
  SplitsRefused: 'it pays others besides',
  PushOnly: 'it wants to be paid before it is asked',
  FeePayerRefused: 'the seller would complete the transaction: its hash could not be known before it is sent',
  DetailsUnsupported: 'it asks for more than we know of',
  AmountMalformed: 'its amount is not a plain positive integer',
} as const;
export type ChargeFlaw = keyof typeof chargeFlaws;

/** The longest life of a transaction, in seconds, and the shortest that is worth a signature. */
export const chargeSeconds = { longest: 25, shortest: 15 } as const;

/** As the package that answers a challenge takes it: what is only like one of ours could not be signed for. */
const sameAddress = (a: string, b = ''): boolean => b.startsWith('0x') && a.toLowerCase() === b.toLowerCase();
const isOn = (network: string, { details }: Charge): boolean =>
  typeof details.chainId === 'number' && network === `eip155:${details.chainId}`;

/** The token of our list that a challenge asks for, if it is one. */
export const chargedAsset = (charge: Charge, terms: TempoTerms): TempoAsset | undefined =>
  terms.assets.find(({ network, asset }) => isOn(network, charge) && sameAddress(asset, charge.currency));

/** The payee of our list that a challenge names, if it is one. */
export const chargedPayee = (charge: Charge, terms: TempoTerms): string | undefined =>
  terms.payees.find((payee) => sameAddress(payee, charge.recipient));

/**
 * Why a challenge may not be paid, whatever it costs: the first reason that holds; undefined when it may.
 * @param now Unix milliseconds
 */
export function chargeObjection(charge: Charge, terms: TempoTerms, now: number): ChargeFlaw | undefined {
  const { details } = charge;
  if (charge.flaw) return charge.flaw;
  if (charge.method !== 'tempo') return 'MethodUnsupported';
  if (charge.intent !== 'charge') return 'IntentUnsupported';
  if (charge.expiresAt !== undefined && charge.expiresAt - now < chargeSeconds.shortest * 1000)
    return 'ChallengeExpired';
  if (!terms.assets.some(({ network }) => isOn(network, charge))) return 'ChainNotPinned';
  if (!chargedAsset(charge, terms)) return 'CurrencyNotPinned';
  if (!chargedPayee(charge, terms)) return 'RecipientNotPinned';
  if (details.splits !== undefined) return 'SplitsRefused';
  if (details.supportedModes !== undefined && !isPull(details.supportedModes)) return 'PushOnly';
  if (details.feePayer !== undefined && details.feePayer !== false) return 'FeePayerRefused';
  if (Object.keys(details).some((name) => !known.includes(name))) return 'DetailsUnsupported';
  return parseAmountAtomic(charge.amount ?? '') === undefined ? 'AmountMalformed' : undefined;
}

const known = ['chainId', 'splits', 'supportedModes', 'feePayer'];

const isPull = (modes: unknown): boolean => Array.isArray(modes) && modes.includes('pull');
