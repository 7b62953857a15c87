import { describe, expect, test } from 'vitest';
import { floatKey } from '../../shared/core/budget.ts';
import type { Rail } from '../../shared/core/policy.ts';
import { encodePayment } from '../../shared/protocol/x402.ts';
import type { PaidAnswer } from '../../shared/seller/answers.ts';
import { payFirst } from '../../shared/seller/pay-first.ts';
import type { Quote } from '../../shared/seller/quote.ts';
import type { Seller } from '../../shared/seller/seller.ts';
import { challengeOf, offer, policy, tempoTerms } from '../core/offers.ts';
import { openBooth } from '../functions/booth.ts';
import { authorizationFor, newJob, wallet } from '../functions/jobs.ts';

const path = '/api/generate/flux-2-pro/generate';
const body = (change: object = {}) => JSON.stringify({ prompt: 'a kite', resolution: '1 MP', ...change });

/** What is sent for an offer of so much, as far as the seller compares it. */
const payment = (amount: number): string =>
  encodePayment(challengeOf(), offer({ amount: String(amount) }), authorizationFor(newJob()), '0x');

/** A seller that is asked first, or paid first, for so many seconds; each quote has a price of its own. */
function counter(seconds = 60) {
  const clock = { now: 1_000_000 };
  let quotes = 0;
  const answers: PaidAnswer[] = [];
  const asked = {
    async quote(): Promise<Quote> {
      quotes += 1;
      return { challenge: challengeOf(offer({ amount: String(quotes) })) };
    },
    pay: async () => answers.shift() ?? { sellerJobId: 'cmn1234567890' },
  } as unknown as Seller;
  const seller = payFirst(asked, seconds, () => clock.now);
  const buy = async (request = body(), at = path): Promise<number> => {
    const before = quotes;
    const quote = await seller.quote(at, request);
    const amount = 'challenge' in quote ? quote.challenge.accepts[0]?.amount : undefined;
    await seller.pay(at, request, payment(Number(amount)), 1_000);
    return quotes - before;
  };
  return { clock, answers, seller, buy };
}

describe('a quote that was paid', () => {
  test.each([
    ['the same request', body(), 0],
    ['another prompt and seed', body({ prompt: 'a crane', seed: 7 }), 0],
    ['its fields in another order', JSON.stringify({ resolution: '1 MP', prompt: 'a kite' }), 0],
    ['another size', body({ resolution: '2 MP' }), 1],
    ['a field more', body({ output_format: 'png' }), 1],
  ])('does for %s or not', async (_name, request, quotes) => {
    const { buy } = counter();
    expect(await buy()).toBe(1);
    expect(await buy(request)).toBe(quotes);
  });

  test('is one of its own model and operation', async () => {
    const { buy } = counter();
    await buy();
    expect(await buy(body(), '/api/generate/flux-2-max/generate')).toBe(1);
  });

  test('is good for so long, and no longer', async () => {
    const { buy, clock } = counter(60);
    await buy();
    clock.now += 59_999;
    expect(await buy()).toBe(0);
    clock.now += 1;
    expect(await buy()).toBe(1);
  });

  test('is the one that was paid, not one of a request that was not', async () => {
    const { buy, seller } = counter();
    await seller.quote(path, body({ prompt: 'too dear' }));
    // Of a job that was reserved long before, or by another process.
    await seller.pay(path, body({ prompt: 'sent again' }), payment(7), 1_000);
    expect(await buy()).toBe(1);
  });

  test('is forgotten when a payment by it is not taken', async () => {
    const { buy, answers } = counter();
    await buy();
    answers.push({ unknown: 'status 402, requirements_mismatch' });
    expect(await buy()).toBe(0);
    expect(await buy()).toBe(1);
  });

  test('is kept for a few hundred kinds of requests, the newest', async () => {
    const { buy } = counter();
    for (let kind = 0; kind <= 200; kind += 1) await buy(body({ output_quality: kind }));
    expect(await buy(body({ output_quality: 200 }))).toBe(0);
    expect(await buy(body({ output_quality: 0 }))).toBe(1);
  });
});

test.each([
  ['was not paid yet', body(), path],
  ['names media', body({ images: ['https://pictures.test/a.webp'] }), '/api/generate/flux-2-pro/edit'],
  ['is for an upload', '{"filename":"a.png","contentType":"image/png"}', '/api/upload'],
])('a request that %s is asked for', async (_name, request, at) => {
  const { seller, buy } = counter();
  await seller.quote(at, request);
  expect(await buy(request, at)).toBe(1);
  if (at !== path) expect(await buy(request, at)).toBe(1);
});

test('without seconds it is the seller as it is', () => {
  const seller = {} as Seller;
  expect(payFirst(seller, 0, Date.now)).toBe(seller);
});

test('a price that changed is refused unsettled: one authorization, held until it is proven dead', async () => {
  const booth = openBooth();
  const asked: string[] = [];
  const seller = payFirst(
    {
      ...booth.seller,
      quote: (at, request) => {
        asked.push(request);
        return booth.seller.quote(at, request);
      },
      pay: (...payment) => booth.seller.pay(...payment),
      jobs: () => booth.seller.jobs(),
    },
    60,
    () => booth.clock.now,
  );
  booth.ports.seller = seller;
  await booth.pay((await booth.accept()).jobId);
  const first = await booth.accept();
  booth.seller.manner = 'does nothing';
  const doubtful = await booth.pay(first.jobId);
  expect(asked).toHaveLength(1);
  expect(doubtful).toMatchObject({ status: 'unsettled', purchase: { holdState: 'held' } });
  // Whatever comes next for this job, nothing is signed for it again.
  const signatures = booth.signatures.length;
  booth.seller.manner = 'honest';
  const third = await booth.pay((await booth.accept()).jobId);
  expect(third).toMatchObject({ status: 'submitted' });
  expect(asked).toHaveLength(2);
  expect(booth.signatures.length).toBe(signatures + 1);
  const end = await booth.finish(first.jobId);
  expect(
    new Set(
      booth.signatures.map((signed) =>
        JSON.stringify(signed, (_k, v) => (typeof v === 'bigint' ? String(v) : v)),
      ),
    ).size,
  ).toBe(3);
  expect(end.purchase?.generation).toBe(1);
});

describe('where Tempo is paid on too, a quote that was paid on x402 does not stand for', () => {
  /** A booth of both rails that pays first, with so many cents on each. */
  function openBoth(rails: readonly Rail[], cents: Readonly<Record<Rail, number>>) {
    const booth = openBooth({}, { rails: [...rails], tempo: tempoTerms }, { readsChain: true });
    booth.seller.offersTempo = true;
    for (const [rail, [asset]] of [
      ['x402', policy.assets],
      ['tempo', tempoTerms.assets],
    ] as const) {
      const limit = cents[rail] * 10_000;
      const key = floatKey(asset?.network ?? '', asset?.asset ?? '', wallet.address);
      booth.ledger.edit(`BUDGET#${key}`, { limit, remaining: limit, held: 0, committed: 0 });
    }
    booth.ports.seller = payFirst({ ...booth.seller }, 60, () => booth.clock.now);
    return booth;
  }
  const buy = async (booth: ReturnType<typeof openBoth>) =>
    (await booth.pay((await booth.accept()).jobId)).purchase?.rail;

  test('the other rail, when its own wallet is empty', async () => {
    const booth = openBoth(['x402', 'tempo'], { x402: 3, tempo: 100 });
    expect([await buy(booth), await buy(booth)]).toEqual(['x402', 'tempo']);
  });

  test('the rail that is to be tried first', async () => {
    const booth = openBoth(['tempo', 'x402'], { x402: 100, tempo: 100 });
    booth.seller.quotes.push({ challenge: challengeOf(offer()) });
    expect([await buy(booth), await buy(booth)]).toEqual(['x402', 'tempo']);
  });
});
