import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { decodePaymentSignatureHeader, encodePaymentResponseHeader } from '@x402/core/http';
import { PaymentPayloadV2Schema } from '@x402/core/schemas';
import type { PaymentPayload, PaymentRequirements, SettleResponse } from '@x402/core/types';
import { makeChallenge, requirementsFor } from './make-challenge.ts';
import { hangUp, type Shop, type ShopContext } from './shop.ts';
import type { Priced, Ware } from './ware.ts';

const SETTLE_WAITS_MS = [0, 500, 1000];
const SLOW_SECONDS = 8;

/** What was made for a payment that is good but not taken yet. */
export interface Delivery {
  /** The body of the 200. */
  answer: object;
  /** Told when the money is there. */
  settled(transaction: string): void;
}

/**
 * The paid POST, in the order of the real seller (wire.md §1.4): body, price, verify, deliver (make the job), settle,
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
  const { terms, faults, till } = shop;
  const tell = c.get('tell');
  const header = c.req.header('PAYMENT-SIGNATURE') ?? c.req.header('X-PAYMENT');
  if (header === undefined) return quote(await c.req.text(), shop, ware);

  if (faults.take('lost-request')) return hangUp(c);
  if (faults.take('redirect-paid')) return c.redirect(`${terms.origin}/sandbox/elsewhere`, 307);

  const body = readBody(await c.req.text(), ware);
  if ('refusal' in body) return Response.json(body.refusal, { status: 400 });
  if (faults.used('price-change') === 0) faults.take('price-change');
  const price = currentPrice(body.order, shop);
  const reject = (reason: string): Response =>
    makeChallenge(ware, shop, price, { error: `Payment rejected: ${reason}`, reason });

  const requirements = requirementsFor(terms, price);
  const payload = readPayment(header);
  if (payload === undefined) return reject('malformed_payment_header');
  if (!isDeepStrictEqual(payload.accepted, requirements)) return reject('requirements_mismatch');
  const verdict = await till.verify(payload, requirements);
  if (!verdict.isValid || verdict.payer === undefined)
    return reject(verdict.invalidReason ?? 'unexpected_verify_error');
  await tell('verified');

  const delivery = await deliver(body.order, verdict.payer);
  await tell('job-made');

  const settlement = await settle(payload, requirements, shop);
  if (settlement === undefined)
    return Response.json({ success: false, error: 'Settlement failed' }, { status: 500 });
  delivery.settled(settlement.transaction);
  await tell('settled');

  if (faults.take('lost-answer')) return hangUp(c);
  if (faults.take('error-after-settlement')) {
    return Response.json({ success: false, error: 'Internal server error' }, { status: 500 });
  }
  if (faults.take('challenge-after-settlement')) return makeChallenge(ware, shop, price);
  const slow = faults.take('slow-answer');
  if (slow) await sleep((slow.seconds ?? SLOW_SECONDS) * 1000, undefined, { ref: false });
  return Response.json(delivery.answer, {
    headers: { 'PAYMENT-RESPONSE': encodePaymentResponseHeader(settlement), 'Cache-Control': 'private' },
  });
}

/** An unpaid probe never fails: a body that cannot be priced is quoted the route's maximum. */
function quote<Order extends Priced>(text: string, shop: Shop, ware: Ware<Order>): Response {
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

function readPayment(header: string): PaymentPayload | undefined {
  try {
    const decoded = decodePaymentSignatureHeader(header);
    return PaymentPayloadV2Schema.safeParse(decoded).success ? decoded : undefined;
  } catch {
    return undefined;
  }
}

/** @returns undefined when three tries failed. */
async function settle(
  payload: PaymentPayload,
  requirements: PaymentRequirements,
  { till, faults }: Shop,
): Promise<SettleResponse | undefined> {
  const broken = faults.take('settlement-failed') !== undefined;
  for (const wait of SETTLE_WAITS_MS) {
    await sleep(wait);
    if (broken) continue;
    const settlement = await till.settle(payload, requirements).catch(() => undefined);
    if (settlement?.success) return settlement;
  }
  return undefined;
}
