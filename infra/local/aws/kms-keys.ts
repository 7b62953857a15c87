import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { AwsError } from './aws-error.ts';
import type { Place } from './call.ts';

export type KeyState = 'Enabled' | 'Disabled' | 'PendingDeletion';

export type LocalKey = {
  readonly keyId: string;
  readonly arn: string;
  readonly secretKey: Uint8Array;
  /** Uncompressed point, 65 bytes. */
  readonly publicKey: Uint8Array;
  readonly createdAt: number;
  readonly description: string;
  state: KeyState;
};

export type KeyStore = {
  /** Adds the key of a template. Takes an imported private key (hex, 32 bytes), or a stored one, or a new one; an imported one never replaces another that is stored. */
  add(key: { keyId: string; description: string; enabled: boolean; importedHex?: string }): LocalKey;
  alias(name: string, keyId: string): void;
  /** By key id, key ARN, alias name or alias ARN. */
  find(reference: string): LocalKey | undefined;
  /** Like `find`, or the `NotFoundException` of KMS. */
  get(reference: string): LocalKey;
};

function storedHex(path: string | undefined): string | undefined {
  if (path === undefined || !existsSync(path)) return undefined;
  return (JSON.parse(readFileSync(path, 'utf8')) as { secp256k1PrivateKeyHex: string })
    .secp256k1PrivateKeyHex;
}

/**
 * Keeps the account's `ECC_SECG_P256K1` keys, under `directory` (files of mode 0600) when one is given.
 *
 * A wallet's key must survive a restart of the local world as it survives a deployment.
 */
export function createKeyStore(place: Place, directory?: string): KeyStore {
  const keys = new Map<string, LocalKey>();
  const aliases = new Map<string, string>();
  const base = `arn:aws:kms:${place.region}:${place.accountId}`;

  function find(reference: string): LocalKey | undefined {
    const name = reference.startsWith(`${base}:`) ? reference.slice(base.length + 1) : reference;
    const keyId = name.startsWith('alias/') ? aliases.get(name) : name.replace(/^key\//, '');
    return keyId === undefined ? undefined : keys.get(keyId);
  }

  return {
    find,
    get(reference) {
      const key = find(reference);
      if (key !== undefined) return key;
      const missing = reference.includes('alias/') ? 'Alias' : 'Key';
      throw new AwsError('NotFoundException', `${missing} '${reference}' does not exist`);
    },
    alias(name, keyId) {
      aliases.set(name, keyId);
    },
    add({ keyId, description, enabled, importedHex }) {
      const path = directory === undefined ? undefined : join(directory, `${keyId}.json`);
      const imported = importedHex?.replace(/^0x/, '').toLowerCase();
      const stored = storedHex(path);
      if (imported !== undefined && stored !== undefined && imported !== stored)
        throw new Error(
          `Another wallet is kept in ${directory}. It may hold money: give another data folder for this key, or move that one away.`,
        );
      const hex = imported ?? stored;
      const secretKey =
        hex === undefined ? secp256k1.utils.randomSecretKey() : Uint8Array.from(Buffer.from(hex, 'hex'));
      if (path !== undefined && directory !== undefined) {
        mkdirSync(directory, { recursive: true, mode: 0o700 });
        writeFileSync(
          path,
          JSON.stringify({ secp256k1PrivateKeyHex: Buffer.from(secretKey).toString('hex') }),
          {
            mode: 0o600,
          },
        );
        chmodSync(path, 0o600);
      }
      const key: LocalKey = {
        keyId,
        arn: `${base}:key/${keyId}`,
        secretKey,
        publicKey: secp256k1.getPublicKey(secretKey, false),
        createdAt: Date.now() / 1000,
        description,
        state: enabled ? 'Enabled' : 'Disabled',
      };
      keys.set(keyId, key);
      return key;
    },
  };
}
