import type { Address } from 'viem';
import type { Settlement } from '../chain/list-settlements.ts';
import type { Booth } from './open-booth.ts';

/** Everything that the sandbox's chains were paid by a wallet: by a token's nonce, or by the memo in its place. */
export async function listPayments(sandbox: Booth['sandbox'], wallet: Address): Promise<Settlement[]> {
  const [settlements = [], transfers = []] = await Promise.all([
    sandbox?.chain.settlements(wallet),
    sandbox?.tempo?.transfers(wallet),
  ]);
  return [...settlements, ...transfers.map(({ memo, ...transfer }) => ({ ...transfer, nonce: memo }))];
}
