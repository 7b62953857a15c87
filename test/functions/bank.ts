import { eraseHeaders } from '../../functions/payer/erase-headers.ts';
import { askErasure } from '../../functions/reconciler/ask-erasure.ts';
import { type Reconciliation, reconcile } from '../../functions/reconciler/reconcile.ts';
import type { Reconciler } from '../../functions/reconciler/reconciler.ts';
import type { Headers } from '../../shared/aws/dynamodb-headers.ts';
import type { Job } from '../../shared/core/job-record.ts';
import { policy } from '../core/offers.ts';
import { type Booth, openBooth } from './booth.ts';
import { start } from './jobs.ts';
import { scriptedChain } from './scripted-chain.ts';

/** A look at the chain, and then the payer, who erases what it is asked to erase. */
export async function lookAndErase(
  booth: Booth,
  reconciler: Reconciler & { readonly headers: Headers },
): Promise<Reconciliation> {
  const closed: Job[] = [];
  const proven = (job: Job): void => {
    closed.push(job);
    reconciler.proven?.(job);
  };
  const look = await reconcile({ ...reconciler, proven });
  await askErasure(reconciler, closed);
  for (const { erase } of booth.erasures.splice(0)) await eraseHeaders(reconciler, erase);
  return look;
}

/** A booth whose chain is read: its wallet's row is filled by the first look. */
export async function openBank(manner: ReturnType<typeof openBooth>['seller']['manner'] = 'honest') {
  const booth = openBooth({}, {}, { readsChain: true });
  booth.seller.manner = manner;
  const chain = scriptedChain(start - 20_000);
  const [asset] = policy.assets;
  if (!asset) throw new Error('The policy of the tests names an asset.');
  const { ports } = booth.process();
  const told: string[] = [];
  const proven = ({ jobId, proof }: Job) => void told.push(`${jobId} ${proof?.state}`);
  const look = (floorAtomic = 0): Promise<Reconciliation> =>
    lookAndErase(booth, {
      ...ports,
      proven,
      chainLedger: booth.ledger.chainLedger,
      chain,
      asset,
      floorAtomic,
    });
  await look();
  /** Puts the chain's newest final block at the booth's time, or at another, and a few blocks on. */
  const catchUp = (blocks = 1, time = booth.clock.now): void => {
    chain.head = Math.max(chain.head + 1, Math.floor((time - (start - 20_000)) / 2000) + blocks);
  };
  const settle = ({ purchase }: Job): void => {
    if (!purchase) throw new Error('There is nothing to settle.');
    chain.settle({ nonce: purchase.nonce, value: BigInt(purchase.amountAtomic), to: purchase.payTo });
  };
  return { booth, chain, look, catchUp, settle, told };
}
