import { type Address, createPublicClient, erc20Abi, http } from 'viem';
import { formatUsd } from '../../../shared/core/money.ts';
import { askingNode } from './node-words.ts';
import type { Booth } from './open-booth.ts';

/**
 * What the wallet of another seller holds, in words for the person who must fund it.
 * @param rpcUrl a node to ask; without one nobody can know
 * @throws Error when the node says that there is nothing to pay with
 */
export async function walletFunds({ policy, wallet }: Booth, rpcUrl: string | undefined): Promise<string> {
  const [token] = policy.assets;
  if (!token) throw new Error('The settings name no token to pay with.');
  const which = `token ${token.asset} on ${token.network}`;
  if (rpcUrl === undefined)
    return `the wallet must hold ${which}; give --rpc to have that looked up, or COINBOOTH_LOCAL_KEY for one that does`;
  const client = createPublicClient({ transport: http(rpcUrl) });
  const address = token.asset as Address;
  const balance = await askingNode(rpcUrl, () =>
    client.readContract({ address, abi: erc20Abi, functionName: 'balanceOf', args: [wallet] }),
  );
  if (balance === 0n)
    throw new Error(
      `The wallet ${wallet} holds nothing of ${which}. Send it some, or set COINBOOTH_LOCAL_KEY.`,
    );
  return `the wallet holds ${formatUsd(balance.toString(), token.decimals)} of ${which}`;
}
