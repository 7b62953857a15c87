import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeChallenge } from './make-challenge.ts';
import { type Presented, presentedIn, type Settled } from './present-payment.ts';
import { hangUp, type Shop, type ShopContext } from './shop.ts';
import type { Priced, Ware } from './ware.ts';

const SETTLE_WAITS_MS = [0, 500, 1000];
const SLOW_SECONDS = 8;
const PAUSE_SECONDS = 3;

/** What was made for a payment that is good but not taken yet. */
export interface Delivery {
  /** The body of the 200. */
  answer: object;
  /** Told when the money is there. */
  settled(transaction: string): void;
}

/**
 * The paid POST, in the order of the real seller: body, price, verify, deliver (make the job), settle,
 * answer. The work comes before the money, and an answer can get lost after it: that is the buyer's problem.
 *
 * @param deliver does what was ordered, for the wallet that signed.
 */
export async function takePayment<Order extends Priced>(
  c: ShopContext,
  shop: Shop,
  ware: Ware<Order>,
  deliver: (order: Order, payer: string) => Promise<Delivery>,
): Promise<Response> {
  const { terms, faults } = shop;
  const tell = c.get('tell');
  const payment = presentedIn(c, shop);
  if (payment === undefined) return quote(await c.req.text(), shop, ware);

  if (faults.take('lost-request')) return hangUp(c);
  const pause = faults.take('retry-after-date');
  if (pause) return askForPause(pause.seconds ?? PAUSE_SECONDS);
  const { identifier = '' } = payment;
  const stored = shop.answers.get(identifier ?? '');
  if (stored) return Response.json(...stored);
  if (faults.take('payment-identifier') && identifier === null)
    return Response.json({ success: false, error: 'A payment identifier is required' }, { status: 400 });
  if (faults.take('redirect-paid')) return c.redirect(`${terms.origin}/sandbox/elsewhere`, 307);

  const body = readBody(await c.req.text(), ware);
  if ('refusal' in body) return Response.json(body.refusal, { status: 400 });
  if (faults.used('price-change') === 0) faults.take('price-change');
  const price = currentPrice(body.order, shop);
  const verdict = await payment.verify(price);
  if ('reason' in verdict) {
    const { reason } = verdict;
    return makeChallenge(ware, shop, price, { error: `Payment rejected: ${reason}`, reason });
  }
  await tell('verified');

  const delivery = await deliver(body.order, verdict.payer);
  await tell('job-made');

  const settlement = await settle(payment, price, shop);
  if (settlement === undefined)
    return Response.json({ success: false, error: 'Settlement failed' }, { status: 500 });
  delivery.settled(settlement.transaction);
  const answer: Parameters<typeof Response.json> = [
    faults.take('made-up-ids') ? { ...delivery.answer, jobId: madeUpId() } : delivery.answer,
    { headers: { ...settlement.headers, 'Cache-Control': 'private' } },
  ];
  if (identifier) shop.answers.set(identifier, answer);
  await tell('settled');

  if (faults.take('lost-answer')) return hangUp(c);
  if (faults.take('error-after-settlement')) {
    return Response.json({ success: false, error: 'Internal server error' }, { status: 500 });
  }
  if (faults.take('challenge-after-settlement')) return makeChallenge(ware, shop, price);
  const slow = faults.take('slow-answer');
  if (slow) await sleep((slow.seconds ?? SLOW_SECONDS) * 1000, undefined, { ref: false });
  return Response.json(...answer);
}

/** HTTP dates have whole seconds: the pause is not shorter than it should be. */
function askForPause(seconds: number): Response {
  const until = new Date(Math.ceil(Date.now() / 1000 + seconds) * 1000).toUTCString();
  return Response.json({ error: 'Busy' }, { status: 503, headers: { 'Retry-After': until } });
}

const madeUpId = (): string => `cmn${randomUUID().replaceAll('-', '').slice(0, 22)}`;

/** An unpaid probe never fails: a body that cannot be priced is quoted the route's maximum. */
function quote<Order extends Priced>(text: string, shop: Shop, ware: Ware<Order>): Promise<Response> {
  const body = readBody(text, ware);
  return makeChallenge(ware, shop, 'order' in body ? currentPrice(body.order, shop) : ware.maximumAtomic);
}

function currentPrice({ priceAtomic }: Priced, { faults }: Shop): bigint {
  return faults.used('price-change') > 0 ? priceAtomic * 2n : priceAtomic;
}

function readBody<Order extends Priced>(
  text: string,
  ware: Ware<Order>,
): { order: Order } | { refusal: object } {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return { refusal: { success: false, error: 'Invalid JSON', issues: [] } };
  }
  const read = ware.read(body);
  if ('order' in read) return read;
  return { refusal: { success: false, error: 'Validation failed', issues: read.issues } };
}

/** @returns undefined when three tries failed. */
async function settle(payment: Presented, price: bigint, { faults }: Shop): Promise<Settled | undefined> {
  const broken = faults.take('settlement-failed') !== undefined;
  for (const wait of SETTLE_WAITS_MS) {
    await sleep(wait);
    if (broken) continue;
    const settlement = await payment.settle(price).catch(() => undefined);
    if (settlement) return settlement;
  }
  return undefined;
}
