import { createHash, createPublicKey, verify as verifyWithNode } from 'node:crypto';
import {
  DescribeKeyCommand,
  GetPublicKeyCommand,
  KMSClient,
  ListKeysCommand,
  type MessageType,
  SignCommand,
} from '@aws-sdk/client-kms';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { hashMessage, recoverAddress, toHex } from 'viem';
import { publicKeyToAddress } from 'viem/accounts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Account, startAccount } from './local-account.ts';

const IMPORTED = '59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d';
const HALF_ORDER = secp256k1.Point.Fn.ORDER / 2n;

let account: Account;
let kms: KMSClient;

beforeAll(async () => {
  account = await startAccount(
    {
      Wallet: { Type: 'AWS::KMS::Key', Properties: { KeySpec: 'ECC_SECG_P256K1', KeyUsage: 'SIGN_VERIFY' } },
      Name: {
        Type: 'AWS::KMS::Alias',
        Properties: { AliasName: 'alias/wallet', TargetKeyId: { Ref: 'Wallet' } },
      },
    },
    {},
    { importedKeys: { secp256k1PrivateKeyHex: IMPORTED } },
  );
  kms = new KMSClient(account.world.sdk('kms'));
});

afterAll(async () => {
  kms.destroy();
  await account.close();
});

async function sign(Message: Uint8Array, MessageType: MessageType = 'DIGEST', KeyId = 'alias/wallet') {
  const command = new SignCommand({ KeyId, Message, MessageType, SigningAlgorithm: 'ECDSA_SHA_256' });
  const { Signature } = await kms.send(command);
  return secp256k1.Signature.fromBytes(Signature ?? new Uint8Array(), 'der');
}

test('the public key is DER that node reads, and its address is the imported key’s', async () => {
  const { PublicKey, KeySpec } = await kms.send(new GetPublicKeyCommand({ KeyId: account.world.key().arn }));
  expect(KeySpec).toBe('ECC_SECG_P256K1');
  const key = createPublicKey({ key: Buffer.from(PublicKey ?? []), format: 'der', type: 'spki' });
  expect(key.asymmetricKeyDetails?.namedCurve).toBe('secp256k1');
  const point = toHex((PublicKey ?? new Uint8Array()).slice(-65));
  expect(publicKeyToAddress(point)).toBe(account.world.key().address);
  expect(account.world.key().address).toBe('0x70997970C51812dc3A010C7d01b50e0d17dc79C8');
});

test('signatures of one digest differ, verify, recover the address, and have both high and low s', async () => {
  const hash = hashMessage('one digest');
  const digest = Buffer.from(hash.slice(2), 'hex');
  const signatures = await Promise.all(Array.from({ length: 24 }, () => sign(digest)));
  expect(new Set(signatures.map((signature) => signature.r)).size).toBe(24);
  const high = signatures.filter((signature) => signature.s > HALF_ORDER);
  expect(high.length).toBeGreaterThan(0);
  expect(high.length).toBeLessThan(24);
  for (const { r, s } of signatures) {
    const low = s > HALF_ORDER ? secp256k1.Point.Fn.ORDER - s : s;
    const recovered = await Promise.all(
      [0, 1].map((yParity) =>
        recoverAddress({
          hash,
          signature: { r: toHex(r, { size: 32 }), s: toHex(low, { size: 32 }), yParity },
        }),
      ),
    );
    expect(recovered).toContain(account.world.key().address);
  }
});

test('a RAW message is hashed with SHA-256', async () => {
  const message = Buffer.from('raw');
  const signature = await sign(message, 'RAW');
  const point = Buffer.from(account.world.key().publicKeyHex.slice(2), 'hex');
  const digest = createHash('sha256').update(message).digest();
  const bytes = signature.toBytes('compact');
  expect(secp256k1.verify(bytes, digest, point, { prehash: false, lowS: false })).toBe(true);
  const { PublicKey } = await kms.send(new GetPublicKeyCommand({ KeyId: 'alias/wallet' }));
  const key = createPublicKey({ key: Buffer.from(PublicKey ?? []), format: 'der', type: 'spki' });
  expect(verifyWithNode('sha256', message, key, Buffer.from(signature.toBytes('der')))).toBe(true);
});

test('refusals are those of KMS', async () => {
  await expect(sign(Buffer.alloc(31))).rejects.toMatchObject({ name: 'ValidationException' });
  await expect(sign(Buffer.alloc(32), 'DIGEST', 'alias/nobody')).rejects.toMatchObject({
    name: 'NotFoundException',
  });
  account.world.key().setState('Disabled');
  await expect(sign(Buffer.alloc(32))).rejects.toMatchObject({ name: 'DisabledException' });
  const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: 'alias/wallet' }));
  expect(KeyMetadata).toMatchObject({ KeyState: 'Disabled', Enabled: false });
  account.world.key().setState('Enabled');
  await expect(sign(Buffer.alloc(32))).resolves.toBeDefined();
  await expect(kms.send(new ListKeysCommand({}))).rejects.toThrow(/ListKeys is not emulated/);
});
