import { describe, expect, test } from 'vitest';
import { reconcile } from '../../functions/reconciler/reconcile.ts';
import { policy } from '../core/offers.ts';
import { openBooth } from './booth.ts';
import { start } from './jobs.ts';
import { scriptedChain } from './scripted-chain.ts';

/** What a proof must not be taken from, and where what it gives back belongs. */

const midnight = Date.parse('2027-01-16T00:00:00Z');

async function openBank() {
  const booth = openBooth({}, {}, { readsChain: true });
  const chain = scriptedChain(start - 20_000);
  const [asset] = policy.assets;
  if (!asset) throw new Error('The policy of the tests names an asset.');
  const look = () =>
    reconcile({
      ...booth.process().ports,
      chainLedger: booth.ledger.chainLedger,
      chain,
      asset,
      floorAtomic: 0,
    });
  await look();
  /** The newest final block, at so many milliseconds. */
  const finalAt = (milliseconds: number): void => {
    chain.head = Math.ceil((milliseconds - (start - 20_000)) / 2000);
  };
  return { booth, look, finalAt };
}

describe('our own clock proves nothing', () => {
  test('an hour after the window, with final blocks that have not passed it: still open, still held', async () => {
    const { booth, look, finalAt } = await openBank();
    booth.seller.manner = 'does nothing';
    const { jobId } = await booth.accept();
    const { purchase } = await booth.pay(jobId);
    const validBefore = (purchase?.validBefore ?? 0) * 1000;
    booth.clock.now = validBefore + 3_600_000;
    finalAt(validBefore - 2_000);
    expect(await look()).toMatchObject({ dead: 0, open: 1 });
    expect((await booth.read(jobId)).purchase).toMatchObject({ holdState: 'held' });
    finalAt(validBefore + 2_000);
    expect(await look()).toMatchObject({ dead: 1, open: 0 });
  });
});

describe('what was taken before midnight goes back to the day it was taken from', () => {
  const rows = (booth: ReturnType<typeof openBooth>) =>
    Object.entries(booth.ledger.budgets()).filter(([key]) => /^\d{4}-/.test(key));

  test('when nothing was signed', async () => {
    const booth = openBooth();
    booth.clock.now = midnight - 60_000;
    const { jobId } = await booth.accept();
    expect(await booth.pay(jobId, undefined, 20_000)).toMatchObject({ status: 'reserved' });
    booth.clock.now += 3_600_000;
    expect((await booth.finish(jobId)).status).toBe('refused');
    expect(rows(booth).map(([key]) => key.slice(0, 10))).toEqual(['2027-01-15']);
    for (const [, row] of rows(booth)) expect(row).toMatchObject({ held: 0, remaining: row.limit });
  });

  test('when it is proven dead', async () => {
    const { booth, look, finalAt } = await openBank();
    booth.seller.manner = 'does nothing';
    booth.clock.now = midnight - 60_000;
    const { jobId } = await booth.accept();
    await booth.pay(jobId);
    booth.clock.now += 600_000;
    finalAt(booth.clock.now);
    expect(await look()).toMatchObject({ dead: 1 });
    for (const [, row] of rows(booth)) expect(row).toMatchObject({ held: 0, remaining: row.limit });
  });
});
