import {
  type FrozenAuthorization,
  freezeAuthorization,
  freezeCharge,
} from '../../shared/core/authorization.ts';
import type { Choice } from '../../shared/core/selection.ts';
import { nonceOf } from '../../shared/protocol/eip3009.ts';
import { memoOf } from '../../shared/protocol/mpp-memo.ts';
import type { Payer } from './payer.ts';

interface Named {
  readonly purchaseId: string;
  readonly generation: number;
}

/** The name of a purchase in a token: of this deployment, and the same for every worker, replay and restored backup. */
export const purchaseName = (
  payer: Pick<Payer, 'deployment'>,
  { network, asset }: { readonly network: string; readonly asset: string },
  purchase: Named,
) =>
  nonceOf({
    deployment: payer.deployment,
    network,
    asset,
    ...purchase,
  });

/** Everything that will be signed for a choice, from our lists and our clock alone. */
export function freeze(
  payer: Pick<Payer, 'deployment' | 'wallet'>,
  { rail, selected, asset, payTo, amountAtomic }: Choice,
  purchase: Named,
  nowSeconds: number,
): FrozenAuthorization {
  const nonce = purchaseName(payer, asset, purchase);
  const terms = { from: payer.wallet.address, payTo, amountAtomic, nowSeconds };
  if (rail === 'x402')
    return freezeAuthorization({
      asset,
      ...terms,
      maxTimeoutSeconds: selected.maxTimeoutSeconds,
      nonce,
    });
  const { id = '', realm = '' } = selected.wire;
  return freezeCharge({ asset, ...terms, expiresAt: selected.expiresAt, memo: memoOf({ id, realm }, nonce) });
}
