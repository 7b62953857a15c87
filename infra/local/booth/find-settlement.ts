import { type Address, createPublicClient, type Hex, http } from 'viem';
import type { JobEnded } from '../../../shared/contracts/event.ts';
import { listSettlements } from '../chain/list-settlements.ts';

export interface FoundSettlement {
  readonly transaction: string;
  /** `chain`: seen in a block, with the amount and the payee of our own ledger; `seller`: only claimed. */
  readonly source: 'chain' | 'seller';
}

/**
 * The transaction that paid for a job: looked up on the chain by the authorization's nonce where a node can be
 * asked, otherwise what the seller said.
 * @param rpcUrl of the chain's node
 */
export async function findSettlement(
  payment: NonNullable<JobEnded['payment']>,
  rpcUrl: string | undefined,
): Promise<FoundSettlement | undefined> {
  if (rpcUrl !== undefined) {
    const client = createPublicClient({ transport: http(rpcUrl) });
    const settlements = await listSettlements(client, payment.asset as Address, payment.payer as Address);
    const mine = settlements.find(
      ({ nonce, value, to }) =>
        nonce === (payment.nonce as Hex) &&
        value === BigInt(payment.amountAtomic) &&
        to.toLowerCase() === payment.payTo.toLowerCase(),
    );
    if (mine) return { transaction: mine.transaction, source: 'chain' };
  }
  return payment.transaction === undefined
    ? undefined
    : { transaction: payment.transaction, source: 'seller' };
}
