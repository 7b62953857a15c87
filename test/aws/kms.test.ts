import { KMSClient } from '@aws-sdk/client-kms';
import {
  type Hex,
  keccak256,
  recoverMessageAddress,
  recoverTypedDataAddress,
  serializeTransaction,
  toHex,
} from 'viem';
import { Transaction } from 'viem/tempo';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Tap } from '../../infra/local/aws/call.ts';
import { earlierWallets, walletOf } from '../../shared/aws/kms.ts';
import { freezeCharge } from '../../shared/core/authorization.ts';
import { typedDataOf } from '../../shared/protocol/eip3009.ts';
import { transactionOf } from '../../shared/protocol/mpp-credential.ts';
import { authorizationFor, newJob } from '../functions/jobs.ts';
import { type Account, startAccount } from '../infra/conformance/local-account.ts';

let account: Account;
let client: KMSClient;
let failing: string | undefined;

const tap: Tap = ({ operation, phase }) =>
  phase === 'before' && operation === 'Sign' && failing !== undefined
    ? { fail: { code: failing, status: 400 } }
    : undefined;

beforeAll(async () => {
  const key = { Type: 'AWS::KMS::Key', Properties: { KeySpec: 'ECC_SECG_P256K1', KeyUsage: 'SIGN_VERIFY' } };
  account = await startAccount({ Wallet: key }, {}, { taps: [tap] });
  // One try: how often the SDK asks again is not ours to test.
  client = new KMSClient({ ...account.world.sdk('kms'), maxAttempts: 1 });
});
afterAll(async () => {
  client.destroy();
  await account.close();
});

const open = () => walletOf(account.world.key().arn, client);

test('its address is the key’s', async () => {
  expect((await open()).address).toBe(account.world.key().address);
});

// KMS leaves s high in half of all signatures and the parity to us: few digests would prove nothing.
test('whatever the digest, the signature of a payment is the wallet’s, with a low s and v of 27 or 28', async () => {
  const wallet = await open();
  const seen = new Set<string>();
  for (let index = 0; index < 60; index += 1) {
    const authorization = { ...authorizationFor(newJob()), nonce: keccak256(toHex(index)) };
    const definition = typedDataOf(authorization);
    const signature: Hex = await wallet.signTypedData(definition);
    expect(await recoverTypedDataAddress({ ...definition, signature })).toBe(wallet.address);
    expect(signature).toMatch(/^0x[0-9a-f]{64}[0-7][0-9a-f]{63}(1b|1c)$/);
    seen.add(signature.slice(-2));
  }
  expect(seen.size).toBe(2);
});

test('a sign-in is signed as a personal message', async () => {
  const wallet = await open();
  const message = 'seller.test wants you to sign in — çà';
  const signature = await wallet.signMessage({ message });
  expect(await recoverMessageAddress({ message, signature })).toBe(wallet.address);
});

test('a transaction, a bare digest or a delegation cannot be asked of it', async () => {
  const wallet = await open();
  const transaction = { chainId: 8453, to: wallet.address, value: 1n, type: 'eip1559' } as const;
  expect(() => wallet.signTransaction(transaction)).toThrow('does not sign transactions');
  expect(wallet.sign).toBeUndefined();
  expect(wallet.signAuthorization).toBeUndefined();
});

describe('where it pays on Tempo', () => {
  const openTempo = () => walletOf(account.world.key().arn, client, { paysOnTempo: true });
  const serializer = Transaction.serialize as never;
  const plain = serializeTransaction as never;
  const frozen = freezeCharge({
    asset: { network: 'eip155:42431', asset: `0x${'2'.repeat(40)}`, decimals: 6, feeCapAtomic: '30000' },
    from: `0x${'3'.repeat(40)}`,
    payTo: `0x${'4'.repeat(40)}`,
    amountAtomic: '30000',
    expiresAt: undefined,
    memo: `0x${'5'.repeat(64)}`,
    nowSeconds: 1_800_000_000,
  });

  test('the transaction of a charge is signed, and is the wallet’s', async () => {
    const wallet = await openTempo();
    const signed = await wallet.signTransaction(transactionOf(frozen) as never, { serializer });
    expect(Transaction.deserialize(signed as never)).toMatchObject({ from: wallet.address.toLowerCase() });
  });

  test.each([
    ['one that does not die', { ...transactionOf(frozen), validBefore: undefined }],
    ['one that somebody else completes', { ...transactionOf(frozen), feePayer: true }],
    ['one of another kind', { chainId: 1, to: frozen.to, value: 1n, type: 'eip1559', validBefore: 1 }, plain],
  ])('no other transaction can be asked of it: %s', async (_what, transaction, written = serializer) => {
    const wallet = await openTempo();
    const asked = (async () => wallet.signTransaction(transaction as never, { serializer: written }))();
    await expect(asked).rejects.toThrow();
  });
});

describe('is SignerUnavailable, whose cause is kept', () => {
  test.each(['ThrottlingException', 'DependencyTimeoutException', 'KMSInternalException'])(
    'a signer that answers %s',
    async (code) => {
      const wallet = await open();
      failing = code;
      const refusal = await wallet.signMessage({ message: 'hello' }).catch((error: Error) => error);
      failing = undefined;
      expect(refusal).toMatchObject({ name: 'SignerUnavailable', cause: { name: code } });
      expect(await wallet.signMessage({ message: 'hello' })).toMatch(/^0x/);
    },
  );

  test('a key that is disabled, of a wallet that is open and of one to be opened', async () => {
    const wallet = await open();
    account.world.key().setState('Disabled');
    const refusals = [wallet.signMessage({ message: 'hello' }), open()];
    for (const refusal of refusals)
      await expect(refusal).rejects.toMatchObject({
        name: 'SignerUnavailable',
        cause: { name: 'DisabledException' },
      });
    account.world.key().setState('Enabled');
  });

  test('an endpoint that nobody listens on', async () => {
    const deaf = new KMSClient({
      ...account.world.sdk('kms'),
      endpoint: 'http://127.0.0.1:1',
      maxAttempts: 1,
    });
    await expect(walletOf('alias/wallet', deaf)).rejects.toMatchObject({ name: 'SignerUnavailable' });
    deaf.destroy();
  });
});

test('a wallet that was replaced is found by its address, and a key that is gone by none', async () => {
  const { arn, address } = account.world.key();
  const gone = arn.replace(/.{12}$/, '000000000000');
  const find = earlierWallets([gone, arn], client);
  const wallet = await find(address.toLowerCase());
  expect(wallet?.address).toBe(address);
  const message = 'the last look at a job';
  const signature = await wallet?.signMessage({ message });
  expect(await recoverMessageAddress({ message, signature: signature ?? '0x' })).toBe(address);
  expect(await find('0x00000000000000000000000000000000000000c3')).toBeUndefined();
});
