import { createHash } from 'node:crypto';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { AwsError, notEmulated } from './aws-error.ts';
import type { Place } from './call.ts';
import type { JsonService } from './json-endpoint.ts';
import type { KeyStore, LocalKey } from './kms-keys.ts';

/** DER of a SubjectPublicKeyInfo for id-ecPublicKey on secp256k1, up to the 65 bytes of the point (RFC 5480). */
const SPKI_PREFIX = Buffer.from('3056301006072a8648ce3d020106052b8104000a034200', 'hex');

const MAX_RAW_BYTES = 4096;

/** Sign and GetPublicKey ask for an enabled key (KMS developer guide, "Key states"). */
function usable(key: LocalKey): LocalKey {
  if (key.state === 'Disabled') throw new AwsError('DisabledException', `${key.arn} is disabled.`);
  if (key.state === 'PendingDeletion') {
    throw new AwsError('KMSInvalidStateException', `${key.arn} is pending deletion.`);
  }
  return key;
}

function digestOf(input: Record<string, unknown>): Uint8Array {
  const type = input.MessageType ?? 'RAW';
  if (typeof input.Message !== 'string' || input.Message === '') {
    throw new AwsError(
      'ValidationException',
      "1 validation error detected: Value at 'message' failed to satisfy constraint: Member must not be null",
    );
  }
  const message = Buffer.from(input.Message, 'base64');
  if (message.length > MAX_RAW_BYTES) {
    throw new AwsError(
      'ValidationException',
      "1 validation error detected: Value at 'message' failed to satisfy constraint: Member must have length less than or equal to 4096",
    );
  }
  if (type === 'RAW') return createHash('sha256').update(message).digest();
  if (type !== 'DIGEST') {
    throw new AwsError(
      'ValidationException',
      `1 validation error detected: Value '${String(type)}' at 'messageType' failed to satisfy constraint: Member must satisfy enum value set: [RAW, DIGEST]`,
    );
  }
  if (message.length !== 32) {
    throw new AwsError('ValidationException', 'Digest is invalid length for algorithm ECDSA_SHA_256.');
  }
  return message;
}

function sign(keys: KeyStore, input: Record<string, unknown>): unknown {
  if (input.DryRun === true) throw notEmulated('KMS Sign with DryRun');
  const key = usable(keys.get(String(input.KeyId)));
  if (input.SigningAlgorithm !== 'ECDSA_SHA_256') {
    throw new AwsError(
      'InvalidKeyUsageException',
      `Algorithm ${String(input.SigningAlgorithm)} is incompatible with key spec ECC_SECG_P256K1.`,
    );
  }
  // The real service draws k at random and leaves a high s as it is; code that normalises must be met with both.
  const signature = secp256k1.sign(digestOf(input), key.secretKey, {
    prehash: false,
    lowS: false,
    extraEntropy: true,
    format: 'der',
  });
  return {
    KeyId: key.arn,
    Signature: Buffer.from(signature).toString('base64'),
    SigningAlgorithm: 'ECDSA_SHA_256',
  };
}

/** KMS as far as a wallet needs it: GetPublicKey, Sign and DescribeKey for `ECC_SECG_P256K1` keys. */
export function createKms(keys: KeyStore, place: Place): JsonService {
  return {
    name: 'kms',
    target: 'TrentService',
    operations: {
      Sign: (input) => sign(keys, input),
      GetPublicKey: (input) => {
        const key = usable(keys.get(String(input.KeyId)));
        return {
          KeyId: key.arn,
          PublicKey: Buffer.concat([SPKI_PREFIX, key.publicKey]).toString('base64'),
          KeySpec: 'ECC_SECG_P256K1',
          CustomerMasterKeySpec: 'ECC_SECG_P256K1',
          KeyUsage: 'SIGN_VERIFY',
          SigningAlgorithms: ['ECDSA_SHA_256'],
        };
      },
      DescribeKey: (input) => {
        const key = keys.get(String(input.KeyId));
        return {
          KeyMetadata: {
            AWSAccountId: place.accountId,
            KeyId: key.keyId,
            Arn: key.arn,
            CreationDate: key.createdAt,
            Enabled: key.state === 'Enabled',
            Description: key.description,
            KeyUsage: 'SIGN_VERIFY',
            KeyState: key.state,
            Origin: 'AWS_KMS',
            KeyManager: 'CUSTOMER',
            KeySpec: 'ECC_SECG_P256K1',
            CustomerMasterKeySpec: 'ECC_SECG_P256K1',
            SigningAlgorithms: ['ECDSA_SHA_256'],
            MultiRegion: false,
          },
        };
      },
    },
  };
}
