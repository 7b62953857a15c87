import type { Address, Hex, PublicClient } from 'viem';
import { TOKEN_ABI } from './token.ts';

/** One EIP-3009 transfer that the token executed. `value` is atomic (six decimals). */
export interface Settlement {
  transaction: Hex;
  from: Address;
  to: Address;
  value: bigint;
  /** The authorization's 32-byte nonce. */
  nonce: Hex;
}

/**
 * Every settlement on the chain, oldest first. `AuthorizationUsed` alone does not say what moved and `Transfer`
 * alone does not say why: both, from one transaction and about one payer, make a settlement. The token emits the
 * two next to each other, so the transfer is the payer's next log in that transaction.
 *
 * @param from only those paid by this address.
 */
export async function listSettlements(
  client: PublicClient,
  token: Address,
  from?: Address,
): Promise<Settlement[]> {
  const range = { address: token, fromBlock: 0n, toBlock: 'latest', strict: true } as const;
  const [used, transfers] = await Promise.all([
    client.getContractEvents({
      ...range,
      abi: TOKEN_ABI,
      eventName: 'AuthorizationUsed',
      ...(from === undefined ? {} : { args: { authorizer: from } }),
    }),
    client.getContractEvents({
      ...range,
      abi: TOKEN_ABI,
      eventName: 'Transfer',
      ...(from === undefined ? {} : { args: { from } }),
    }),
  ]);
  return used.flatMap((use) => {
    const transfer = transfers.find(
      (candidate) =>
        candidate.transactionHash === use.transactionHash &&
        candidate.args.from === use.args.authorizer &&
        candidate.logIndex > use.logIndex,
    );
    if (transfer === undefined) return [];
    const { to, value } = transfer.args;
    return [
      { transaction: use.transactionHash, from: use.args.authorizer, to, value, nonce: use.args.nonce },
    ];
  });
}
