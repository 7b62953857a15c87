import { type Address, createPublicClient, encodeFunctionData, type Hex, http, parseAbi } from 'viem';
import { rpcTo, sendUnlocked } from '../../../../infra/local/chain/rpc.ts';
import { type Chain, startChain } from '../../../../infra/local/chain/start-chain.ts';

/** What anybody can call on Circle's token with a signature of somebody else (FiatTokenV2_2). */
export const authorizationAbi = parseAbi([
  'function transferWithAuthorization(address from, address to, uint256 value, uint256 validAfter, uint256 validBefore, bytes32 nonce, bytes signature)',
  'function transferWithAuthorization(address from, address to, uint256 value, uint256 validAfter, uint256 validBefore, bytes32 nonce, uint8 v, bytes32 r, bytes32 s)',
  'function receiveWithAuthorization(address from, address to, uint256 value, uint256 validAfter, uint256 validBefore, bytes32 nonce, bytes signature)',
  'function cancelAuthorization(address authorizer, bytes32 nonce, bytes signature)',
  'function authorizationState(address authorizer, bytes32 nonce) view returns (bool)',
]);

/** The local chain with its clock stopped: a block is mined when it is asked for, at the second asked for. */
export interface StillChain {
  readonly chain: Chain;
  /** Puts calls of the token into one block, in their order; says of each whether it took effect. */
  block(calls: readonly Hex[], atSecond?: number): Promise<readonly boolean[]>;
  /** The second of the newest block. */
  now(): Promise<number>;
  isUsed(authorizer: Address, nonce: Hex): Promise<boolean>;
  close(): Promise<void>;
}

/** Anybody: it pays no gas here and signs nothing. */
const stranger = '0x0000000000000000000000000000000000005e11';

/** Starts anvil with Circle's token on it, and stops its clock. */
export async function startStillChain(): Promise<StillChain> {
  const chain = await startChain();
  const rpc = rpcTo(chain.rpcUrl);
  const client = createPublicClient({ transport: http(chain.rpcUrl), cacheTime: 0 });
  const to = chain.token.address;

  const now = async (): Promise<number> => Number((await client.getBlock({ blockTag: 'latest' })).timestamp);
  return {
    chain,
    now,
    async block(calls, atSecond) {
      // First of all: a block of the interval could otherwise take the second that this one is to have.
      await rpc('anvil_setIntervalMining', [0]);
      await rpc('evm_setAutomine', [false]);
      await rpc('anvil_impersonateAccount', [stranger]);
      const sent: Hex[] = [];
      for (const data of calls)
        sent.push(await sendUnlocked(rpc, { from: stranger, to, data, gas: '0x493e0', gasPrice: '0x0' }));
      if (atSecond !== undefined) await rpc('evm_setNextBlockTimestamp', [atSecond]);
      await rpc('evm_mine');
      const receipts = await Promise.all(sent.map((hash) => client.getTransactionReceipt({ hash })));
      return receipts.map(({ status }) => status === 'success');
    },
    isUsed: async (authorizer, nonce) => {
      const args = [authorizer, nonce] as const;
      const data = encodeFunctionData({ abi: authorizationAbi, functionName: 'authorizationState', args });
      const { data: answer = '0x' } = await client.call({ to, data });
      return BigInt(answer) === 1n;
    },
    close: chain.close,
  };
}
