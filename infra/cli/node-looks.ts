import type { ChainReader } from '../../functions/reconciler/chain.ts';
import { NodeError } from '../../functions/reconciler/node.ts';
import { longestRange } from '../../functions/reconciler/pieces.ts';
import { formatUsd } from '../../shared/core/money.ts';

/** How one node stands up to what the reconciler will ask of it. */
export interface NodeLook {
  readonly isReady: boolean;
  readonly says: string;
}

/** Blocks between two looks at the chain, with time to spare: its state must be kept for so long behind the final block. */
const blocksBetweenLooks = 300;
const anyNonce = `0x${'0'.repeat(63)}1`;

/**
 * Asks one node everything that a look at the chain asks: which chain it is, a final block, a block by its number, logs of
 * a thousand blocks, a balance and an authorization at final blocks.
 */
export async function lookAtNode(reader: ChainReader, decimals: number): Promise<NodeLook> {
  const host = reader.host ?? 'a node';
  let asked = 'the final block';
  try {
    const head = await reader.finalHead();
    const back = Math.max(0, head.number - blocksBetweenLooks);
    const from = Math.max(0, head.number - longestRange + 1);
    asked = `block ${back}`;
    await reader.blockAt(back);
    asked = `logs of blocks ${from} to ${head.number}`;
    await reader.movements(from, head.number);
    asked = `the balance at final block ${head.number}`;
    const balance = await reader.balance(head.number);
    // A young chain may have no token yet in its first blocks.
    const kept = back > 0 ? back : head.number;
    asked = `an authorization at block ${kept}`;
    await reader.isNonceUsed(anyNonce, kept, anyNonce);
    const amount = formatUsd(balance.toString(), decimals);
    const says = `${host} answers: final block ${head.number}, ${longestRange} blocks of logs, ${amount}, state of block ${kept}`;
    return { isReady: true, says };
  } catch (error) {
    const { message } = error as Error;
    const remedy = error instanceof NodeError ? `; ${remedies[error.trouble]}` : '';
    return { isReady: false, says: `asked for ${asked}: ${message.split('\n')[0]}${remedy}` };
  }
}

const anotherNode = 'put a node of another provider into coinbooth.chains and deploy';
const remedies: Readonly<Record<NodeError['trouble'], string>> = {
  limited: 'raise the plan of this provider, or put a node of another into coinbooth.chains and deploy',
  silent: anotherNode,
  unreachable: `is its address right? Otherwise ${anotherNode}`,
  pruned: `it must keep state and logs for an hour behind its newest block, as an archive node does; otherwise ${anotherNode}`,
  absent: `it is behind, or not synchronised: wait, or ${anotherNode}`,
  untagged: `name a finalityDepth for this chain (infra/docs/settings.md), or ${anotherNode}`,
  denied: `is its key right, and does its plan allow this method? Otherwise ${anotherNode}`,
  redirected: 'name the address that it leads to, if you trust that, and deploy',
  refused: anotherNode,
  empty: 'are network and token of seller.assets right, and is this a node of that chain?',
  lying: `do not use it: ${anotherNode}`,
  foreign: 'move it to the chain that it is of, and deploy',
};
