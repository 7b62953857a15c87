import { Challenge, Credential, Receipt } from 'mppx';
import { tempo as charges, Mppx } from 'mppx/client';
import { createClient, http } from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { tempoModerato } from 'viem/tempo/chains';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Chain, startChain } from '../../../infra/local/chain/start-chain.ts';
import { startTempoChain, type TempoChain } from '../../../infra/local/chain/start-tempo-chain.ts';
import { type Seller, startSeller } from '../../../infra/local/seller/start-seller.ts';
import { createReferenceBuyer, GENERATE } from './reference-buyer.ts';

/** The reference client of the Machine Payments Protocol, at the sandbox seller; nothing of the product is here. */

const payTo = '0x5e11e500000000000000000000000000000c01b0';
let chain: Chain;
let tempo: TempoChain;
let seller: Seller;
const account = privateKeyToAccount(generatePrivateKey());
beforeAll(async () => {
  [chain, tempo] = await Promise.all([startChain(), startTempoChain()]);
  seller = await startSeller({ chain, tempo, payTo, renderSeconds: 0, pictureStyle: 'plain' });
  await tempo.fund(account.address, 1_000_000n);
});
afterAll(async () => {
  await seller?.close();
  await tempo?.close();
  await chain?.close();
});

const body = { prompt: 'a heron' };
const post = (headers: Record<string, string> = {}) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
});

function client() {
  const { id, name } = { id: tempo.chainId, name: 'local' };
  const node = createClient({ chain: { ...tempoModerato, id, name }, transport: http(tempo.rpcUrl) });
  return Mppx.create({ polyfill: false, methods: [charges.charge({ account, getClient: () => node })] });
}

test('it buys, again and again with one account: each payment is in a block, with its memo', async () => {
  const mppx = client();
  const transactions: string[] = [];
  // Under the node's default rules only the first of these would ever be mined.
  for (let count = 0; count < 3; count += 1) {
    const response = await mppx.fetch(`${seller.origin}${GENERATE}`, post());
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ success: true, status: 'pending' });
    const receipt = Receipt.deserialize(response.headers.get('payment-receipt') ?? '');
    expect(receipt).toMatchObject({ method: 'tempo', status: 'success' });
    transactions.push(receipt.reference);
  }
  const transfers = await tempo.transfers(account.address);
  expect(transfers.map(({ transaction }) => transaction)).toEqual(transactions);
  for (const { to, value, memo } of transfers) {
    expect([to.toLowerCase(), value]).toEqual([payTo, 30_000n]);
    expect(memo).toMatch(/^0xef1ed71201/);
  }
  expect(seller.jobs().map(({ payer, transaction }) => [payer, transaction])).toEqual(
    transactions.map((transaction) => [account.address, transaction]).toReversed(),
  );
});

test('a credential is good for one purchase, and for its own price', async () => {
  const before = seller.jobs().length;
  const probe = await fetch(`${seller.origin}${GENERATE}`, post());
  expect(Challenge.fromResponse(probe).realm).toBe(new URL(seller.origin).host);
  const authorization = await client().createCredential(probe);
  const dearer = { ...body, resolution: '2 MP' };
  const refused = await fetch(`${seller.origin}${GENERATE}`, {
    ...post({ authorization }),
    body: JSON.stringify(dearer),
  });
  expect([refused.status, await refused.json()]).toMatchObject([402, { reason: 'invalid-challenge' }]);

  const forged = Credential.deserialize(authorization);
  const other = Credential.serialize({
    ...forged,
    challenge: { ...forged.challenge, id: `${forged.challenge.id.slice(0, -1)}_` },
  });
  const unknown = await fetch(`${seller.origin}${GENERATE}`, post({ authorization: other }));
  expect([unknown.status, await unknown.json()]).toMatchObject([402, { reason: 'invalid-challenge' }]);
  expect(seller.jobs()).toHaveLength(before);

  const answers = [];
  for (let count = 0; count < 2; count += 1)
    answers.push((await fetch(`${seller.origin}${GENERATE}`, post({ authorization }))).status);
  expect(answers[0]).toBe(200);
  expect(answers[1]).not.toBe(200);
  expect(await tempo.transfers(account.address)).toHaveLength(4);
});

test('who pays by x402 is served as ever, at the same door', async () => {
  const buyer = await createReferenceBuyer(chain, seller);
  expect((await buyer.buy(body)).status).toBe(200);
  expect(await chain.settlements(buyer.account.address)).toHaveLength(1);
});
