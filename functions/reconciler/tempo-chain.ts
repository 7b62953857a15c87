import { type Address, type Hex, parseAbi, TransactionReceiptNotFoundError } from 'viem';
import { blocksAt, type ChainReader, inPieces, type Movement, movesMoney, nodeAt, placeOf } from './chain.ts';

const [transfer, transferWithMemo] = parseAbi([
  'event Transfer(address indexed from, address indexed to, uint256 value)',
  'event TransferWithMemo(address indexed from, address indexed to, uint256 value, bytes32 indexed memo)',
]);

/** The contract that takes the fee of every transaction, in the token it is paid with. */
const feeManager = '0xfeec000000000000000000000000000000000000';

/**
 * Reads a Tempo chain through one node. There is no nonce that a token counts: a purchase is known by the memo of its
 * transfer, and by the hash of the transaction that was signed for it.
 * @throws Error when the node does not answer; nothing is concluded from silence
 */
export function tempoChainAt(rpcUrl: string, token: string, wallet: string): ChainReader {
  const client = nodeAt(rpcUrl);
  const [address, owner] = [token as Address, wallet as Address];

  async function movementsIn(fromBlock: bigint, toBlock: bigint): Promise<Movement[]> {
    const range = { address, fromBlock, toBlock, strict: true } as const;
    const [uses, sent, received] = await Promise.all([
      client.getLogs({ ...range, event: transferWithMemo, args: { from: owner } }),
      client.getLogs({ ...range, event: transfer, args: { from: owner } }),
      client.getLogs({ ...range, event: transfer, args: { to: owner } }),
    ]);
    const value = (log: (typeof sent)[number]) => ({ value: log.args.value, to: log.args.to.toLowerCase() });
    const kindOf = (log: (typeof sent)[number]) =>
      log.args.to.toLowerCase() === feeManager ? ('fee' as const) : ('sent' as const);
    return [
      ...uses
        .filter(movesMoney)
        .map((log) => ({ kind: 'used', ...placeOf(log), nonce: log.args.memo }) as const),
      ...sent.filter(movesMoney).map((log) => ({ kind: kindOf(log), ...placeOf(log), ...value(log) })),
      ...received.map((log) => ({ kind: 'received', ...placeOf(log), ...value(log) }) as const),
    ];
  }

  return {
    ...blocksAt(client, address, owner),
    movements: (from, to) => inPieces(from, to, movementsIn),
    async isNonceUsed(_memo, atBlock, transaction) {
      if (transaction === undefined) return false;
      const receipt = await receiptOf(transaction as Hex);
      // One that was taken into a block and failed moved nothing but its fee, and is never taken again.
      return receipt?.status === 'success' && Number(receipt.blockNumber) <= atBlock;
    },
  };

  async function receiptOf(hash: Hex) {
    try {
      return await client.getTransactionReceipt({ hash });
    } catch (error) {
      if (error instanceof TransactionReceiptNotFoundError) return undefined;
      throw error;
    }
  }
}
