import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Chain, startChain } from '../../../infra/local/chain/start-chain.ts';
import { type Seller, type SellerOptions, startSeller } from '../../../infra/local/seller/start-seller.ts';
import { sellerAt } from '../../../shared/seller/seller.ts';
import { createReferenceBuyer, type JobRecord, type ReferenceBuyer, read } from './reference-buyer.ts';

const BODY = { prompt: 'A heron', resolution: '0.5 MP' };
const BANANA = '/api/generate/nano-banana-pro/generate';

describe('the jobs of the sandbox', () => {
  let chain: Chain;
  let seller: Seller;
  let buyer: ReferenceBuyer;
  let now = Date.now();
  const sellers: Seller[] = [];

  const open = async (options: Partial<SellerOptions>): Promise<Seller> => {
    const payTo = '0x000000000000000000000000000000000000bEEF';
    const opened = await startSeller({ chain, payTo, clock: () => now, ...options });
    sellers.push(opened);
    return opened;
  };
  beforeAll(async () => {
    chain = await startChain();
    seller = await open({ pictureStyle: 'plain' });
    buyer = await createReferenceBuyer(chain, seller, { mostAtomic: 1_000_000n });
  });
  afterEach(() => seller.faults.clear());
  afterAll(async () => {
    for (const one of sellers) await one.close();
    await chain.close();
  });

  const buy = async (who: ReferenceBuyer, body: object, path?: string): Promise<string> =>
    (await read<JobRecord>(await who.buy(body, path))).jobId;
  const poll = async (who: ReferenceBuyer, jobId: string): Promise<JobRecord> =>
    read<JobRecord>(await who.get(`/api/jobs/${jobId}`));
  const listed = async (): Promise<string[]> =>
    (await read<{ jobs: JobRecord[] }>(await buyer.get('/api/jobs'))).jobs.map(({ jobId }) => jobId);

  it('take as long as their model does', async () => {
    const [flux, banana] = [await buy(buyer, BODY), await buy(buyer, BODY, BANANA)];
    now += 4900;
    expect(await poll(buyer, flux)).toMatchObject({ status: 'loading', progress: 98 });
    expect(await poll(buyer, banana)).toMatchObject({ status: 'loading', progress: 49 });
    now += 100;
    expect(await poll(buyer, flux)).toMatchObject({ status: 'complete', type: 'flux-2-pro-generate' });
    now += 5000;
    expect(await poll(buyer, banana)).toMatchObject({ status: 'complete', type: 'nano-banana-pro-generate' });
  });

  it('are shown by our client to the wallet that paid for them, while another pays now', async () => {
    const [old, anew] = [buyer, await createReferenceBuyer(chain, seller)];
    const jobId = await buy(old, BODY);
    const asked: string[] = [];
    const earlier = async (address: string) => {
      asked.push(address);
      return address.toLowerCase() === old.account.address.toLowerCase() ? old.account : undefined;
    };
    const client = sellerAt(seller.origin, [chain.network], anew.account, () => now, earlier);
    // As it would be for a poller that knew the new key alone.
    expect(await client.job(jobId)).toMatchObject({ state: 'denied' });
    expect(await client.job(jobId, anew.account.address)).toMatchObject({ state: 'denied' });
    expect(asked).toEqual([]);
    expect(await client.job(jobId, old.account.address)).toMatchObject({ state: 'running' });
    expect((await client.jobs(old.account.address))?.map(({ sellerJobId }) => sellerJobId)).toContain(jobId);
    expect(await client.jobs()).toEqual([]);
    // A key that signs no more is no answer of the seller's: the job is not given up for it.
    const retired = '0x00000000000000000000000000000000000000c3';
    expect(await client.job(jobId, retired)).toMatchObject({ state: 'unavailable' });
    expect(await client.jobs(retired)).toBeUndefined();
  });

  it('take a share of it with timeScale, and the same for all with renderSeconds', async () => {
    const slowed = await open({ timeScale: 0.1 });
    const even = await open({ timeScale: 0.1, renderSeconds: 2 });
    const [atSlowed, atEven] = [
      await createReferenceBuyer(chain, slowed, { mostAtomic: 1_000_000n }),
      await createReferenceBuyer(chain, even, { mostAtomic: 1_000_000n }),
    ];
    await buy(atSlowed, BODY);
    await buy(atSlowed, BODY, BANANA);
    await buy(atEven, BODY);
    await buy(atEven, BODY, BANANA);
    expect(slowed.jobs().map(({ renderSeconds }) => renderSeconds)).toEqual([1, 0.5]);
    expect(even.jobs().map(({ renderSeconds }) => renderSeconds)).toEqual([2, 2]);
  });

  it('can be put away by their wallet once they have failed', async () => {
    seller.faults.set('failed-job', { times: 1 });
    const failed = await buy(buyer, BODY);
    const running = await buy(buyer, BODY);
    const remove = async (who: ReferenceBuyer, jobId: string) =>
      (await who.get(`/api/jobs/${jobId}`, 'DELETE')).status;
    expect(await remove(buyer, failed)).toBe(409);
    now += 5000;
    expect(await poll(buyer, failed)).toMatchObject({ status: 'failed', error: expect.any(String) });

    const stranger = await createReferenceBuyer(chain, seller);
    expect(await remove(stranger, failed)).toBe(403);
    expect(await remove(buyer, running)).toBe(409);
    expect(await listed()).toContain(failed);
    expect(await remove(buyer, failed)).toBe(200);
    expect(await remove(buyer, failed)).toBe(404);
    expect((await buyer.get(`/api/jobs/${failed}`)).status).toBe(404);
    expect(await listed()).not.toContain(failed);
    expect(await listed()).toContain(running);
    expect(seller.jobs().map(({ jobId }) => jobId)).toContain(failed);
    const unsigned = await fetch(`${seller.origin}/api/jobs/${running}`, { method: 'DELETE' });
    expect(unsigned.status).toBe(402);
  });
});
