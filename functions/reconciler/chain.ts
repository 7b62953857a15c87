import { type Address, createPublicClient, erc20Abi, type Hex, http, parseAbi } from 'viem';

/** What the chain shows of one token and one wallet, at blocks that are final (safety.md §1.8). */
export interface ChainReader {
  /** The newest final block of this node. */
  finalHead(): Promise<Head>;
  blockAt(number: number): Promise<Head>;
  /** What happened between two blocks, both included, oldest first. */
  movements(from: number, to: number): Promise<readonly Movement[]>;
  /** Whether the token counts a nonce as used or cancelled, as of a block. */
  isNonceUsed(nonce: string, atBlock: number): Promise<boolean>;
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
  readonly kind: 'used' | 'cancelled' | 'sent' | 'received';
  readonly transaction: string;
  readonly blockNumber: number;
  readonly logIndex: number;
  /** Of an authorization (EIP-3009). */
  readonly nonce?: string;
  /** Of a transfer, atomic units. */
  readonly value?: bigint;
  /** Whom a transfer went to, lower case. */
  readonly to?: string;
}

const abi = parseAbi([
  'event AuthorizationUsed(address indexed authorizer, bytes32 indexed nonce)',
  'event AuthorizationCanceled(address indexed authorizer, bytes32 indexed nonce)',
  'event Transfer(address indexed from, address indexed to, uint256 value)',
  'function authorizationState(address authorizer, bytes32 nonce) view returns (bool)',
]);
const [used, cancelled, transfer] = abi;
/** What public nodes answer for at once. */
const longestRange = 1_000;
const timeoutMilliseconds = 10_000;

/**
 * Reads a chain through one node.
 * @throws Error when the node does not answer; nothing is concluded from silence
 */
export function chainAt(rpcUrl: string, token: string, wallet: string): ChainReader {
  const client = createPublicClient({
    transport: http(rpcUrl, { timeout: timeoutMilliseconds, retryCount: 2 }),
  });
  const [address, owner] = [token as Address, wallet as Address];

  async function movementsIn(fromBlock: bigint, toBlock: bigint): Promise<Movement[]> {
    const range = { address, fromBlock, toBlock, strict: true } as const;
    const [uses, cancels, sent, received] = await Promise.all([
      client.getLogs({ ...range, event: used, args: { authorizer: owner } }),
      client.getLogs({ ...range, event: cancelled, args: { authorizer: owner } }),
      client.getLogs({ ...range, event: transfer, args: { from: owner } }),
      client.getLogs({ ...range, event: transfer, args: { to: owner } }),
    ]);
    const place = (log: { transactionHash: Hex; blockNumber: bigint; logIndex: number }) => ({
      transaction: log.transactionHash,
      blockNumber: Number(log.blockNumber),
      logIndex: log.logIndex,
    });
    const value = (log: (typeof sent)[number]) => ({ value: log.args.value, to: log.args.to.toLowerCase() });
    return [
      ...uses.map((log) => ({ kind: 'used', ...place(log), nonce: log.args.nonce }) as const),
      ...cancels.map((log) => ({ kind: 'cancelled', ...place(log), nonce: log.args.nonce }) as const),
      ...sent.map((log) => ({ kind: 'sent', ...place(log), ...value(log) }) as const),
      ...received.map((log) => ({ kind: 'received', ...place(log), ...value(log) }) as const),
    ];
  }

  const headOf = async (at: { blockTag: 'finalized' } | { blockNumber: bigint }): Promise<Head> => {
    const block = await client.getBlock(at);
    return { number: Number(block.number), hash: block.hash ?? '', timestamp: Number(block.timestamp) };
  };

  return {
    finalHead: () => headOf({ blockTag: 'finalized' }),
    blockAt: (number) => headOf({ blockNumber: BigInt(number) }),
    async movements(from, to) {
      const found: Movement[] = [];
      for (let start = from; start <= to; start += longestRange)
        found.push(...(await movementsIn(BigInt(start), BigInt(Math.min(start + longestRange - 1, to)))));
      return found.toSorted((a, b) => a.blockNumber - b.blockNumber || a.logIndex - b.logIndex);
    },
    isNonceUsed: (nonce, atBlock) =>
      client.readContract({
        address,
        abi,
        functionName: 'authorizationState',
        args: [owner, nonce as Hex],
        blockNumber: BigInt(atBlock),
      }),
    balance: (atBlock) =>
      client.readContract({
        address,
        abi: erc20Abi,
        functionName: 'balanceOf',
        args: [owner],
        blockNumber: BigInt(atBlock),
      }),
  };
}
