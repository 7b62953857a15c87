import { GetPublicKeyCommand, type KMSClient, SignCommand } from '@aws-sdk/client-kms';
import { secp256k1 } from '@noble/curves/secp256k1.js';

/** SubjectPublicKeyInfo of an uncompressed secp256k1 key, before its point (RFC 5480). */
const spkiPrefix = Buffer.from('3056301006072a8648ce3d020106052b8104000a034200', 'hex');

/**
 * A key in this process behind the port of KMS: what signs is not ours, what is asked of it and made of its answer is.
 * @param key hex
 */
export function localKey(key: string) {
  const secret = Uint8Array.from(Buffer.from(key.slice(2), 'hex'));
  const spent = { signatures: 0, milliseconds: 0 };
  const client = {
    async send(command: unknown) {
      if (command instanceof GetPublicKeyCommand)
        return { PublicKey: Buffer.concat([spkiPrefix, secp256k1.getPublicKey(secret, false)]) };
      if (!(command instanceof SignCommand)) throw new Error('This key only signs.');
      const begun = process.cpuUsage();
      const Signature = secp256k1.sign(command.input.Message ?? new Uint8Array(), secret, {
        prehash: false,
        lowS: false,
        extraEntropy: true,
        format: 'der',
      });
      spent.signatures += 1;
      const { user, system } = process.cpuUsage(begun);
      spent.milliseconds += (user + system) / 1000;
      return { Signature };
    },
  };
  return { client: client as unknown as KMSClient, spent };
}
