import { type Address, encodeFunctionData, type Hex, parseSignature } from 'viem';
import type { PrivateKeyAccount } from 'viem/accounts';
import type { Authorization } from '../../../../shared/core/authorization.ts';
import { chainIdOf, typedDataOf } from '../../../../shared/protocol/eip3009.ts';
import { half, order } from '../kms/signing-key.ts';
import { authorizationAbi } from './still-chain.ts';

/** An authorization and a signature, which need not belong to each other. */
export interface Signed {
  readonly authorization: Authorization;
  readonly signature: Hex;
}

/** Signs as the payer does. */
export const sign = async (payer: PrivateKeyAccount, authorization: Authorization): Promise<Signed> => ({
  authorization,
  signature: await payer.signTypedData(typedDataOf(authorization)),
});

const fields = ({ from, to, value, validAfter, validBefore, nonce }: Authorization) =>
  [
    from as Address,
    to as Address,
    BigInt(value),
    BigInt(validAfter),
    BigInt(validBefore),
    nonce as Hex,
  ] as const;

/** The transfer in the form that takes the signature whole. */
export const transfer = ({ authorization, signature }: Signed): Hex =>
  encodeFunctionData({
    abi: authorizationAbi,
    functionName: 'transferWithAuthorization',
    args: [...fields(authorization), signature],
  });

/** The transfer in the form that takes the signature in three parts. */
export function transferInParts({ authorization, signature }: Signed): Hex {
  const r: Hex = `0x${signature.slice(2, 66)}`;
  const s: Hex = `0x${signature.slice(66, 130)}`;
  return encodeFunctionData({
    abi: authorizationAbi,
    functionName: 'transferWithAuthorization',
    args: [...fields(authorization), Number.parseInt(signature.slice(130), 16), r, s],
  });
}

/** The same signature for another purpose: the payee's own call. */
export const receive = ({ authorization, signature }: Signed): Hex =>
  encodeFunctionData({
    abi: authorizationAbi,
    functionName: 'receiveWithAuthorization',
    args: [...fields(authorization), signature],
  });

/** The payer's cancellation of a nonce. */
export async function cancel(payer: PrivateKeyAccount, authorization: Authorization): Promise<Hex> {
  const { name, version, network, asset } = authorization;
  const nonce = authorization.nonce as Hex;
  const signature = await payer.signTypedData({
    domain: { name, version, chainId: chainIdOf(network), verifyingContract: asset as Address },
    types: {
      CancelAuthorization: [
        { name: 'authorizer', type: 'address' },
        { name: 'nonce', type: 'bytes32' },
      ],
    },
    primaryType: 'CancelAuthorization',
    message: { authorizer: payer.address, nonce },
  });
  return encodeFunctionData({
    abi: authorizationAbi,
    functionName: 'cancelAuthorization',
    args: [payer.address, nonce, signature],
  });
}

/** The other signature of the same digest, with the high s. */
export function withHighS(signature: Hex): Hex {
  const { r, s, yParity } = parseSignature(signature);
  const other = BigInt(s) > half ? BigInt(s) : order - BigInt(s);
  return `${r}${other.toString(16).padStart(64, '0')}${yParity === 0 ? '1c' : '1b'}`;
}
