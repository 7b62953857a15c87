import { type Hex, keccak256 } from 'viem';
import type { Authorization } from '../../../../shared/core/authorization.ts';

/**
 * EIP-712 by hand, for this one message: written from the standards' texts, beside the library that signs. Only the
 * hash function is shared.
 */

const text = (value: string): Buffer => Buffer.from(value, 'utf8');
const hash = (...parts: readonly Buffer[]): Buffer =>
  Buffer.from(keccak256(Buffer.concat(parts)).slice(2), 'hex');

const domainType = hash(
  text('EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)'),
);
const transferType = hash(
  text(
    'TransferWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)',
  ),
);

const number = (value: bigint | number | string): Buffer =>
  Buffer.from(BigInt(value).toString(16).padStart(64, '0'), 'hex');
const address = (value: string): Buffer => Buffer.from(value.slice(2).padStart(64, '0'), 'hex');

/** The digest that the token recovers the payer from. */
export function encodeDigest(authorization: Authorization): Hex {
  const domain = hash(
    domainType,
    hash(text(authorization.name)),
    hash(text(authorization.version)),
    number(authorization.network.split(':')[1] ?? ''),
    address(authorization.asset),
  );
  const message = hash(
    transferType,
    address(authorization.from),
    address(authorization.to),
    number(authorization.value),
    number(authorization.validAfter),
    number(authorization.validBefore),
    Buffer.from(authorization.nonce.slice(2), 'hex'),
  );
  return `0x${hash(Buffer.from('1901', 'hex'), domain, message).toString('hex')}`;
}
