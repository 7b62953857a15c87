import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Chain, startChain } from '../../infra/local/chain/start-chain.ts';
import { acceptedSchema } from '../../shared/contracts/http.ts';
import { paymentIdentifierOf } from '../../shared/protocol/payment-identifier.ts';
import { type ReferenceSeller, startReferenceSeller } from './reference-seller.ts';
import { openTestBooth, type TestBooth } from './test-booth.ts';

let chain: Chain;
let seller: ReferenceSeller;
let booth: TestBooth;
beforeAll(async () => {
  chain = await startChain();
  seller = await startReferenceSeller(chain);
  const { address: asset, ...token } = chain.token;
  booth = await openTestBooth({
    policy: {
      origin: seller.origin,
      pictureOrigins: [seller.origin],
      payees: [seller.payTo],
      assets: [{ network: chain.network, asset, ...token }],
      ceilingsAtomic: {},
    },
  });
  await chain.fund(booth.wallet, 1_000_000n);
});
afterAll(async () => {
  await booth?.close();
  await seller?.close();
  await chain?.close();
});

test('our payer and poller buy from a seller built on the reference server packages', async () => {
  const jobId = await booth.submit({ prompt: 'a green square' });
  const ended = await booth.ended(jobId);
  expect(ended.detail).toMatchObject({
    status: 'delivered',
    money: 'spent',
    asset: { format: 'webp', width: 1000 },
  });
  expect([...seller.jobs.values()]).toEqual([{ body: { prompt: 'a green square' }, polls: 2 }]);

  expect(await chain.balance(booth.wallet)).toBe(970_000n);
  expect(await chain.balance(seller.payTo)).toBe(30_000n);
  const [settlement] = await chain.settlements(booth.wallet);
  expect(settlement).toMatchObject({
    nonce: ended.detail.payment?.nonce,
    transaction: ended.detail.payment?.transaction,
  });
});

test('a resend after a lost answer brings the answer that the seller stored by the identifier', async () => {
  const before = await chain.balance(booth.wallet);
  seller.loseAnswer();
  const response = await booth.post({ prompt: 'a blue square' }, {}, 'flux-2-max/generate');
  const { jobId } = acceptedSchema.parse(await response.json());
  const { detail } = await booth.ended(jobId);
  expect(detail).toMatchObject({ status: 'delivered', asset: { format: 'webp' } });

  const { nonce = '' } = detail.payment ?? {};
  const identifier = paymentIdentifierOf(nonce);
  expect(seller.identifiers).toEqual([identifier, identifier]);
  expect(
    [...seller.jobs.values()].filter(({ body }) => isDeepStrictEqual(body, { prompt: 'a blue square' })),
  ).toHaveLength(1);
  expect((await chain.settlements(booth.wallet)).filter((one) => one.nonce === nonce)).toHaveLength(1);
  expect(before - (await chain.balance(booth.wallet))).toBe(30_000n);
  expect(booth.announcements(jobId)).toBe(1);
});
