import { type Address, createPublicClient, encodeFunctionData, type Hex, http, parseAbi } from 'viem';
import { rpcTo, sendUnlocked } from './rpc.ts';
import { spawnAnvil } from './spawn-anvil.ts';

/** The local chain's dollar: predeployed, and the same as on every Tempo chain. */
const PATH_USD: Address = '0x20c0000000000000000000000000000000000000';
/** Tempo's own number for a chain on one machine. */
const CHAIN_ID = 1337;

const ABI = parseAbi([
  'function transfer(address to, uint256 amount) returns (bool)',
  'function balanceOf(address account) view returns (uint256)',
  'event TransferWithMemo(address indexed from, address indexed to, uint256 value, bytes32 indexed memo)',
]);

/** One transfer with a memo that a token executed. `value` is atomic (six decimals). */
export interface MemoTransfer {
  transaction: Hex;
  from: Address;
  to: Address;
  value: bigint;
  memo: Hex;
}

/** A local Tempo chain. Amounts are atomic: 1 pathUSD = 1,000,000. Transactions cost a fee in it. */
export interface TempoChain {
  rpcUrl: string;
  chainId: number;
  /** CAIP-2. */
  network: `eip155:${number}`;
  token: { address: Address; decimals: number };
  /** Gives to an address; resolves when the balance is there. */
  fund(address: Address, amountAtomic: bigint): Promise<void>;
  balance(address: Address): Promise<bigint>;
  /** Executed transfers with a memo, oldest first; only those paid by `from` when it is given. */
  transfers(from?: Address): Promise<MemoTransfer[]>;
  close(): Promise<void>;
}

/**
 * Starts anvil as a Tempo chain. The node ends with `close()`, or with this process however that ends.
 *
 * @throws Error when anvil is missing or does not start.
 */
export async function startTempoChain({ port = 0 }: { port?: number } = {}): Promise<TempoChain> {
  const anvil = await spawnAnvil({ chainId: CHAIN_ID, blockTimeSeconds: 1, port, kind: 'tempo' });
  const rpc = rpcTo(anvil.rpcUrl);
  const client = createPublicClient({ transport: http(anvil.rpcUrl), pollingInterval: 50 });
  try {
    const [funder] = (await rpc('eth_accounts')) as Address[];
    let previousFunding: Promise<unknown> = Promise.resolve();
    return {
      rpcUrl: anvil.rpcUrl,
      chainId: CHAIN_ID,
      network: `eip155:${CHAIN_ID}`,
      token: { address: PATH_USD, decimals: 6 },
      async fund(to, amountAtomic) {
        const data = encodeFunctionData({ abi: ABI, functionName: 'transfer', args: [to, amountAtomic] });
        // One after the other: the node gives two that arrive together the same transaction count.
        const sending = previousFunding.then(() => sendUnlocked(rpc, { from: funder, to: PATH_USD, data }));
        previousFunding = sending.catch(() => undefined);
        const receipt = await client.waitForTransactionReceipt({ hash: await sending });
        if (receipt.status !== 'success') throw new Error(`Giving ${amountAtomic} to ${to} failed`);
      },
      balance: (of) =>
        client.readContract({ address: PATH_USD, abi: ABI, functionName: 'balanceOf', args: [of] }),
      async transfers(from) {
        const logs = await client.getContractEvents({
          address: PATH_USD,
          abi: ABI,
          eventName: 'TransferWithMemo',
          fromBlock: 0n,
          toBlock: 'latest',
          strict: true,
          ...(from === undefined ? {} : { args: { from } }),
        });
        return logs.map(({ transactionHash, args }) => ({ transaction: transactionHash, ...args }));
      },
      close: anvil.close,
    };
  } catch (cause) {
    await anvil.close();
    throw cause;
  }
}
