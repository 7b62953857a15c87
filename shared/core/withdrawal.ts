import * as z from 'zod';
import { type Authorization, freezeAuthorization } from './authorization.ts';
import { type AllowedAsset, paidAssets, type SellerPolicy, windowSeconds } from './policy.ts';

/**
 * Moving money out of the wallet, to an address that the settings name: an authorization like any other in the ledger
 * (EIP-3009), which nobody is sent. Whoever has gas may submit it; it ends by proof alone. It is asked for by an operator,
 * never by a caller, and is no entry of the catalogue.
 */

export const withdrawalOffering = 'withdrawal';

export const isWithdrawal = ({ offering }: { readonly offering: string }): boolean =>
  offering === withdrawalOffering;

/** The request: how much of what. Whom it goes to is not the asker's to say. */
export const withdrawalSchema = z.strictObject({
  network: z.string(),
  asset: z.string(),
  amountAtomic: z.string().regex(/^[1-9][0-9]{0,14}$/),
});
export type Withdrawal = z.infer<typeof withdrawalSchema>;

/**
 * An hour: time for a person to find an account with gas, and for the several hands that some treasuries ask for. For so
 * long what it takes is held, submitted or not.
 */
export const withdrawalSeconds = 3_600;
/** What is not signed by then is not signed at all: nobody is to be surprised by it later. */
export const withdrawalDeadlineMilliseconds = 5 * 60_000;

/** Where the money of each network goes, by CAIP-2 name: a treasury that is a contract is on one chain alone. */
export const treasuriesSchema = z.record(
  z.string().regex(/^eip155:[1-9][0-9]{0,15}$/, 'must be a network such as eip155:8453'),
  z.string().regex(/^0x[0-9a-fA-F]{40}$/, 'must be a 20-byte hex address'),
);
export type Treasuries = z.infer<typeof treasuriesSchema>;

const isSame = (a: string, b: string | undefined): boolean => a.toLowerCase() === b?.toLowerCase();

/** Why money may not go to an address, in the words that follow it; undefined when it may. */
export function treasuryObjection(
  treasury: string,
  policy: SellerPolicy,
  wallet?: string,
): string | undefined {
  const payees = [...policy.payees, ...(policy.tempo?.payees ?? [])];
  const tokens = [...policy.assets, ...(policy.tempo?.assets ?? [])].map(({ asset }) => asset);
  if (/^0x0+$/.test(treasury)) return 'is the zero address';
  if (isSame(treasury, wallet)) return 'is the wallet itself';
  if (payees.some((payee) => isSame(payee, treasury))) return 'is a payee of ours: that would be a payment';
  if (tokens.some((token) => isSame(token, treasury))) return 'is a token contract';
  return undefined;
}

/** What a withdrawal moves, and where to; or in words why there can be none. */
export function withdrawalTerms(
  { network, asset: token }: Pick<Withdrawal, 'network' | 'asset'>,
  policy: SellerPolicy,
  treasuries: Treasuries,
  wallet?: string,
): { readonly asset: AllowedAsset; readonly treasury: string } | { readonly refused: string } {
  const paid = paidAssets(policy).find((one) => one.network === network && isSame(one.asset, token));
  if (paid?.rail === 'tempo') return { refused: tempoRefusal };
  const asset = policy.assets.find((one) => one.network === network && isSame(one.asset, token));
  if (!paid || !asset) return { refused: `${token} on ${network} is no token that is paid with here.` };
  const treasury = treasuries[network];
  if (treasury === undefined)
    return { refused: `No treasury is set for ${network}: it is "treasury" in the settings.` };
  const objection = treasuryObjection(treasury, policy, wallet);
  return objection === undefined
    ? { asset, treasury }
    : { refused: `The treasury ${treasury} ${objection}.` };
}

const tempoRefusal =
  'Nothing is withdrawn on Tempo: what is signed there is a whole transaction, which lives for seconds and pays its own ' +
  'fee, so that it could not be handed to a person to submit.';

/** Puts together what will be signed, for as long as a person needs. */
export const freezeWithdrawal = (
  terms: { readonly asset: AllowedAsset; readonly treasury: string; readonly amountAtomic: string },
  { from, nonce, nowSeconds }: { readonly from: string; readonly nonce: string; readonly nowSeconds: number },
): Authorization => ({
  ...freezeAuthorization({
    asset: terms.asset,
    from,
    payTo: terms.treasury,
    amountAtomic: terms.amountAtomic,
    maxTimeoutSeconds: windowSeconds.longest,
    nonce,
    nowSeconds,
  }),
  validBefore: nowSeconds + withdrawalSeconds,
});
