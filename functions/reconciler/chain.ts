import { encodeFunctionData, type Hex, pad, parseAbi, toEventSelector } from 'viem';
import type { ChainNode } from './node.ts';
import { balanceAt, blockOf, finalOf, type Log, logsOf, wordAt } from './node-reads.ts';
import { piecesOf } from './pieces.ts';

/** What the chain shows of one token and one wallet, at blocks that are final. */
export interface ChainReader {
  /** Of the node that is asked; absent where several are asked as one. */
  readonly host?: string;
  /** The newest final block of this node. */
  finalHead(): Promise<Head>;
  blockAt(number: number): Promise<Head>;
  /** What happened between two blocks, both included, oldest first. */
  movements(from: number, to: number): Promise<readonly Movement[]>;
  /**
   * Whether an authorization is used or cancelled, as of a block: by the token's own count of nonces, or by the
   * transaction that was signed, where a whole one was.
   */
  isNonceUsed(nonce: string, atBlock: number, transaction?: string): Promise<boolean>;
  /** That it is not used is shown by the logs of its window alone, and by no state of the chain. */
  readonly provesByLogs?: boolean;
  /** Atomic units, as of a block. */
  balance(atBlock: number): Promise<bigint>;
}

export interface Head {
  readonly number: number;
  readonly hash: string;
  /** Unix seconds. */
  readonly timestamp: number;
}

export interface Movement {
  /** `used`: by an authorization of ours, of which a transfer is `sent`; a `fee` is what the chain itself took. */
  readonly kind: 'used' | 'cancelled' | 'sent' | 'received' | 'fee';
  readonly transaction: string;
  readonly blockNumber: number;
  readonly logIndex: number;
  /** Of an authorization: its nonce (EIP-3009), or the memo of its transfer (TIP-20). */
  readonly nonce?: string;
  /** Of a transfer, atomic units. */
  readonly value?: bigint;
  /** Whom a transfer went to, lower case. */
  readonly to?: string;
}

const abi = parseAbi(['function authorizationState(address authorizer, bytes32 nonce) view returns (bool)']);
const used = toEventSelector('event AuthorizationUsed(address indexed authorizer, bytes32 indexed nonce)');
const cancelled = toEventSelector(
  'event AuthorizationCanceled(address indexed authorizer, bytes32 indexed nonce)',
);
export const transfer = toEventSelector(
  'event Transfer(address indexed from, address indexed to, uint256 value)',
);

/** An address, as a log's topic has it. */
export const topicOf = (address: string): string => pad(address.toLowerCase() as Hex, { size: 32 });

/** What is read alike of every chain: its blocks, and a token's balances. */
export const blocksAt = (
  node: ChainNode,
  token: string,
  wallet: string,
): Pick<ChainReader, 'host' | 'finalHead' | 'blockAt' | 'balance'> => ({
  host: node.host,
  finalHead: () => finalOf(node),
  blockAt: (number) => blockOf(node, number),
  balance: (atBlock) => balanceAt(node, token, wallet, atBlock),
});

/** How much a transfer moved, and to whom. */
export const transferOf = (
  node: ChainNode,
  { topics, data, place }: Log,
): { readonly value: bigint; readonly to: string } => {
  const to = topics[2];
  if (to === undefined || data.length !== 66)
    throw node.error('lying', `a transfer of another form in transaction ${place.transaction}`);
  return { value: BigInt(data), to: `0x${to.slice(-40).toLowerCase()}` };
};

/**
 * Reads a chain through one node. A transfer of nothing is no movement: anybody can make one in anybody's name.
 * @throws NodeError when the node does not answer, or cannot be believed; nothing is concluded then
 */
export function chainAt(node: ChainNode, token: string, wallet: string): ChainReader {
  const owner = topicOf(wallet);

  async function movementsIn(from: number, to: number): Promise<Movement[]> {
    const own = await logsOf(node, token, [[used, cancelled, transfer], owner], from, to);
    const received = await logsOf(node, token, [transfer, null, owner], from, to);
    return [
      ...own.map((log): Movement => {
        if (log.topics[0] === transfer) return { kind: 'sent', ...log.place, ...transferOf(node, log) };
        const nonce = log.topics[2];
        if (nonce === undefined)
          throw node.error(
            'lying',
            `an authorization without a nonce in transaction ${log.place.transaction}`,
          );
        return { kind: log.topics[0] === used ? 'used' : 'cancelled', ...log.place, nonce };
      }),
      ...received.map((log): Movement => ({ kind: 'received', ...log.place, ...transferOf(node, log) })),
    ].filter(({ value }) => value !== 0n);
  }

  return {
    ...blocksAt(node, token, wallet),
    movements: piecesOf(movementsIn),
    async isNonceUsed(nonce, atBlock) {
      const args = [wallet as Hex, nonce as Hex] as const;
      const data = encodeFunctionData({ abi, functionName: 'authorizationState', args });
      return (await wordAt(node, token, data, atBlock)) !== 0n;
    },
  };
}
