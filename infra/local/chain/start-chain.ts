import { type Address, createPublicClient, encodeFunctionData, http } from 'viem';
import { deployToken, MINTER } from './deploy-token.ts';
import { listSettlements, type Settlement } from './list-settlements.ts';
import { rpcTo, sendUnlocked } from './rpc.ts';
import { spawnAnvil } from './spawn-anvil.ts';
import { TOKEN, TOKEN_ABI } from './token.ts';

export interface ChainOptions {
  /** Default 31337, which no live network uses. */
  chainId?: number;
  /** Whole seconds between empty blocks, at least 1 (default): chain time may not run ahead of the clock. */
  blockTimeSeconds?: number;
  /** Default 0: any free port. */
  port?: number;
  /** Called with one line of progress at a time. */
  log?: (line: string) => void;
}

/** A local EVM chain with a USDC on it. Amounts are atomic: 1 USDC = 1,000,000. */
export interface Chain {
  rpcUrl: string;
  chainId: number;
  /** CAIP-2. */
  network: `eip155:${number}`;
  token: { address: Address; name: string; version: string; decimals: number };
  /** Mints to an address; resolves when the balance is there. */
  fund(address: Address, amountAtomic: bigint): Promise<void>;
  balance(address: Address): Promise<bigint>;
  /** Executed EIP-3009 transfers, oldest first; only those paid by `from` when it is given. */
  settlements(from?: Address): Promise<Settlement[]>;
  close(): Promise<void>;
}

/**
 * Starts anvil with Circle's FiatTokenV2_2 deployed, always at the same address. The node ends with `close()`, or
 * with this process however that ends.
 *
 * @throws Error when anvil is missing or does not start, and RangeError for a block time below one second.
 */
export async function startChain(options: ChainOptions = {}): Promise<Chain> {
  const { chainId = 31337, blockTimeSeconds = 1, port = 0, log = () => {} } = options;
  if (!Number.isInteger(blockTimeSeconds) || blockTimeSeconds < 1) {
    throw new RangeError(`blockTimeSeconds must be a whole number of at least 1, not ${blockTimeSeconds}`);
  }
  const anvil = await spawnAnvil({ chainId, blockTimeSeconds, port });
  try {
    const rpc = rpcTo(anvil.rpcUrl);
    const client = createPublicClient({ transport: http(anvil.rpcUrl), pollingInterval: 50 });
    const address = await deployToken(rpc, client);
    log(`chain ${chainId} at ${anvil.rpcUrl}, ${TOKEN.symbol} at ${address}`);
    let previousFunding: Promise<unknown> = Promise.resolve();
    return {
      rpcUrl: anvil.rpcUrl,
      chainId,
      network: `eip155:${chainId}`,
      token: { address, name: TOKEN.name, version: TOKEN.version, decimals: TOKEN.decimals },
      async fund(to, amountAtomic) {
        const data = encodeFunctionData({ abi: TOKEN_ABI, functionName: 'mint', args: [to, amountAtomic] });
        // One after the other: the node gives two that arrive together the same transaction count.
        const sending = previousFunding.then(() =>
          sendUnlocked(rpc, { from: MINTER, to: address, data, gasPrice: '0x0' }),
        );
        previousFunding = sending.catch(() => undefined);
        const hash = await sending;
        const receipt = await client.waitForTransactionReceipt({ hash });
        if (receipt.status !== 'success') throw new Error(`Minting ${amountAtomic} to ${to} failed`);
      },
      balance: (of) =>
        client.readContract({ address, abi: TOKEN_ABI, functionName: 'balanceOf', args: [of] }),
      settlements: (from) => listSettlements(client, address, from),
      close: anvil.close,
    };
  } catch (cause) {
    await anvil.close();
    throw cause;
  }
}
