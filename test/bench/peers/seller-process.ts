import { startChain } from '../../../infra/local/chain/start-chain.ts';
import { startSeller } from '../../../infra/local/seller/start-seller.ts';
import type { Asked, Shop, Taken } from './messages.ts';

/** One seller for all buyers, in a process of its own: what it works is on nobody's account. Told by its parent. */
const payTo = '0x000000000000000000000000000000000000bEEF';
const { timeScale, spread } = JSON.parse(process.argv[2] ?? '{}') as { timeScale: number; spread: number };
const chain = await startChain();
const seller = await startSeller({ chain, payTo, timeScale, spread, pictureStyle: 'plain' });
let requests = 0;
let paidRequests = 0;
let known = new Set<string>();
seller.onRequest(({ phase, paid }) => {
  if (phase !== 'received') return;
  requests += 1;
  if (paid) paidRequests += 1;
});

async function answer(asked: Asked): Promise<Taken | undefined> {
  if (asked.do === 'fund') {
    await chain.fund(asked.address, 10_000_000n);
    return undefined;
  }
  const all = seller.jobs();
  const fresh = all.filter(({ jobId }) => !known.has(jobId));
  const taken = {
    requests,
    paidRequests,
    jobs: fresh.map(({ jobId, createdAt, renderSeconds }) => ({ jobId, createdAt, renderSeconds })),
    settlements: fresh.filter(({ transaction }) => transaction !== undefined).length,
  };
  known = new Set(all.map(({ jobId }) => jobId));
  requests = 0;
  paidRequests = 0;
  return taken;
}

process.on('message', async (asked: Asked) => process.send?.((await answer(asked)) ?? {}));
process.on('disconnect', async () => {
  await seller.close();
  await chain.close();
  process.exit(0);
});
const { address, name, version, decimals } = chain.token;
const shop: Shop = {
  origin: seller.origin,
  payTo,
  network: chain.network,
  token: { address, name, version, decimals },
};
process.send?.(shop);
