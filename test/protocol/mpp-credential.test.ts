import { Credential } from 'mppx';
import type { Hex } from 'viem';
import { expect, test } from 'vitest';
import { freezeCharge } from '../../shared/core/authorization.ts';
import { type ChargeSigner, chargeCredential } from '../../shared/protocol/mpp-credential.ts';
import { memoOf } from '../../shared/protocol/mpp-memo.ts';
import { chargeOf, tempoTerms } from '../core/offers.ts';
import { wallet } from '../functions/jobs.ts';

const purchase = `0x${'7'.repeat(64)}`;
const charge = chargeOf({ expiresAt: 1_800_000_300_000, wire: { opaque: 'e30', digest: 'sha-256=abc' } });
const [asset] = tempoTerms.assets;

function frozen(change: { amountAtomic?: string; payTo?: string; memo?: string } = {}) {
  if (!asset) throw new Error('The terms of the tests name an asset.');
  const memo = memoOf({ id: charge.wire.id ?? '', realm: charge.wire.realm ?? '' }, purchase);
  const terms = {
    payTo: '0x1111111111111111111111111111111111111111',
    amountAtomic: '30000',
    memo,
    ...change,
  };
  const at = { expiresAt: charge.expiresAt, nowSeconds: 1_800_000_000 };
  return freezeCharge({ asset, from: wallet.address, ...terms, ...at });
}

function counted() {
  const asked: unknown[] = [];
  const signer: ChargeSigner = {
    address: wallet.address,
    signTransaction: ((transaction, options) => {
      asked.push(transaction);
      return wallet.signTransaction(transaction, options);
    }) as ChargeSigner['signTransaction'],
  };
  return { signer, asked };
}

test('the credential echoes the challenge word for word, and names who pays', async () => {
  const { signer, asked } = counted();
  const { header } = await chargeCredential(signer, frozen(), charge, purchase);
  expect(asked).toHaveLength(1);
  const text = Buffer.from(header.replace('Payment ', ''), 'base64url').toString('utf8');
  const said = JSON.parse(text) as { challenge: object; source: string };
  expect(said.challenge).toEqual(charge.wire);
  expect(said.source).toBe(`did:pkh:eip155:42431:${wallet.address}`);
  expect(Credential.deserialize<{ type: string; signature: Hex }>(header).payload.type).toBe('transaction');
});

test.each([
  ['another amount than was frozen', { amountAtomic: '29999' }],
  ['another payee', { payTo: `0x${'2'.repeat(40)}` }],
  ['the memo of another purchase', { memo: `0x${'3'.repeat(64)}` }],
])('%s: the wallet is not asked', async (_what, change) => {
  const { signer, asked } = counted();
  await expect(chargeCredential(signer, frozen(change), charge, purchase)).rejects.toThrow();
  expect(asked).toEqual([]);
});

test('a wallet that does not answer is the payer’s to wait for', async () => {
  const down = Object.assign(new Error('KMS does not answer now.'), { name: 'SignerUnavailable' });
  const signer = { ...counted().signer, signTransaction: () => Promise.reject(down) } as ChargeSigner;
  await expect(chargeCredential(signer, frozen(), charge, purchase)).rejects.toBe(down);
});
