import { KMSClient, SignCommand } from '@aws-sdk/client-kms';
import { type Hex, hashMessage, hashTypedData, keccak256, type LocalAccount, parseSignature } from 'viem';
import { toAccount } from 'viem/accounts';
import { CoinboothError } from '../core/errors.ts';
import { addressOfPublicKey, digestBytes, type Signatures, signaturesOf } from '../protocol/ecdsa.ts';
import { asked, publicKeyOf } from './kms-address.ts';

/** Of a serialised Tempo transaction that its sender pays for. */
const tempoType = '0x76';

/**
 * A KMS `ECC_SECG_P256K1` key as a viem account: hashes here, signs there. It signs EIP-712 typed data and
 * personal messages and nothing else; a bare digest or a transaction cannot be asked of it. Where it pays on Tempo, it
 * signs transactions of that chain too: those that end by themselves and that nobody else completes.
 * @throws SignerUnavailable when KMS does not answer; money has not moved
 */
export async function walletOf(
  keyId: string,
  client = new KMSClient({}),
  { paysOnTempo = false }: { readonly paysOnTempo?: boolean } = {},
): Promise<LocalAccount<'kms'>> {
  const publicKey = await publicKeyOf(keyId, client);
  const address = addressOfPublicKey(publicKey);
  const signatureFromDer = signaturesOf(publicKey);
  warm(signatureFromDer);

  const sign = async (digest: Hex): Promise<Hex> => {
    const { Signature } = await asked(
      client.send(
        new SignCommand({
          KeyId: keyId,
          Message: digestBytes(digest),
          MessageType: 'DIGEST',
          SigningAlgorithm: 'ECDSA_SHA_256',
        }),
      ),
    );
    if (!Signature) throw new CoinboothError('SignerUnavailable', 'KMS gave no signature.');
    return signatureFromDer(digest, Signature);
  };

  const account = toAccount({
    address,
    signMessage: ({ message }) => sign(hashMessage(message)),
    signTypedData: (definition) => sign(hashTypedData(definition as Parameters<typeof hashTypedData>[0])),
    signTransaction(transaction, options) {
      const { serializer } = options ?? {};
      const isOurs = !('feePayer' in transaction) && !('feePayerSignature' in transaction);
      const dies = 'validBefore' in transaction && transaction.validBefore !== undefined;
      const refuse = (): never => {
        throw new CoinboothError('Defect', 'This wallet does not sign transactions of this kind.');
      };
      if (!paysOnTempo || !isOurs || !dies || !serializer) return refuse();
      const signed = async () => {
        const unsigned = await serializer(transaction);
        if (!unsigned.startsWith(tempoType)) return refuse();
        return serializer(transaction, parseSignature(await sign(keccak256(unsigned))));
      };
      return signed();
    },
  });
  return { ...account, publicKey: '0x', source: 'kms' } as LocalAccount<'kms'>;
}

/**
 * Wallets of keys that were replaced, by their address: they sign in for the jobs that they paid for, until the last one
 * has ended. Each is asked of KMS when it is first needed; a key that does not answer then is asked again.
 */
export function earlierWallets(
  keyIds: readonly string[],
  client?: KMSClient,
): (address: string) => Promise<LocalAccount<'kms'> | undefined> {
  const known = new Map<string, LocalAccount<'kms'>>();
  return async (address) => {
    for (const keyId of keyIds) {
      const wallet = known.get(keyId) ?? (await walletOf(keyId, client).catch(() => undefined));
      if (!wallet) continue;
      known.set(keyId, wallet);
      if (wallet.address.toLowerCase() === address.toLowerCase()) return wallet;
    }
    return undefined;
  };
}

/** The first one takes as long as twenty later ones: not on a paid job's time, while a cold start has a whole core. */
function warm(signatureFromDer: Signatures): void {
  try {
    signatureFromDer(`0x${'01'.repeat(32)}`, Uint8Array.of(0x30, 6, 2, 1, 1, 2, 1, 1));
  } catch {
    // It is nobody's signature.
  }
}
