import {
  type Address,
  encodeFunctionData,
  encodePacked,
  type Hex,
  keccak256,
  parseAbi,
  parseSignature,
  type TypedDataDefinition,
} from 'viem';
import type { Authorization } from '../core/authorization.ts';

/** EIP-3009 `transferWithAuthorization`, as EIP-712 typed data. */

const types = {
  TransferWithAuthorization: [
    { name: 'from', type: 'address' },
    { name: 'to', type: 'address' },
    { name: 'value', type: 'uint256' },
    { name: 'validAfter', type: 'uint256' },
    { name: 'validBefore', type: 'uint256' },
    { name: 'nonce', type: 'bytes32' },
  ],
} as const;

/** The chain id of a CAIP-2 name of an EVM chain: `eip155:8453` is 8453. */
export const chainIdOf = (network: string): number => Number(network.slice('eip155:'.length));

/** What a wallet signs for an authorization. Every field is ours; none is copied from a challenge. */
export const typedDataOf = (
  authorization: Authorization,
): TypedDataDefinition<typeof types, 'TransferWithAuthorization'> => ({
  domain: {
    name: authorization.name,
    version: authorization.version,
    chainId: chainIdOf(authorization.network),
    verifyingContract: authorization.asset as Address,
  },
  types,
  primaryType: 'TransferWithAuthorization',
  message: {
    from: authorization.from as Address,
    to: authorization.to as Address,
    value: BigInt(authorization.value),
    validAfter: BigInt(authorization.validAfter),
    validBefore: BigInt(authorization.validBefore),
    nonce: authorization.nonce as Hex,
  },
});

export const transferSignature =
  'transferWithAuthorization(address,address,uint256,uint256,uint256,bytes32,uint8,bytes32,bytes32)';

/** A call of a token's `transferWithAuthorization`, as whoever submits it makes it. */
export interface TransferCall {
  /** The token. */
  readonly to: string;
  readonly data: string;
  /** In the order of the function's parameters, as text. */
  readonly args: readonly string[];
}

/**
 * The call that settles an authorization, in the form that EIP-3009 itself has.
 * @param signature 65 bytes, r ‖ s ‖ v
 */
export function transferCall(authorization: Authorization, signature: string): TransferCall {
  const { from, to, value, validAfter, validBefore, nonce } = typedDataOf(authorization).message;
  const { r, s, yParity } = parseSignature(signature as Hex);
  const args = [from, to, value, validAfter, validBefore, nonce, 27 + yParity, r, s] as const;
  const abi = parseAbi([`function ${transferSignature}`]);
  return {
    to: authorization.asset,
    data: encodeFunctionData({ abi, functionName: 'transferWithAuthorization', args }),
    args: args.map(String),
  };
}

/**
 * The nonce of a purchase: the same for every worker, replay and restored backup, so that the token contract
 * itself refuses a second transfer. Parts are length-prefixed by hashing each on its own.
 */
export const nonceOf = (purchase: {
  deployment: string;
  network: string;
  asset: string;
  purchaseId: string;
  generation: number;
}): Hex => {
  const part = (text: string): Hex => keccak256(new TextEncoder().encode(text));
  return keccak256(
    encodePacked(
      ['bytes32', 'bytes32', 'bytes32', 'bytes32', 'bytes32', 'uint256'],
      [
        part('coinbooth/purchase/v1'),
        part(purchase.deployment),
        part(purchase.network),
        part(purchase.asset.toLowerCase()),
        part(purchase.purchaseId),
        BigInt(purchase.generation),
      ],
    ),
  );
};
