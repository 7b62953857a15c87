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
  let signatures = 0;
  const sign = (message: Uint8Array) =>
    secp256k1.sign(message, secret, { prehash: false, lowS: false, extraEntropy: true, format: 'der' });
  const client = {
    async send(command: unknown) {
      if (command instanceof GetPublicKeyCommand)
        return { PublicKey: Buffer.concat([spkiPrefix, secp256k1.getPublicKey(secret, false)]) };
      if (!(command instanceof SignCommand)) throw new Error('This key only signs.');
      signatures += 1;
      return { Signature: sign(command.input.Message ?? new Uint8Array()) };
    },
  };
  return {
    client: client as unknown as KMSClient,
    signatures: () => signatures,
    /** What one signature takes here, measured by many of them: to be asked for afterwards. */
    millisecondsEach(): number {
      const many = 200;
      const begun = process.cpuUsage();
      for (let index = 0; index < many; index += 1) sign(new Uint8Array(32).fill(index));
      const { user, system } = process.cpuUsage(begun);
      return (user + system) / 1000 / many;
    },
  };
}
