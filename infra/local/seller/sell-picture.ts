import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { decodePaymentSignatureHeader, encodePaymentResponseHeader } from '@x402/core/http';
import { PaymentPayloadV2Schema } from '@x402/core/schemas';
import type { PaymentPayload, PaymentRequirements, SettleResponse } from '@x402/core/types';
import { FLUX_2_PRO, FluxRequest, priceOf } from './flux-2-pro.ts';
import type { Job } from './job-book.ts';
import { makeChallenge, requirementsFor } from './make-challenge.ts';
import { hangUp, type Shop, type ShopContext } from './shop.ts';

const SETTLE_WAITS_MS = [0, 500, 1000];
const SLOW_SECONDS = 8;

/**
 * The paid POST, in the order of the real seller (wire.md §1.4): body, price, verify, make the job, settle, answer.
 * The job is made before the money is taken, and an answer can get lost after it: that is the buyer's problem.
 */
export async function sellPicture(c: ShopContext, shop: Shop): Promise<Response> {
  const { terms, faults, jobs, till } = shop;
  const tell = c.get('tell');
  const header = c.req.header('PAYMENT-SIGNATURE') ?? c.req.header('X-PAYMENT');
  if (header === undefined) return quote(await c.req.text(), shop);

  if (faults.take('lost-request')) return hangUp(c);
  if (faults.take('redirect-paid')) return c.redirect(`${terms.origin}/sandbox/elsewhere`, 307);

  const body = readBody(await c.req.text());
  if ('refusal' in body) return Response.json(body.refusal, { status: 400 });
  if (faults.used('price-change') === 0) faults.take('price-change');
  const price = currentPrice(body.request, shop);
  const reject = (reason: string): Response =>
    makeChallenge(terms, faults, price, { error: `Payment rejected: ${reason}`, reason });

  const requirements = requirementsFor(terms, price);
  const payload = readPayment(header);
  if (payload === undefined) return reject('malformed_payment_header');
  if (!isDeepStrictEqual(payload.accepted, requirements)) return reject('requirements_mismatch');
  const verdict = await till.verify(payload, requirements);
  if (!verdict.isValid || verdict.payer === undefined)
    return reject(verdict.invalidReason ?? 'unexpected_verify_error');
  await tell('verified');

  const fate = faults.take('failed-job') ? 'failed' : faults.take('stuck-job') ? 'stuck' : 'complete';
  const job = jobs.make({ payer: verdict.payer, input: body.request, fate });
  await tell('job-made');

  const settlement = await settle(payload, requirements, shop);
  if (settlement === undefined)
    return Response.json({ success: false, error: 'Settlement failed' }, { status: 500 });
  job.transaction = settlement.transaction;
  await tell('settled');

  if (faults.take('lost-answer')) return hangUp(c);
  if (faults.take('error-after-settlement')) {
    return Response.json({ success: false, error: 'Internal server error' }, { status: 500 });
  }
  if (faults.take('challenge-after-settlement')) return makeChallenge(terms, faults, price);
  const slow = faults.take('slow-answer');
  if (slow) await sleep((slow.seconds ?? SLOW_SECONDS) * 1000, undefined, { ref: false });
  return confirm(job, settlement, terms.origin);
}

/** An unpaid probe never fails: a body that cannot be priced is quoted the route's maximum. */
function quote(text: string, shop: Shop): Response {
  const body = readBody(text);
  const price = 'request' in body ? currentPrice(body.request, shop) : FLUX_2_PRO.maximumAtomic;
  return makeChallenge(shop.terms, shop.faults, price);
}

function currentPrice(request: FluxRequest, { faults }: Shop): bigint {
  return faults.used('price-change') > 0 ? priceOf(request) * 2n : priceOf(request);
}

function confirm({ jobId }: Job, settlement: SettleResponse, origin: string): Response {
  return Response.json(
    {
      success: true,
      jobId,
      status: 'pending',
      type: FLUX_2_PRO.type,
      pollUrl: `${origin}/api/jobs/${jobId}`,
    },
    { headers: { 'PAYMENT-RESPONSE': encodePaymentResponseHeader(settlement), 'Cache-Control': 'private' } },
  );
}

function readBody(text: string): { request: FluxRequest } | { refusal: object } {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return { refusal: { success: false, error: 'Invalid JSON', issues: [] } };
  }
  const parsed = FluxRequest.safeParse(body);
  if (parsed.success) return { request: parsed.data };
  return { refusal: { success: false, error: 'Validation failed', issues: parsed.error.issues } };
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
