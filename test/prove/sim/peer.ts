import { startChain } from '../../../infra/local/chain/start-chain.ts';
import type { FaultName } from '../../../infra/local/seller/faults.ts';
import { startSeller } from '../../../infra/local/seller/start-seller.ts';
import type { Suite } from '../suite.ts';
import { type Bought, buyInALoop, buyWithCoinbooth, patienceSeconds } from './peer-buyers.ts';

/** What the seller does wrong, once for each purchase. */
const faults: readonly FaultName[] = [
  'lost-request',
  'redirect-paid',
  'settlement-failed',
  'lost-answer',
  'error-after-settlement',
  'challenge-after-settlement',
  'slow-answer',
];
const sizes = { quick: 1, full: 5 } as const;
const payee = '0x000000000000000000000000000000000000bEEF';
const buyers = { 'a retry loop': buyInALoop, coinbooth: buyWithCoinbooth } as const;

/**
 * Two buyers at one running sandbox seller and a real chain, each purchase with one mishap of the seller's: how often
 * was it paid, and is there a picture to fetch? Needs anvil and real time; run when it is asked for.
 */
export const peer: Suite = {
  name: 'peer',
  claim:
    'Where a retry loop around the reference client pays twice for one picture, Coinbooth pays once and still finds its picture.',
  zero: ['second settlements of Coinbooth'],
  async prove({ size, progress }) {
    const counts: Record<string, number> = {};
    const violations: string[] = [];
    const chain = await startChain();
    const seller = await startSeller({ chain, payTo: payee, renderSeconds: 0, pictureStyle: 'plain' });
    const [each, names] = [sizes[size], Object.entries(buyers)];
    const total = each * faults.length * names.length;
    let done = 0;

    async function buy(fault: FaultName, name: string, buyOne: () => Promise<Bought>): Promise<void> {
      seller.faults.clear();
      seller.faults.set(fault, {
        times: 1,
        ...(fault === 'slow-answer' && { seconds: 2 * patienceSeconds }),
      });
      const { wallet, hasJob } = await buyOne();
      const settlements = (await chain.settlements(wallet)).length;
      const add = (what: string, by: number) => {
        counts[`${fault}, ${name}: ${what}`] = (counts[`${fault}, ${name}: ${what}`] ?? 0) + by;
      };
      add('purchases', 1);
      add('settlements', settlements);
      add('with a picture', hasJob ? 1 : 0);
      if (name === 'coinbooth' && settlements > 1)
        violations.push(`${fault}: Coinbooth paid ${settlements} times`);
      if (name === 'coinbooth' && settlements === 1 && !hasJob)
        violations.push(`${fault}: Coinbooth paid and has no picture`);
      done += 1;
      progress(done, total);
    }

    try {
      for (const fault of faults)
        for (const [name, buyOne] of names)
          for (let count = 0; count < each; count += 1) await buy(fault, name, () => buyOne(chain, seller));
    } finally {
      await seller.close();
      await chain.close();
    }
    return { counts, violations };
  },
};
