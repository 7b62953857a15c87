import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rpcTo } from '../../infra/local/chain/rpc.ts';
import type { FaultName } from '../../infra/local/seller/faults.ts';
import { openTestBooth, quick, type TestBooth } from './test-booth.ts';

/** The second rail, whole: the sandbox offers both on one 402, and the settings say Tempo first. */

let booth: TestBooth;
beforeAll(async () => {
  booth = await openTestBooth({
    rails: ['tempo', 'x402'],
    settings: { ...quick, timings: { ...quick.timings, answerSeconds: 5 }, payer: { timeoutSeconds: 12 } },
  });
});
afterAll(() => booth?.close());

const sandboxOf = ({ sandbox }: TestBooth) => {
  if (!sandbox?.tempo) throw new Error('The booth has no Tempo chain.');
  return { ...sandbox, tempo: sandbox.tempo };
};

/** Looks at the chain until a job's money is known, as the schedule would every five minutes. */
async function known(jobId: string): Promise<string> {
  const until = Date.now() + 45_000;
  for (;;) {
    const looked = await booth.world.invoke('reconciler', {});
    expect(looked.ok).toBe(true);
    const { money } = await booth.get(jobId);
    if (money !== 'open') return money;
    if (Date.now() > until) throw new Error(`Nobody knows what became of the money of ${jobId}.`);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}

test('one 402 with both rails is paid once, on the first of the settings', async () => {
  const { chain, tempo, seller } = sandboxOf(booth);
  const quote = await fetch(`${seller.origin}/api/generate/flux-2-pro/generate`, {
    method: 'POST',
    body: '{"prompt":"a kite"}',
  });
  expect([...quote.headers.keys()]).toEqual(expect.arrayContaining(['payment-required', 'www-authenticate']));

  const ended = await booth.ended(await booth.submit({ prompt: 'a red kite over snow' }));
  expect(ended.detail).toMatchObject({
    status: 'delivered',
    money: 'spent',
    payment: { network: tempo.network, asset: tempo.token.address, amountAtomic: '30000' },
  });
  const { payment } = ended.detail;
  const paid = (await tempo.transfers(booth.wallet)).filter(({ memo }) => memo === payment?.nonce);
  // The receipt's transaction is on the chain, with the amount, the recipient and the memo that were frozen.
  expect(paid).toEqual([
    {
      transaction: payment?.transaction,
      from: booth.wallet,
      to: seller.payTo,
      value: 30_000n,
      memo: payment?.nonce,
    },
  ]);
  expect(await chain.settlements(booth.wallet)).toEqual([]);
});

test('several pictures at once are several payments of one wallet, and each is closed by its hash and memo', async () => {
  const { tempo } = sandboxOf(booth);
  const before = (await tempo.transfers(booth.wallet)).length;
  const jobIds = await Promise.all([1, 2, 3].map((seed) => booth.submit({ prompt: 'a lighthouse', seed })));
  const ends = await Promise.all(jobIds.map((jobId) => booth.ended(jobId)));
  expect(ends.map(({ detail }) => detail.status)).toEqual(['delivered', 'delivered', 'delivered']);
  const memos = new Set(ends.map(({ detail }) => detail.payment?.nonce));
  const transactions = new Set(ends.map(({ detail }) => detail.payment?.transaction));
  expect([memos.size, transactions.size]).toEqual([3, 3]);
  expect((await tempo.transfers(booth.wallet)).length - before).toBe(3);

  const looked = await booth.world.invoke('reconciler', {});
  expect(looked).toMatchObject({ ok: true, payload: [{ unexplained: [] }, { unexplained: [] }] });
  for (const jobId of jobIds) expect(await known(jobId)).toBe('spent');
});

describe('with the same things going wrong', () => {
  const cases: [FaultName, number][] = [
    ['lost-request', 1],
    ['error-after-settlement', 1],
    ['challenge-after-settlement', 1],
  ];
  test.each(cases)('%s: the picture is there, and settled %i times', async (fault, settlements) => {
    sandboxOf(booth).seller.faults.set(fault, { times: 1 });
    const jobId = await booth.submit({ prompt: `a harbour, ${fault}` });
    const ended = await booth.ended(jobId);
    expect(ended.detail.status).toBe('delivered');
    expect(await booth.settlements(ended)).toBe(settlements);
  });
});

test('what was never settled is dead by the first final block after its half minute, and the wallet adds up', async () => {
  const { seller, tempo } = sandboxOf(booth);
  seller.faults.set('settlement-failed', { times: 1 });
  const jobId = await booth.submit({ prompt: 'a harbour that nobody is paid for' });
  const ended = await booth.ended(jobId);
  expect(ended.detail).toMatchObject({ status: 'delivered', money: 'open' });
  expect(await booth.settlements(ended)).toBe(0);
  // The chain's clock alone decides: half a minute passes there in the next block.
  await rpcTo(tempo.rpcUrl)('evm_increaseTime', [120]);
  expect(await known(jobId)).toBe('none');
  const looked = await booth.world.invoke('reconciler', {});
  const looks = (looked.ok ? looked.payload : []) as {
    balance: number;
    open: number;
    unexplained: string[];
  }[];
  expect(looks.map(({ open, unexplained }) => ({ open, unexplained }))).toEqual([
    { open: 0, unexplained: [] },
    { open: 0, unexplained: [] },
  ]);
  expect(looks[0]?.balance).toBe(Number(await tempo.balance(booth.wallet)));
});
