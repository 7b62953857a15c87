import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Chain, startChain } from '../../../infra/local/chain/start-chain.ts';
import { type Seller, startSeller } from '../../../infra/local/seller/start-seller.ts';
import { challengeOf, createReferenceBuyer, GENERATE, type ReferenceBuyer } from './reference-buyer.ts';

const PAYEE = '0x000000000000000000000000000000000000bEEF';
const BODY = { prompt: 'A winter forest', resolution: '0.5 MP' };

describe('the paid route of the sandbox', () => {
  let chain: Chain;
  let seller: Seller;
  let buyer: ReferenceBuyer;

  beforeAll(async () => {
    chain = await startChain();
    seller = await startSeller({ chain, payTo: PAYEE });
    buyer = await createReferenceBuyer(chain, seller);
  });
  afterAll(async () => {
    await seller.close();
    await chain.close();
  });

  const spent = async (): Promise<bigint> => 1_000_000n - (await chain.balance(buyer.account.address));

  it('answers a probe with an empty 402, the challenge in the header, Solana first', async () => {
    const quote = await buyer.probe(BODY);
    expect(quote.status).toBe(402);
    expect(await quote.text()).toBe('');
    expect(quote.headers.get('cache-control')).toBe('no-store');
    expect(quote.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    const challenge = challengeOf(quote);
    expect(challenge.x402Version).toBe(2);
    expect(challenge.resource?.url).toBe(`${seller.origin}${GENERATE}`);
    expect(challenge.accepts[0]?.network).toMatch(/^solana:/);
    expect(challenge.accepts[1]).toEqual({
      scheme: 'exact',
      network: 'eip155:31337',
      amount: '20000',
      asset: chain.token.address,
      payTo: PAYEE,
      maxTimeoutSeconds: 300,
      extra: { name: 'USD Coin', version: '2' },
    });
  });

  it('publishes a schema that calls defaulted fields required, in a header of kilobytes', async () => {
    const quote = await buyer.probe(BODY);
    expect(quote.headers.get('PAYMENT-REQUIRED')?.length).toBeGreaterThan(3000);
    expect(JSON.stringify(challengeOf(quote).extensions)).toContain('"required":["prompt","aspect_ratio"');
    const document = await (await fetch(`${seller.origin}/openapi.json`)).json();
    const requestBody = { content: { 'application/json': { schema: { required: ['prompt'] } } } };
    expect(document).toMatchObject({ paths: { [GENERATE]: { post: { requestBody } } } });
  });

  it.each([
    ['no body', undefined],
    ['an empty object', {}],
    ['a wrong enum', { ...BODY, resolution: '8 MP' }],
    ['a number for a word', { prompt: 4 }],
    ['an endless prompt', { prompt: 'x'.repeat(10_001) }],
    ['broken JSON', '{"prompt":'],
    ['a list', []],
  ])('quotes ten dollars, and does not complain, for %s', async (_, body) => {
    const quote = await buyer.probe(body);
    expect(quote.status).toBe(402);
    expect(challengeOf(quote).accepts.map(({ amount }) => amount)).toEqual(['10000000', '10000000']);
  });

  it('refuses an invalid body with a payment, and charges nothing', async () => {
    const headers = await buyer.sign(challengeOf(await buyer.probe(BODY)));
    const invalid = await buyer.pay(headers, { ...BODY, seed: 'seven', output_quality: 101 });
    expect(invalid.status).toBe(400);
    expect(await invalid.json()).toMatchObject({
      success: false,
      error: 'Validation failed',
      issues: [
        { path: ['output_quality'], code: expect.any(String), message: expect.any(String) },
        { path: ['seed'], code: expect.any(String), message: expect.any(String) },
      ],
    });
    const broken = await buyer.pay(headers, '{');
    expect(broken.status).toBe(400);
    expect(await broken.json()).toEqual({ success: false, error: 'Invalid JSON', issues: [] });
    expect(await spent()).toBe(0n);
    expect(seller.jobs()).toEqual([]);
  });

  it.each([
    ['nonsense', '%%%'],
    ['base64 of nonsense', Buffer.from('hello').toString('base64')],
    ['JSON of another kind', Buffer.from('{"x402Version":2}').toString('base64')],
    [
      'version 1',
      Buffer.from('{"x402Version":1,"scheme":"exact","network":"base","payload":{}}').toString('base64'),
    ],
  ])('rejects %s as a payment, with a fresh challenge', async (_, header) => {
    const answer = await buyer.pay({ 'PAYMENT-SIGNATURE': header }, BODY);
    expect(answer.status).toBe(402);
    expect(challengeOf(answer).accepts).toHaveLength(2);
    expect(await answer.json()).toMatchObject({ reason: 'malformed_payment_header' });
  });

  it('rejects a payment for another body, another price, another payee', async () => {
    const challenge = challengeOf(await buyer.probe(BODY));
    const dearer = await buyer.pay(await buyer.sign(challenge), { ...BODY, resolution: '2 MP' });
    expect(dearer.status).toBe(402);
    expect(await dearer.json()).toMatchObject({ reason: 'requirements_mismatch' });

    const altered = {
      ...challenge,
      accepts: challenge.accepts.map((entry) => ({ ...entry, payTo: chain.token.address })),
    };
    const elsewhere = await buyer.pay(await buyer.sign(altered), BODY);
    expect(await elsewhere.json()).toMatchObject({ reason: 'requirements_mismatch' });
  });

  it("passes on the facilitator's reason when a signature does not fit", async () => {
    const headers = await buyer.sign(challengeOf(await buyer.probe(BODY)));
    const payment = JSON.parse(Buffer.from(headers['PAYMENT-SIGNATURE'] ?? '', 'base64').toString());
    payment.payload.authorization.nonce = `0x${'11'.repeat(32)}`;
    const forged = Buffer.from(JSON.stringify(payment)).toString('base64');
    const answer = await buyer.pay({ 'PAYMENT-SIGNATURE': forged }, BODY);
    expect(answer.status).toBe(402);
    expect(await answer.json()).toMatchObject({ reason: 'invalid_exact_evm_signature' });
    expect(seller.jobs()).toEqual([]);
  });

  it('does the work once for one signature, however often it comes', async () => {
    const headers = await buyer.sign(challengeOf(await buyer.probe(BODY)));
    expect((await buyer.pay(headers, BODY)).status).toBe(200);
    const again = await buyer.pay(headers, BODY);
    expect(again.status).toBe(402);
    expect(await again.json()).toMatchObject({ reason: 'invalid_exact_evm_nonce_already_used' });
    expect(seller.jobs()).toHaveLength(1);
    expect(await spent()).toBe(20_000n);
  });

  it('may work twice, but is paid once, when one signature comes twice at a time', async () => {
    const [before, jobs] = [await spent(), seller.jobs().length];
    const headers = await buyer.sign(challengeOf(await buyer.probe(BODY)));
    const answers = await Promise.all([buyer.pay(headers, BODY), buyer.pay(headers, BODY)]);
    expect(answers.map(({ status }) => status).filter((status) => status === 200)).toHaveLength(1);
    expect((await spent()) - before).toBe(20_000n);
    expect(seller.jobs().length - jobs).toBeLessThanOrEqual(2);
    expect((await buyer.buy(BODY)).status).toBe(200);
  });

  it('says that a wallet is empty', async () => {
    const poor = await createReferenceBuyer({ ...chain, fund: async () => {} }, seller);
    const answer = await poor.buy(BODY);
    expect(answer.status).toBe(402);
    expect(await answer.json()).toMatchObject({ reason: 'invalid_exact_evm_insufficient_balance' });
  });

  it('answers 405 with Allow to other methods, and its own 404 to other paths', async () => {
    for (const method of ['GET', 'HEAD', 'PUT']) {
      const answer = await fetch(`${seller.origin}${GENERATE}`, { method });
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
    }
    const lost = await fetch(`${seller.origin}/api/generate/flux-9/generate`, { method: 'POST' });
    expect(lost.status).toBe(404);
    expect(await lost.json()).toEqual({
      success: false,
      code: 'route_not_found',
      error: expect.any(String),
      requestedUrl: `${seller.origin}/api/generate/flux-9/generate`,
      discovery: { openapi: `${seller.origin}/openapi.json`, llmsTxt: `${seller.origin}/llms.txt` },
    });
  });

  it('describes itself', async () => {
    const document = await (await fetch(`${seller.origin}/api/openapi.json`)).json();
    expect(document).toMatchObject({
      info: { 'x-guidance': expect.stringContaining('PAYMENT-SIGNATURE') },
      paths: { [GENERATE]: { post: { 'x-payment-info': { price: { min: '0.02', max: '0.04' } } } } },
    });
    expect(await (await fetch(`${seller.origin}/llms.txt`)).text()).toContain(GENERATE);
  });
});
