import { encodePaymentRequiredHeader } from '@x402/core/http';
import type { PaymentRequired, PaymentRequirements } from '@x402/core/types';
import { declareDiscoveryExtension } from '@x402/extensions/bazaar';
import { declarePaymentIdentifierExtension, PAYMENT_IDENTIFIER } from '@x402/extensions/payment-identifier';
import type { FaultMenu } from './faults.ts';
import type { TempoTill } from './tempo-till.ts';
import { jsonSchemaOf, type Ware } from './ware.ts';

/** Who is paid, and in what. */
export interface Terms {
  origin: string;
  /** Of its other host of results. */
  annexOrigin: string;
  network: `eip155:${number}`;
  payTo: string;
  token: { address: string; name: string; version: string };
}

const MAX_TIMEOUT_SECONDS = 300;
const OVER_CEILING_ATOMIC = 10_000_000n;

/** A real network with real USDC, first in the list: a buyer that takes the first offer cannot pay it. */
const SOLANA: Omit<PaymentRequirements, 'amount'> = {
  scheme: 'exact',
  network: 'solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp',
  asset: 'EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v',
  payTo: '11111111111111111111111111111112',
  maxTimeoutSeconds: MAX_TIMEOUT_SECONDS,
  extra: { feePayer: '11111111111111111111111111111113' },
};

/** The entry that this seller settles, at the given price in atomic USDC. */
export function requirementsFor({ network, payTo, token }: Terms, amountAtomic: bigint): PaymentRequirements {
  return {
    scheme: 'exact',
    network,
    amount: String(amountAtomic),
    asset: token.address,
    payTo,
    maxTimeoutSeconds: MAX_TIMEOUT_SECONDS,
    extra: { name: token.name, version: token.version },
  };
}

/** The entry as version 1 writes it. */
function versionOneOf(
  terms: Terms,
  amountAtomic: bigint,
  { url, ...described }: { url: string; description: string; mimeType: string },
): object {
  const { amount, network: _, ...entry } = requirementsFor(terms, amountAtomic);
  return { ...entry, ...described, network: 'base', maxAmountRequired: amount, resource: url };
}

/** So many entries that cannot be paid stand before the one that can. */
const CROWD = 25;

type Extensions = ReturnType<typeof declareDiscoveryExtension>;
const declared = new Map<string, Extensions>();

/** The discovery extension, which is what makes the header several kilobytes long. */
function extensionsOf(ware: Ware): Extensions {
  const known = declared.get(ware.path);
  if (known !== undefined) return known;
  const extensions = declareDiscoveryExtension({
    bodyType: 'json',
    input: ware.example,
    inputSchema: jsonSchemaOf(ware, 'output'),
    output: { example: ware.answerExample },
  });
  declared.set(ware.path, extensions);
  return extensions;
}

/**
 * A 402 with an empty body and the challenge in its header, or what a fault makes of it.
 *
 * @param body text for the 402's body; a rejected payment explains itself there.
 */
export async function makeChallenge(
  ware: Ware,
  { terms, faults, tempoTill }: { terms: Terms; faults: FaultMenu; tempoTill?: TempoTill },
  quotedAtomic: bigint,
  body: object | null = null,
): Promise<Response> {
  const dearest = ware.maximumAtomic > OVER_CEILING_ATOMIC ? ware.maximumAtomic : OVER_CEILING_ATOMIC;
  const amountAtomic = faults.take('over-ceiling') ? dearest : quotedAtomic;
  const solana = { ...SOLANA, amount: String(amountAtomic) };
  const resource = {
    url: `${terms.origin}${ware.path}`,
    description: ware.summary,
    mimeType: 'application/json',
  };
  const extensions = {
    ...extensionsOf(ware),
    ...(faults.isOn('payment-identifier') && {
      [PAYMENT_IDENTIFIER]: declarePaymentIdentifierExtension(true),
    }),
  };
  const isUnpayable = faults.take('no-acceptable-requirements') !== undefined;
  const odd = faults.take('odd-challenge')
    ? [
        'exact',
        null,
        versionOneOf(terms, amountAtomic, resource),
        { ...solana, extra: null },
        ...Array.from({ length: CROWD }, () => solana),
      ]
    : [];
  const required: PaymentRequired = {
    x402Version: 2,
    error: 'Payment required',
    resource,
    accepts: [
      ...(odd as PaymentRequirements[]),
      solana,
      ...(isUnpayable ? [] : [requirementsFor(terms, amountAtomic)]),
    ],
    extensions,
  };
  if (faults.take('x402-v1')) return answerInVersionOne(versionOneOf(terms, amountAtomic, resource));
  const padded = faults.take('huge-header')
    ? { ...required, extensions: { ...extensions, padding: '.'.repeat(48_000) } }
    : required;
  const charge = isUnpayable ? undefined : await tempoTill?.challenge(amountAtomic);
  const headers = {
    'PAYMENT-REQUIRED': encodePaymentRequiredHeader(padded),
    'Cache-Control': 'no-store',
    ...(charge !== undefined && { 'WWW-Authenticate': charge }),
  };
  return body === null
    ? new Response(null, { status: 402, headers })
    : Response.json(body, { status: 402, headers });
}

function answerInVersionOne(entry: object): Response {
  const body = { x402Version: 1, error: 'X-PAYMENT header is required', accepts: [entry] };
  return Response.json(body, { status: 402 });
}
