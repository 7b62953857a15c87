import { type Hex, keccak256 } from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { Transaction } from 'viem/tempo';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { agreed } from '../../functions/reconciler/agree.ts';
import type { Movement } from '../../functions/reconciler/chain.ts';
import { nodeAt } from '../../functions/reconciler/node.ts';
import { tempoChainAt } from '../../functions/reconciler/tempo-chain.ts';
import { rpcTo } from '../../infra/local/chain/rpc.ts';
import { startTempoChain, type TempoChain } from '../../infra/local/chain/start-tempo-chain.ts';
import { freezeCharge } from '../../shared/core/authorization.ts';
import { transactionOf } from '../../shared/protocol/mpp-credential.ts';

/** The reader of the second rail, at a node that we did not write. */

let chain: TempoChain;
const wallet = privateKeyToAccount(generatePrivateKey());
const payTo = `0x${'5a'.repeat(20)}`;
const funds = 1_000_000n;
beforeAll(async () => {
  chain = await startTempoChain();
  await chain.fund(wallet.address, funds);
});
afterAll(() => chain?.close());

const readerOf = () => {
  const reader = tempoChainAt(nodeAt(chain.rpcUrl, chain), chain.token.address, wallet.address);
  return agreed([reader, reader]);
};

async function signed(memo: Hex, amountAtomic: string): Promise<{ bytes: Hex; hash: Hex }> {
  const { network, token } = chain;
  const asset = { network, asset: token.address, decimals: 6, feeCapAtomic: '30000' };
  const terms = { from: wallet.address, payTo, amountAtomic, memo, expiresAt: undefined };
  const frozen = freezeCharge({ asset, ...terms, nowSeconds: Math.floor(Date.now() / 1000) });
  const serializer = Transaction.serialize as never;
  const bytes = await wallet.signTransaction(transactionOf(frozen) as never, { serializer });
  return { bytes, hash: keccak256(bytes) };
}

async function mined(hash: Hex): Promise<number> {
  for (;;) {
    const receipt = await rpcTo(chain.rpcUrl)('eth_getTransactionReceipt', [hash]);
    if (receipt) return Number((receipt as { blockNumber: Hex }).blockNumber);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

test('a payment shows its memo, amount and payee, its fee apart, and what is sent again is taken once', async () => {
  const memo: Hex = `0x${'ab'.repeat(32)}`;
  const { bytes, hash } = await signed(memo, '30000');
  const reader = readerOf();
  const send = () => rpcTo(chain.rpcUrl)('eth_sendRawTransaction', [bytes]);
  expect(await reader.isNonceUsed(memo, 1_000, hash)).toBe(false);
  // The hash is known before anybody has the transaction.
  expect(await send()).toBe(hash);
  const block = await mined(hash);
  await send().catch(() => {});

  const failing = await signed(`0x${'cd'.repeat(32)}`, '900000000');
  await rpcTo(chain.rpcUrl)('eth_sendRawTransaction', [failing.bytes]);
  const last = await mined(failing.hash);

  const movements = await reader.movements(0, last);
  const of = (transaction: Hex): Movement[] =>
    movements.filter((movement) => movement.transaction === transaction);
  expect(of(hash)).toMatchObject([
    { kind: 'sent', value: 30_000n, to: payTo, blockNumber: block },
    { kind: 'used', nonce: memo, blockNumber: block },
    { kind: 'fee', blockNumber: block },
  ]);
  // One that failed is in a block too: it moved nothing but its fee, and is used up.
  expect(of(failing.hash)).toMatchObject([{ kind: 'fee', blockNumber: last }]);
  expect(await reader.isNonceUsed(memo, last, hash)).toBe(true);
  // Asked as of a block before it, a node is ahead of what is concluded.
  await expect(reader.isNonceUsed(memo, block - 1, hash)).rejects.toThrow('does not have that block');
  expect(await reader.isNonceUsed(`0x${'cd'.repeat(32)}`, last, failing.hash)).toBe(false);

  const fees = movements.filter(({ kind }) => kind === 'fee').map(({ value = 0n }) => value);
  expect(fees.every((fee) => fee > 0n && fee < 30_000n)).toBe(true);
  const spent = fees.reduce((sum, fee) => sum + fee, 30_000n);
  expect(await reader.balance(last)).toBe(funds - spent);
});
