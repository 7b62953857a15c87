import { GetPublicKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import type { Address } from 'viem';
import { CoinboothError } from '../core/errors.ts';
import { addressOfPublicKey } from '../protocol/ecdsa.ts';

/**
 * The address of a KMS `ECC_SECG_P256K1` key: for whoever looks at the wallet and may not sign with it.
 * @throws SignerUnavailable when KMS does not answer; money has not moved
 */
export const walletAddressOf = async (keyId: string, client = new KMSClient({})): Promise<Address> =>
  addressOfPublicKey(await publicKeyOf(keyId, client));

/** @returns DER SubjectPublicKeyInfo */
export async function publicKeyOf(keyId: string, client: KMSClient): Promise<Uint8Array> {
  const { PublicKey } = await asked(client.send(new GetPublicKeyCommand({ KeyId: keyId })));
  if (!PublicKey) throw new CoinboothError('SignerUnavailable', 'KMS gave no public key.');
  return PublicKey;
}

/** An answer of KMS; its silence is an outage, and says nothing else. */
export const asked = <Output>(answer: Promise<Output>): Promise<Output> =>
  answer.catch((cause: Error) => {
    throw new CoinboothError('SignerUnavailable', `KMS does not answer now (${cause.name}).`, { cause });
  });
