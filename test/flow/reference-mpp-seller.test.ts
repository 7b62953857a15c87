import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTempoChain, type TempoChain } from '../../infra/local/chain/start-tempo-chain.ts';
import { type ReferenceMppSeller, startReferenceMppSeller } from './reference-mpp-seller.ts';
import { openTestBooth, quick, type TestBooth } from './test-booth.ts';

let chain: TempoChain;
let seller: ReferenceMppSeller;
let booth: TestBooth;
beforeAll(async () => {
  chain = await startTempoChain();
  seller = await startReferenceMppSeller(chain);
  const { network, token } = chain;
  booth = await openTestBooth({
    settings: { ...quick, timings: { ...quick.timings, answerSeconds: 5 }, payer: { timeoutSeconds: 12 } },
    policy: {
      origin: seller.origin,
      pictureOrigins: [seller.origin],
      payees: [seller.payTo],
      // Of another chain, and of no use at this seller.
      assets: [{ network: 'eip155:1', asset: token.address, name: 'none', version: '1', decimals: 6 }],
      ceilingsAtomic: {},
      rails: ['x402', 'tempo'],
      tempo: {
        payees: [seller.payTo],
        assets: [{ network, asset: token.address, decimals: 6, feeCapAtomic: '30000' }],
      },
    },
    chains: { [network]: [chain.rpcUrl] },
  });
  await chain.fund(booth.wallet, 1_000_000n);
  // Until a final block shows the wallet's funds.
  for (let balance = 0; balance === 0; ) {
    const looked = await booth.world.invoke('reconciler', {});
    if (!looked.ok) throw new Error(looked.error.errorMessage);
    [{ balance } = { balance: 0 }] = looked.payload as { balance: number }[];
    if (balance === 0) await new Promise((resolve) => setTimeout(resolve, 300));
  }
});
afterAll(async () => {
  await booth?.close();
  await seller?.close();
  await chain?.close();
});

test('our payer and poller buy from a seller built on the reference mppx server', async () => {
  const jobId = await booth.submit({ prompt: 'a green square' });
  const ended = await booth.ended(jobId);
  expect(ended.detail).toMatchObject({
    status: 'delivered',
    money: 'spent',
    payment: { network: chain.network, amountAtomic: '30000' },
  });
  expect([...seller.jobs.values()]).toEqual([{ body: { prompt: 'a green square' }, polls: 2 }]);
  // Both chains are offered to sign in with; it is the one that was paid on.
  expect(new Set(seller.signIns)).toEqual(new Set([chain.network]));

  const transfers = await chain.transfers(booth.wallet);
  const { nonce, transaction } = ended.detail.payment ?? {};
  expect(transfers).toEqual([
    { transaction, from: booth.wallet, to: seller.payTo, value: 30_000n, memo: nonce },
  ]);
  expect(await chain.balance(seller.payTo)).toBe(30_000n);
});
