import { createHash } from 'node:crypto';
import { appendPaymentIdentifierToExtensions } from '@x402/extensions/payment-identifier';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Chain, startChain } from '../../../infra/local/chain/start-chain.ts';
import { FAULTS, type FaultName } from '../../../infra/local/seller/faults.ts';
import { type Seller, startSeller } from '../../../infra/local/seller/start-seller.ts';
import {
  challengeOf,
  createReferenceBuyer,
  type JobRecord,
  type ReferenceBuyer,
  read,
} from './reference-buyer.ts';

const PAYEE = '0x000000000000000000000000000000000000bEEF';
const BODY = { prompt: 'A balloon over the desert', resolution: '0.5 MP', output_format: 'jpg', seed: 3 };
const PRICE = 20_000n;

describe('the fault menu of the sandbox', () => {
  let chain: Chain;
  let seller: Seller;
  let buyer: ReferenceBuyer;

  beforeAll(async () => {
    chain = await startChain();
    seller = await startSeller({ chain, payTo: PAYEE, renderSeconds: 0 });
    buyer = await createReferenceBuyer(chain, seller);
  });
  afterEach(() => seller.faults.clear());
  afterAll(async () => {
    await seller.close();
    await chain.close();
  });

  /** Quotes and pays once, and sees what moved and what was made. */
  async function purchase(): Promise<{ answer: Response | 'cut'; spent: bigint; jobs: number }> {
    const [balance, jobs] = [await chain.balance(buyer.account.address), seller.jobs().length];
    const headers = await buyer.sign(challengeOf(await buyer.probe(BODY)));
    const answer = await buyer.pay(headers, BODY).catch(() => 'cut' as const);
    return {
      answer,
      spent: balance - (await chain.balance(buyer.account.address)),
      jobs: seller.jobs().length - jobs,
    };
  }

  async function sold(): Promise<JobRecord> {
    const { jobId } = await read<JobRecord>(await buyer.buy(BODY));
    return read<JobRecord>(await buyer.get(`/api/jobs/${jobId}`));
  }

  const download = async (): Promise<Response> => fetch((await sold()).result?.imageUrl ?? '');
  const bytesOf = async (response: Response): Promise<Buffer> => Buffer.from(await response.arrayBuffer());

  describe('around the payment', () => {
    it.each<[FaultName, number | 'cut', bigint, number]>([
      ['lost-request', 'cut', 0n, 0],
      ['redirect-paid', 307, 0n, 0],
      ['price-change', 402, 0n, 0],
      ['settlement-failed', 500, 0n, 1],
      ['retry-after-date', 503, 0n, 0],
      ['lost-answer', 'cut', PRICE, 1],
      ['error-after-settlement', 500, PRICE, 1],
      ['challenge-after-settlement', 402, PRICE, 1],
    ])(
      '%s: the buyer sees %s, %s was spent and %s job was made; then all is well',
      async (name, seen, spent, jobs) => {
        seller.faults.set(name, { times: 1 });
        const first = await purchase();
        expect(first.answer === 'cut' ? 'cut' : first.answer.status).toBe(seen);
        expect([first.spent, first.jobs]).toEqual([spent, jobs]);
        if (first.answer !== 'cut') expect(first.answer.headers.get('PAYMENT-RESPONSE')).toBeNull();
        seller.faults.clear();
        const second = await purchase();
        expect(second.answer).toMatchObject({ status: 200 });
        expect(second.spent).toBe(PRICE);
      },
    );

    it('settlement-failed says so only after three tries', async () => {
      seller.faults.set('settlement-failed', { times: 1 });
      const before = performance.now();
      const { answer } = await purchase();
      expect(performance.now() - before).toBeGreaterThan(1400);
      expect(answer === 'cut' ? undefined : await answer.json()).toEqual({
        success: false,
        error: 'Settlement failed',
      });
      expect(seller.jobs()[0]?.transaction).toBeUndefined();
    });

    it('price-change doubles the price for good', async () => {
      seller.faults.set('price-change');
      const { answer } = await purchase();
      if (answer === 'cut') throw new Error('The connection was cut');
      expect(challengeOf(answer).accepts.at(-1)?.amount).toBe('40000');
      expect(await answer.json()).toMatchObject({ reason: 'requirements_mismatch' });
      expect(await purchase()).toMatchObject({ answer: { status: 200 }, spent: 40_000n });
    });

    it('a payment after lost-answer is not taken twice, and the job can be found', async () => {
      seller.faults.set('lost-answer', { times: 1 });
      const headers = await buyer.sign(challengeOf(await buyer.probe(BODY)));
      await expect(buyer.pay(headers, BODY)).rejects.toThrow();
      const again = await buyer.pay(headers, BODY);
      expect(await again.json()).toMatchObject({ reason: 'invalid_exact_evm_nonce_already_used' });
      const { jobs } = await read<{ jobs: JobRecord[] }>(await buyer.get('/api/jobs?limit=1'));
      expect(jobs[0]).toMatchObject({ jobId: seller.jobs()[0]?.jobId, input: BODY, status: 'complete' });
    });

    it('retry-after-date names a time in the form of HTTP, not before the pause is over', async () => {
      seller.faults.set('retry-after-date', { times: 1, seconds: 60 });
      const before = Date.now();
      const { answer } = await purchase();
      const until = answer === 'cut' ? '' : (answer.headers.get('retry-after') ?? '');
      expect(until).toMatch(/^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/);
      expect(Date.parse(until)).toBeGreaterThanOrEqual(before + 60_000);
    });

    it('payment-identifier: without one 400 and no money; with one the stored answer to a resend', async () => {
      seller.faults.set('payment-identifier');
      expect(await purchase()).toMatchObject({ answer: { status: 400 }, spent: 0n, jobs: 0 });
      const [balance, jobs] = [await chain.balance(buyer.account.address), seller.jobs().length];
      const challenge = challengeOf(await buyer.probe(BODY));
      appendPaymentIdentifierToExtensions(challenge.extensions ?? {});
      const headers = await buyer.sign(challenge);
      const first = await buyer.pay(headers, BODY);
      expect(first.status).toBe(200);
      const answers = [first, await buyer.pay(headers, BODY)].map((answer) => answer.json());
      expect(await answers[1]).toEqual(await answers[0]);
      expect(balance - (await chain.balance(buyer.account.address))).toBe(PRICE);
      expect(seller.jobs().length - jobs).toBe(1);
    });

    it('redirect-paid points to a place where the payment would be seen', async () => {
      seller.faults.set('redirect-paid', { times: 1 });
      const { answer } = await purchase();
      expect(answer === 'cut' ? undefined : answer.headers.get('location')).toBe(
        `${seller.origin}/sandbox/elsewhere`,
      );
    });

    it('slow-answer takes its time after the money', async () => {
      seller.faults.set('slow-answer', { times: 1, seconds: 0.7 });
      const before = performance.now();
      expect(await purchase()).toMatchObject({ answer: { status: 200 }, spent: PRICE });
      expect(performance.now() - before).toBeGreaterThan(700);
    });
  });

  describe('in the challenge', () => {
    it('no-acceptable-requirements offers Solana only', async () => {
      seller.faults.set('no-acceptable-requirements');
      const { accepts } = challengeOf(await buyer.probe(BODY));
      expect(accepts.map(({ network }) => network.split(':')[0])).toEqual(['solana']);
    });

    it('odd-challenge puts what no schema of version 2 takes before the payable entry', async () => {
      seller.faults.set('odd-challenge', { times: 1 });
      const { accepts } = challengeOf(await buyer.probe(BODY));
      expect(accepts.slice(0, 4)).toMatchObject([
        'exact',
        null,
        { maxAmountRequired: '20000' },
        { extra: null },
      ]);
      expect(accepts).toHaveLength(31);
      expect(accepts.at(-1)).toMatchObject({ network: chain.network, amount: '20000' });
      expect(challengeOf(await buyer.probe(BODY)).accepts).toHaveLength(2);
    });

    it('over-ceiling quotes ten dollars for a good body', async () => {
      seller.faults.set('over-ceiling', { times: 1 });
      expect(challengeOf(await buyer.probe(BODY)).accepts[1]?.amount).toBe('10000000');
      expect(challengeOf(await buyer.probe(BODY)).accepts[1]?.amount).toBe('20000');
    });

    it('x402-v1 speaks the old version', async () => {
      seller.faults.set('x402-v1');
      const answer = await buyer.probe(BODY);
      expect(answer.headers.get('PAYMENT-REQUIRED')).toBeNull();
      expect(await answer.json()).toMatchObject({
        x402Version: 1,
        accepts: [{ maxAmountRequired: '20000' }],
      });
    });

    it('huge-header is more than an ordinary client takes', async () => {
      seller.faults.set('huge-header');
      await expect(buyer.probe(BODY)).rejects.toMatchObject({ cause: { code: 'UND_ERR_HEADERS_OVERFLOW' } });
    });
  });

  describe('in the job', () => {
    it('odd-sign-in gives a challenge with offsets and nulls, and takes no sign-in without one', async () => {
      const { jobId } = await read<JobRecord>(await buyer.buy(BODY));
      seller.faults.set('odd-sign-in', { times: 1 });
      const { extensions } = challengeOf(await fetch(`${seller.origin}/api/jobs/${jobId}`));
      expect(extensions?.['sign-in-with-x']).toMatchObject({
        info: { issuedAt: expect.stringMatching(/\+00:00$/), statement: null, expirationTime: null },
      });
      expect(await read<JobRecord>(await buyer.get(`/api/jobs/${jobId}`))).toMatchObject({ jobId });
    });

    it('failed-job fails after it was paid', async () => {
      seller.faults.set('failed-job', { times: 1 });
      expect(await sold()).toMatchObject({ status: 'failed', error: expect.any(String) });
      expect(await sold()).toMatchObject({ status: 'complete' });
    });

    it('stuck-job never leaves loading', async () => {
      seller.faults.set('stuck-job', { times: 1 });
      expect(await sold()).toMatchObject({ status: 'loading', progress: 99 });
    });

    it('expired-picture-url is dead at first; a later poll gives a fresh one', async () => {
      seller.faults.set('expired-picture-url', { times: 1 });
      const first = await sold();
      expect((await fetch(first.result?.imageUrl ?? '')).status).toBe(403);
      const second = await read<JobRecord>(await buyer.get(`/api/jobs/${first.jobId}`));
      expect((await fetch(second.result?.imageUrl ?? '')).status).toBe(200);
    });

    it('foreign-picture-host is a host that nobody has', async () => {
      seller.faults.set('foreign-picture-host');
      expect((await sold()).result?.imageUrl).toMatch(/^http:\/\/pictures\.invalid\/results\//);
    });
  });

  describe('in the picture', () => {
    it.each<[FaultName, string, RegExp]>([
      ['svg-picture', 'image/svg+xml', /^<svg .*<script>/],
      ['html-picture', 'text/html', /^<!doctype html>/],
    ])('%s is %s', async (name, mediaType, beginning) => {
      seller.faults.set(name);
      const answer = await download();
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, mediaType]);
      expect(await answer.text()).toMatch(beginning);
    });

    it('truncated-picture begins well and cannot be decoded to the end', async () => {
      seller.faults.set('truncated-picture');
      const bytes = await bytesOf(await download());
      expect((await sharp(bytes).metadata()).format).toBe('jpeg');
      await expect(sharp(bytes, { failOn: 'truncated' }).raw().toBuffer()).rejects.toThrow();
    });

    it('huge-picture streams more than 30 MB without announcing it', async () => {
      seller.faults.set('huge-picture');
      const answer = await download();
      expect(answer.headers.get('content-length')).toBeNull();
      expect((await answer.arrayBuffer()).byteLength).toBeGreaterThan(30_000_000);
    });

    it('wrong-size-picture is a good picture of another size', async () => {
      seller.faults.set('wrong-size-picture');
      const { width, height } = await sharp(await bytesOf(await download())).metadata();
      expect([width, height]).toEqual([708, 472]);
    });

    it('none: the same request and seed bring the same bytes in another job', async () => {
      const sums = [await download(), await download()].map(async (answer) =>
        createHash('sha256')
          .update(await bytesOf(answer))
          .digest('hex'),
      );
      expect(await sums[0]).toBe(await sums[1]);
    });
  });

  describe('over HTTP', () => {
    const order = (body: unknown) =>
      fetch(`${seller.origin}/sandbox/faults`, { method: 'POST', body: JSON.stringify(body) });

    it('lists every fault with a description', async () => {
      const { faults } = await read<{ faults: { name: string; description: string; on: boolean }[] }>(
        await fetch(`${seller.origin}/sandbox/faults`),
      );
      expect(faults.map(({ name }) => name)).toEqual(Object.keys(FAULTS));
      expect(faults.every(({ description, on }) => description.length > 20 && !on)).toBe(true);
    });

    it('orders, counts down and clears', async () => {
      expect(await (await order({ name: 'over-ceiling', times: 2 })).json()).toMatchObject({
        faults: [{ name: 'over-ceiling', on: true, times: 2, used: 0 }],
      });
      await buyer.probe(BODY);
      expect(seller.faults.list().find(({ name }) => name === 'over-ceiling')).toMatchObject({
        times: 1,
        used: 1,
      });
      const cleared = await fetch(`${seller.origin}/sandbox/faults`, { method: 'DELETE' });
      expect(await cleared.json()).toEqual({ faults: [] });
      expect(challengeOf(await buyer.probe(BODY)).accepts[1]?.amount).toBe('20000');
    });

    it.each([
      [{ name: 'earthquake' }],
      [{ name: 'toString' }],
      [{ name: 'lost-answer', times: 0 }],
      [{ name: 'slow-answer', seconds: -1 }],
      ['lost-answer'],
      [null],
    ])('refuses %j', async (body) => {
      expect((await order(body)).status).toBe(400);
      expect(seller.faults.list().some(({ on }) => on)).toBe(false);
    });
  });
});
