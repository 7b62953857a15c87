import { decodePaymentResponseHeader } from '@x402/core/http';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Chain, startChain } from '../../../infra/local/chain/start-chain.ts';
import { type Seller, startSeller } from '../../../infra/local/seller/start-seller.ts';
import type { RequestEvent } from '../../../infra/local/seller/watch-requests.ts';
import {
  challengeOf,
  createReferenceBuyer,
  GENERATE,
  type JobRecord,
  type ReferenceBuyer,
  read,
} from './reference-buyer.ts';

const PAYEE = '0x000000000000000000000000000000000000bEEF';
const BODY = { prompt: 'A red kite over the sea', aspect_ratio: '3:2', resolution: '0.5 MP', seed: 7 };

describe('buying at the sandbox', () => {
  let chain: Chain;
  let seller: Seller;
  let buyer: ReferenceBuyer;
  let now = Date.now();

  beforeAll(async () => {
    chain = await startChain();
    seller = await startSeller({ chain, payTo: PAYEE, renderSeconds: 10, clock: () => now });
    buyer = await createReferenceBuyer(chain, seller);
  });
  afterAll(async () => {
    await seller.close();
    await chain.close();
  });

  it('sells a picture to the reference client: pay, poll, download', async () => {
    const answer = await buyer.buy(BODY);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('private');
    const sold = await read<{ jobId: string; pollUrl: string }>(answer);
    expect(sold).toEqual({
      success: true,
      jobId: expect.stringMatching(/^c[a-z0-9]{24}$/),
      status: 'pending',
      type: 'flux-2-pro-generate',
      pollUrl: `${seller.origin}/api/jobs/${sold.jobId}`,
    });

    const settlement = decodePaymentResponseHeader(answer.headers.get('PAYMENT-RESPONSE') ?? '');
    expect(settlement).toMatchObject({
      success: true,
      network: 'eip155:31337',
      payer: buyer.account.address,
    });
    expect(await chain.settlements(buyer.account.address)).toEqual([
      expect.objectContaining({ transaction: settlement.transaction, to: PAYEE, value: 20_000n }),
    ]);
    expect(await chain.balance(buyer.account.address)).toBe(980_000n);
    expect(await chain.balance(PAYEE)).toBe(20_000n);

    const poll = async () => read<JobRecord>(await buyer.get(sold.pollUrl));
    expect(await poll()).toMatchObject({ jobId: sold.jobId, status: 'pending', input: BODY });
    now += 5000;
    expect(await poll()).toMatchObject({ status: 'loading', progress: 50 });
    now += 5000;
    const done = await poll();
    expect(done).toMatchObject({
      status: 'complete',
      result: { imageUrl: expect.stringContaining(seller.origin) },
    });
    expect(done.createdAt).toBe(new Date(now - 10_000).toISOString());

    const picture = await fetch(done.result?.imageUrl ?? '');
    expect(picture.headers.get('content-type')).toBe('image/webp');
    const { format, width, height } = await sharp(Buffer.from(await picture.arrayBuffer())).metadata();
    expect({ format, width, height }).toEqual({ format: 'webp', width: 864, height: 576 });
  });

  it('lets the link die after twenty minutes, gives a fresh one, and refuses a changed one', async () => {
    const [job] = seller.jobs();
    const link = async (): Promise<string> =>
      (await read<JobRecord>(await buyer.get(`/api/jobs/${job?.jobId}`))).result?.imageUrl ?? '';
    const first = await link();
    now += 19 * 60_000;
    expect((await fetch(first)).status).toBe(200);
    now += 61_000;
    expect((await fetch(first)).status).toBe(403);
    const second = await link();
    expect((await fetch(second)).status).toBe(200);
    expect((await fetch(second.replace('expires=', 'expires=9'))).status).toBe(403);
    expect((await fetch(second.replace(/signature=.*/, 'signature=00'))).status).toBe(403);
    expect((await fetch(second.split('?')[0] ?? '')).status).toBe(403);
  });

  it('prices by resolution', async () => {
    const amounts = ['0.5 MP', '1 MP', '2 MP'].map(async (resolution) => {
      const quote = await buyer.probe({ ...BODY, resolution });
      return challengeOf(quote).accepts.map(({ amount }) => amount);
    });
    expect(await Promise.all(amounts)).toEqual([
      ['20000', '20000'],
      ['30000', '30000'],
      ['40000', '40000'],
    ]);
  });

  it('lists the jobs of the wallet, newest first, by status', async () => {
    await buyer.buy({ ...BODY, prompt: 'second' });
    const list = async (query: string) =>
      (await read<{ jobs: JobRecord[] }>(await buyer.get(`/api/jobs${query}`))).jobs;
    const prompts = (jobs: { input: { prompt: string } }[]) => jobs.map(({ input }) => input.prompt);
    expect(prompts(await list(''))).toEqual(['second', BODY.prompt]);
    expect(prompts(await list('?limit=1'))).toEqual(['second']);
    expect(prompts(await list('?status=complete&limit=20'))).toEqual([BODY.prompt]);
    const stranger = await createReferenceBuyer(chain, seller);
    expect(await (await stranger.get('/api/jobs')).json()).toEqual({ jobs: [] });
    expect((await stranger.get(`/api/jobs/${seller.jobs()[0]?.jobId}`)).status).toBe(403);
    expect((await stranger.get('/api/jobs/cnobodyknowsthisone000000')).status).toBe(404);
  });

  it('sells to several at once', async () => {
    const before = await chain.balance(PAYEE);
    const buyers = await Promise.all([1, 2, 3, 4].map(() => createReferenceBuyer(chain, seller)));
    const answers = await Promise.all(buyers.map((one) => one.buy(BODY)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect((await chain.balance(PAYEE)) - before).toBe(80_000n);
  });

  it('tells an observer every phase, and waits for it', async () => {
    const events: RequestEvent[] = [];
    let settledAt = 0;
    const stop = seller.onRequest(async (event) => {
      events.push(event);
      if (event.phase !== 'settled') return;
      await new Promise((resolve) => setTimeout(resolve, 150));
      settledAt = performance.now();
    });
    expect((await buyer.buy(BODY)).status).toBe(200);
    expect(performance.now()).toBeGreaterThanOrEqual(settledAt);
    await expect.poll(() => events.at(-1)?.phase).toBe('answered');
    stop();
    expect(events.map(({ phase, paid }) => `${phase}${paid ? ' paid' : ''}`)).toEqual([
      'received',
      'answered',
      'received paid',
      'verified paid',
      'job-made paid',
      'settled paid',
      'answered paid',
    ]);
    expect(events.at(-1)).toMatchObject({ method: 'POST', path: GENERATE, status: 200 });
  });

  it('settles well below 1.5 seconds', async () => {
    const before = performance.now();
    await buyer.buy(BODY);
    expect(performance.now() - before).toBeLessThan(1500);
  });
});
