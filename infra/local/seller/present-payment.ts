import { isDeepStrictEqual } from 'node:util';
import { decodePaymentSignatureHeader, encodePaymentResponseHeader } from '@x402/core/http';
import { PaymentPayloadV2Schema } from '@x402/core/schemas';
import type { PaymentPayload } from '@x402/core/types';
import { extractPaymentIdentifier } from '@x402/extensions/payment-identifier';
import { requirementsFor } from './make-challenge.ts';
import type { Shop, ShopContext } from './shop.ts';

/** A payment as it was handed in, by whichever protocol. */
export interface Presented {
  /** Its payment identifier; null when it has none, undefined where its protocol knows of none. */
  identifier?: string | null;
  /** Looks at it without taking anything: who pays, or the code of why it is refused. */
  verify(amountAtomic: bigint): Promise<{ payer: string } | { reason: string }>;
  /** Takes the money. Undefined, or a throw, when that failed. */
  settle(amountAtomic: bigint): Promise<Settled | undefined>;
}

export interface Settled {
  transaction: string;
  /** What goes with the answer. */
  headers: Record<string, string>;
}

/** The payment that came with a request: x402 first, as the real seller reads them. */
export function presentedIn(c: ShopContext, shop: Shop): Presented | undefined {
  const header = c.req.header('PAYMENT-SIGNATURE') ?? c.req.header('X-PAYMENT');
  if (header !== undefined) return byX402(header, shop);
  const credential = c.req.header('Authorization');
  return credential?.startsWith('Payment ') ? byCharge(credential, shop) : undefined;
}

function byX402(header: string, { terms, till }: Shop): Presented {
  const payload = readPayment(header);
  return {
    identifier: payload === undefined ? null : extractPaymentIdentifier(payload),
    async verify(amountAtomic) {
      const requirements = requirementsFor(terms, amountAtomic);
      if (payload === undefined) return { reason: 'malformed_payment_header' };
      if (!isDeepStrictEqual(payload.accepted, requirements)) return { reason: 'requirements_mismatch' };
      const verdict = await till.verify(payload, requirements);
      return verdict.isValid && verdict.payer !== undefined
        ? { payer: verdict.payer }
        : { reason: verdict.invalidReason ?? 'unexpected_verify_error' };
    },
    async settle(amountAtomic) {
      if (payload === undefined) return undefined;
      const settlement = await till.settle(payload, requirementsFor(terms, amountAtomic));
      if (!settlement.success) return undefined;
      const headers = { 'PAYMENT-RESPONSE': encodePaymentResponseHeader(settlement) };
      return { transaction: settlement.transaction, headers };
    },
  };
}

function byCharge(header: string, { tempoTill }: Shop): Presented {
  return {
    verify: async (amountAtomic) =>
      (await tempoTill?.validate(header, amountAtomic)) ?? { reason: 'method-unsupported' },
    async settle(amountAtomic) {
      const settled = await tempoTill?.settle(header, amountAtomic);
      return settled && { transaction: settled.transaction, headers: { 'Payment-Receipt': settled.receipt } };
    },
  };
}

function readPayment(header: string): PaymentPayload | undefined {
  try {
    const decoded = decodePaymentSignatureHeader(header);
    return PaymentPayloadV2Schema.safeParse(decoded).success ? decoded : undefined;
  } catch {
    return undefined;
  }
}
