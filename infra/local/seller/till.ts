import { x402Facilitator } from '@x402/core/facilitator';
import type { PaymentPayload, PaymentRequirements, SettleResponse, VerifyResponse } from '@x402/core/types';
import { toFacilitatorEvmSigner } from '@x402/evm';
import { ExactEvmScheme } from '@x402/evm/exact/facilitator';
import {
  type Address,
  createNonceManager,
  createWalletClient,
  defineChain,
  type Hex,
  http,
  publicActions,
  type TypedData,
} from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { jsonRpc } from 'viem/nonce';

/** Checks payments and takes the money. */
export interface Till {
  /** Never throws: what cannot be checked is not valid (`unexpected_verify_error`). */
  verify(payload: PaymentPayload, requirements: PaymentRequirements): Promise<VerifyResponse>;
  /** Resolves after the transfer is in a block. Failure is a response too; only surprises throw. */
  settle(payload: PaymentPayload, requirements: PaymentRequirements): Promise<SettleResponse>;
}

export interface TillOptions {
  rpcUrl: string;
  chainId: number;
  /** Sends the settling transactions; the local chain asks no gas of it. */
  settlerKey: Hex;
}

const GAS = 300_000n;

interface AggregatedCall {
  target: Address;
  callData: Hex;
}

/**
 * The facilitator finds out why a payment is bad through the Multicall3 contract, which the local chain lacks: its
 * calls are made one by one instead.
 */
function aggregated(args: readonly unknown[] = []): AggregatedCall[] {
  return args[1] as AggregatedCall[];
}

/** The reference facilitator of x402, in process, on the local chain. */
export function createTill({ rpcUrl, chainId, settlerKey }: TillOptions): Till {
  const wallet = createWalletClient({
    // Of its own: viem's shared one counts by chain id, and tests run many chains with one id.
    account: privateKeyToAccount(settlerKey, { nonceManager: createNonceManager({ source: jsonRpc() }) }),
    chain: defineChain({
      id: chainId,
      name: 'local',
      nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
      rpcUrls: { default: { http: [rpcUrl] } },
    }),
    transport: http(rpcUrl),
    pollingInterval: 50,
  }).extend(publicActions);

  const tryCall = async ({
    target,
    callData,
  }: AggregatedCall): Promise<{ success: boolean; returnData: Hex }> => {
    try {
      const { data } = await wallet.call({ to: target, data: callData });
      return { success: true, returnData: data ?? '0x' };
    } catch {
      return { success: false, returnData: '0x' };
    }
  };

  const signer = toFacilitatorEvmSigner({
    address: wallet.account.address,
    readContract: (call) =>
      call.functionName === 'tryAggregate'
        ? Promise.all(aggregated(call.args).map(tryCall))
        : wallet.readContract({ ...call, args: call.args ?? [] }),
    verifyTypedData: ({ types, ...call }) => wallet.verifyTypedData({ ...call, types: types as TypedData }),
    // Gas is stated: a failed estimate would leave a hole in the settler's transaction count, and block it.
    writeContract: (call) => wallet.writeContract({ ...call, gas: call.gas ?? GAS, gasPrice: 0n }),
    sendTransaction: (call) => wallet.sendTransaction({ ...call, gas: GAS, gasPrice: 0n }),
    waitForTransactionReceipt: (wait) => wallet.waitForTransactionReceipt(wait),
    getCode: (of) => wallet.getCode(of),
  });
  const facilitator = new x402Facilitator().register(`eip155:${chainId}`, new ExactEvmScheme(signer));
  return {
    verify: async (payload, requirements) => {
      try {
        return await facilitator.verify(payload, requirements);
      } catch {
        return { isValid: false, invalidReason: 'unexpected_verify_error' };
      }
    },
    settle: (payload, requirements) => facilitator.settle(payload, requirements),
  };
}
