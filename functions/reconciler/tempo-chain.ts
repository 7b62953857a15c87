import { toEventSelector } from 'viem';
import { blocksAt, type ChainReader, type Movement, topicOf, transfer, transferOf } from './chain.ts';
import type { ChainNode } from './node.ts';
import { logsOf, receiptOf } from './node-reads.ts';
import { piecesOf } from './pieces.ts';

const withMemo = toEventSelector(
  'event TransferWithMemo(address indexed from, address indexed to, uint256 value, bytes32 indexed memo)',
);

/** The contract that takes the fee of every transaction, in the token it is paid with. */
const feeManager = '0xfeec000000000000000000000000000000000000';

/**
 * Reads a Tempo chain through one node. There is no nonce that a token counts: a purchase is known by the memo of its
 * transfer, and by the hash of the transaction that was signed for it. A transfer of nothing is no movement.
 * @throws NodeError when the node does not answer, or cannot be believed; nothing is concluded then
 */
export function tempoChainAt(node: ChainNode, token: string, wallet: string): ChainReader {
  const owner = topicOf(wallet);

  async function movementsIn(from: number, to: number): Promise<Movement[]> {
    const own = await logsOf(node, token, [[withMemo, transfer], owner], from, to);
    const received = await logsOf(node, token, [transfer, null, owner], from, to);
    return [
      ...own.flatMap((log): Movement[] => {
        const moved = transferOf(node, log);
        if (moved.value === 0n) return [];
        if (log.topics[0] === transfer)
          return [{ kind: moved.to === feeManager ? 'fee' : 'sent', ...log.place, ...moved }];
        const nonce = log.topics[3];
        if (nonce === undefined)
          throw node.error('lying', `a memo that is missing in transaction ${log.place.transaction}`);
        return [{ kind: 'used', ...log.place, nonce }];
      }),
      ...received.map((log): Movement => ({ kind: 'received', ...log.place, ...transferOf(node, log) })),
    ].filter(({ value }) => value !== 0n);
  }

  return {
    ...blocksAt(node, token, wallet),
    movements: piecesOf(movementsIn),
    provesByLogs: true,
    async isNonceUsed(_memo, atBlock, transaction) {
      if (transaction === undefined) return false;
      const receipt = await receiptOf(node, transaction);
      // One that was taken into a block and failed moved nothing but its fee, and is never taken again.
      if (!receipt?.isSuccess) return false;
      if (receipt.blockNumber > atBlock)
        throw node.error('absent', `block ${receipt.blockNumber}, in which transaction ${transaction} is`);
      return true;
    },
  };
}
