import { Credential } from 'mppx';
import { tempo } from 'mppx/client';
import {
  type Address,
  createClient,
  custom,
  encodeFunctionData,
  type Hex,
  isAddressEqual,
  keccak256,
  type LocalAccount,
  maxUint256,
  numberToHex,
  parseAbi,
} from 'viem';
import { toAccount } from 'viem/accounts';
import { Transaction } from 'viem/tempo';
import { tempo as tempoChain } from 'viem/tempo/chains';
import type { ChargeAuthorization } from '../core/authorization.ts';
import { canonical } from '../core/canonical.ts';
import type { Charge } from '../core/charge.ts';
import { CoinboothError } from '../core/errors.ts';
import { chainIdOf } from './eip3009.ts';

/**
 * The credential of a charge, made by the reference package from a transaction of ours. It weighs more than everything
 * else in the payer together, so that it is a file of its own, loaded when the first charge is signed.
 */

export type ChargeSigner = Pick<LocalAccount, 'address' | 'signTransaction'>;

const abi = parseAbi(['function transferWithMemo(address to, uint256 amount, bytes32 memo)']);
const tipPerGas = 1_000_000_000n;

/** The whole transaction, from what was frozen alone: one transfer, an expiring nonce, a pinned fee. */
export const transactionOf = (frozen: ChargeAuthorization) => {
  const { asset, to, value, nonce, validBefore, gas, network } = frozen;
  const maxFeePerGas = BigInt(frozen.maxFeePerGas);
  const data = encodeFunctionData({ abi, args: [to as Address, BigInt(value), nonce as Hex] });
  return {
    type: 'tempo',
    chainId: chainIdOf(network),
    calls: [{ to: asset as Address, data }],
    nonceKey: maxUint256,
    nonce: 0,
    validBefore,
    feeToken: asset as Address,
    gas: BigInt(gas),
    maxFeePerGas,
    maxPriorityFeePerGas: maxFeePerGas < tipPerGas ? maxFeePerGas : tipPerGas,
  } as const;
};

/**
 * Signs a charge and wraps it for the seller (pull mode: the seller sends the transaction). The reference
 * package names the call and binds the memo to the challenge; the wallet signs our transaction and no other, and only
 * when both say the same. No node is asked.
 * @param purchase the payer's part of the memo, as it was frozen (`memoOf`)
 * @returns the value of `Authorization`, and the hash of the transaction in it
 * @throws SignerUnavailable when the wallet does not answer; Defect when the package would pay otherwise than we do
 */
export async function chargeCredential(
  wallet: ChargeSigner,
  frozen: ChargeAuthorization,
  charge: Charge,
  purchase: string,
): Promise<{ header: string; transaction: Hex }> {
  const ours = transactionOf(frozen);
  let signed: Hex | undefined;
  const account = toAccount({
    address: wallet.address,
    signMessage: () => refuse('a message'),
    signTypedData: () => refuse('typed data'),
    async signTransaction(theirs) {
      const { calls } = theirs as unknown as { calls?: readonly { to?: Address; data?: Hex }[] };
      const [call, ...others] = calls ?? [];
      const [{ to, data }] = ours.calls;
      if (!call?.to || !isAddressEqual(call.to, to) || call.data !== data || others.length > 0)
        return refuse('another payment');
      signed = await wallet.signTransaction(ours as never, { serializer: Transaction.serialize as never });
      return signed;
    },
  });
  const { request, ...bound } = charge.wire;
  const challenge = {
    ...bound,
    request: JSON.parse(Buffer.from(request ?? '', 'base64url').toString('utf8')),
  };
  const method = tempo.charge({
    account,
    clientId: purchase,
    mode: 'pull',
    expectedChainId: ours.chainId,
    expectedRecipients: [frozen.to as Address],
    getClient: () => offline(wallet.address, ours),
  });
  const header = await method.createCredential({ challenge: challenge as never, context: {} });

  const echoed = Credential.deserialize<{ type: string; signature: Hex }>(header);
  const isUntouched = canonical(wireOf(header)) === canonical(charge.wire);
  if (signed === undefined || echoed.payload.signature !== signed || !isUntouched)
    return refuse('a credential of another challenge');
  return { header, transaction: keccak256(signed) };
}

/** What the package would ask a node: answered from what was frozen. */
function offline(from: Address, ours: ReturnType<typeof transactionOf>) {
  const tx = {
    ...ours,
    from,
    type: '0x76',
    chainId: numberToHex(ours.chainId),
    nonceKey: numberToHex(ours.nonceKey),
    nonce: '0x0',
    validBefore: numberToHex(ours.validBefore),
    gas: numberToHex(ours.gas),
    maxFeePerGas: numberToHex(ours.maxFeePerGas),
    maxPriorityFeePerGas: numberToHex(ours.maxPriorityFeePerGas),
  };
  return createClient({
    chain: { ...tempoChain, id: ours.chainId },
    transport: custom(
      {
        request: async ({ method }: { method: string }) => {
          if (method === 'eth_chainId') return tx.chainId;
          if (method === 'eth_fillTransaction') return { tx, raw: '0x' };
          return refuse(`a question to a node (${method})`);
        },
      },
      { retryCount: 0 },
    ),
  });
}

/** The challenge in a credential, as it is written there. */
function wireOf(header: string): Record<string, unknown> {
  const text = Buffer.from(header.replace(/^Payment /, ''), 'base64url').toString('utf8');
  const { challenge } = JSON.parse(text) as { challenge: Record<string, unknown> };
  return challenge;
}

const refuse = (what: string): never => {
  throw new CoinboothError('Defect', `The payment package asks for ${what}; nothing was signed for it.`);
};
