import { type Address, createPublicClient, type Hex, http } from 'viem';
import type { JobEnded } from '../../../shared/contracts/event.ts';
import { listSettlements } from '../chain/list-settlements.ts';
import { listPayments } from './list-payments.ts';
import { askingNode } from './node-words.ts';
import type { Booth } from './open-booth.ts';

export interface FoundSettlement {
  readonly transaction: string;
  /** `chain`: seen in a block, with the amount and the payee of our own ledger; `seller`: only claimed. */
  readonly source: 'chain' | 'seller';
}

/**
 * The transaction that paid for a job: looked up on the chain by the authorization's nonce where a node can be
 * asked, otherwise what the seller said.
 * @param rpcUrl of the chain's node, where it is not the sandbox's
 */
export async function findSettlement(
  { sandbox }: Pick<Booth, 'sandbox'>,
  payment: NonNullable<JobEnded['payment']>,
  rpcUrl: string | undefined,
): Promise<FoundSettlement | undefined> {
  const [asset, payer] = [payment.asset as Address, payment.payer as Address];
  if (sandbox || rpcUrl !== undefined) {
    const settlements = sandbox
      ? await listPayments(sandbox, payer)
      : await settlementsAt(rpcUrl ?? '', asset, payer);
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

const settlementsAt = (rpcUrl: string, asset: Address, payer: Address) =>
  askingNode(rpcUrl, () => listSettlements(createPublicClient({ transport: http(rpcUrl) }), asset, payer));
