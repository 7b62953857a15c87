import { type Address, encodePacked, type Hex, keccak256, type TypedDataDefinition } from 'viem';
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

/**
 * The nonce of a purchase: the same for every worker, replay and restored backup, so that the token contract
 * itself refuses a second transfer (safety.md §1.3). Parts are length-prefixed by hashing each on its own.
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
