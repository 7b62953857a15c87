import { type NodesOf, nodesOf, type PaidAsset } from '../../shared/core/policy.ts';
import { agreed } from './agree.ts';
import { type ChainReader, chainAt } from './chain.ts';
import { type NodeOptions, nodeAt } from './node.ts';
import { tempoChainAt } from './tempo-chain.ts';

/** One reader for each node of an asset's chain. */
export function readersOf(
  nodes: NodesOf,
  { network, asset, rail }: Pick<PaidAsset, 'network' | 'asset' | 'rail'>,
  wallet: string,
  options: Omit<NodeOptions, 'network' | 'finalityDepth'> = {},
): readonly ChainReader[] {
  const { rpcUrls, finalityDepth } = nodesOf(nodes);
  const readerAt = rail === 'tempo' ? tempoChainAt : chainAt;
  return rpcUrls.map((rpcUrl) =>
    readerAt(nodeAt(rpcUrl, { ...options, network, finalityDepth }), asset, wallet),
  );
}

/** All nodes of an asset's chain as one. */
export const readChain = (...asked: Parameters<typeof readersOf>): ChainReader => agreed(readersOf(...asked));
