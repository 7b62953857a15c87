import {
  type Address,
  BaseError,
  createPublicClient,
  erc20Abi,
  type Hex,
  http,
  type PublicClient,
  parseAbi,
  RpcRequestError,
} from 'viem';

/** What the chain shows of one token and one wallet, at blocks that are final (safety.md §1.8). */
export interface ChainReader {
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

export const nodeAt = (rpcUrl: string): PublicClient =>
  createPublicClient({ transport: http(rpcUrl, { timeout: timeoutMilliseconds, retryCount: 2 }) });

/** What is read alike of every chain: its blocks, and a token's balances. */
export function blocksAt(
  client: ReturnType<typeof nodeAt>,
  address: Address,
  owner: Address,
): Pick<ChainReader, 'finalHead' | 'blockAt' | 'balance'> {
  const headOf = async (at: { blockTag: 'finalized' } | { blockNumber: bigint }): Promise<Head> => {
    const block = await client.getBlock(at);
    return { number: Number(block.number), hash: block.hash ?? '', timestamp: Number(block.timestamp) };
  };
  return {
    finalHead: () => headOf({ blockTag: 'finalized' }),
    blockAt: (number) => headOf({ blockNumber: BigInt(number) }),
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

/** A node that is there, and does not answer this: there may be more in these blocks than it answers with. */
const isRefused = (error: unknown): boolean =>
  error instanceof BaseError && error.walk((cause) => cause instanceof RpcRequestError) !== null;

/** All movements of a span of blocks, in pieces that nodes answer for: strangers may have filled some of them. */
export async function inPieces(
  from: number,
  to: number,
  read: (fromBlock: bigint, toBlock: bigint) => Promise<readonly Movement[]>,
): Promise<readonly Movement[]> {
  const found: Movement[] = [];
  async function take(first: number, last: number): Promise<void> {
    try {
      found.push(...(await read(BigInt(first), BigInt(last))));
    } catch (error) {
      if (first === last || !isRefused(error)) throw error;
      const middle = Math.floor((first + last) / 2);
      await take(first, middle);
      await take(middle + 1, last);
    }
  }
  for (let start = from; start <= to; start += longestRange)
    await take(start, Math.min(start + longestRange - 1, to));
  return found.toSorted((a, b) => a.blockNumber - b.blockNumber || a.logIndex - b.logIndex);
}

/** Where a log stands. */
export const placeOf = (log: { transactionHash: Hex; blockNumber: bigint; logIndex: number }) => ({
  transaction: log.transactionHash,
  blockNumber: Number(log.blockNumber),
  logIndex: log.logIndex,
});

/** A transfer of nothing can be made in anybody's name, without their leave: to take note of it would be to believe strangers. */
export const movesMoney = ({ args }: { readonly args: { readonly value: bigint } }): boolean =>
  args.value > 0n;

/**
 * Reads a chain through one node.
 * @throws Error when the node does not answer; nothing is concluded from silence
 */
export function chainAt(rpcUrl: string, token: string, wallet: string): ChainReader {
  const client = nodeAt(rpcUrl);
  const [address, owner] = [token as Address, wallet as Address];

  async function movementsIn(fromBlock: bigint, toBlock: bigint): Promise<Movement[]> {
    const range = { address, fromBlock, toBlock, strict: true } as const;
    const [uses, cancels, sent, received] = await Promise.all([
      client.getLogs({ ...range, event: used, args: { authorizer: owner } }),
      client.getLogs({ ...range, event: cancelled, args: { authorizer: owner } }),
      client.getLogs({ ...range, event: transfer, args: { from: owner } }),
      client.getLogs({ ...range, event: transfer, args: { to: owner } }),
    ]);
    const value = (log: (typeof sent)[number]) => ({ value: log.args.value, to: log.args.to.toLowerCase() });
    return [
      ...uses.map((log) => ({ kind: 'used', ...placeOf(log), nonce: log.args.nonce }) as const),
      ...cancels.map((log) => ({ kind: 'cancelled', ...placeOf(log), nonce: log.args.nonce }) as const),
      ...sent.filter(movesMoney).map((log) => ({ kind: 'sent', ...placeOf(log), ...value(log) }) as const),
      ...received.map((log) => ({ kind: 'received', ...placeOf(log), ...value(log) }) as const),
    ];
  }

  return {
    ...blocksAt(client, address, owner),
    movements: (from, to) => inPieces(from, to, movementsIn),
    isNonceUsed: (nonce, atBlock) =>
      client.readContract({
        address,
        abi,
        functionName: 'authorizationState',
        args: [owner, nonce as Hex],
        blockNumber: BigInt(atBlock),
      }),
  };
}
