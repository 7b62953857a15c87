import * as z from 'zod';
import type { Authorization } from '../core/authorization.ts';
import { canonical } from '../core/canonical.ts';
import type { Challenge, PaymentRequirements } from '../core/selection.ts';
import { optional, present } from './absent.ts';
import { isDeeperThan, parseBoundedJson } from './bounded-json.ts';
import { requiresUnknownIdentifier, withPaymentIdentifier } from './payment-identifier.ts';

/**
 * Wire codecs of x402 v2 over HTTP. Headers are standard base64 of UTF-8 JSON, and no more: the reference package would
 * bring 60 KB of schemas into every function; it is the tests' witness.
 */

/**
 * Options beyond `options` are not read; those before are judged one by one. The schemas that sellers put into extensions
 * are deeper than an option may be.
 */
const bounds = { characters: 64 * 1024, depth: 64, options: 256, optionDepth: 16 };

const requirementsSchema = z.looseObject({
  scheme: z.string().max(32),
  network: z.string().max(64),
  amount: z.string().max(80),
  asset: z.string().max(128),
  payTo: z.string().max(128),
  maxTimeoutSeconds: z.number(),
  extra: optional(z.record(z.string(), z.unknown())),
});

const extensionsSchema = z.looseObject({
  x402Version: z.literal(2),
  // An empty list is what PHP makes of an empty object.
  extensions: optional(z.union([z.record(z.string(), z.unknown()), z.tuple([]).transform(() => undefined)])),
});

const challengeSchema = extensionsSchema.extend({
  resource: z.looseObject({ url: z.string().max(2048) }),
  accepts: z.array(z.unknown()),
});

/**
 * Parses the `PAYMENT-REQUIRED` header of a 402. Each option is judged by itself: a malformed one, or one of another
 * version, is passed over and leaves its neighbours payable.
 * @returns the challenge, or in words what is wrong with it
 */
export function decodeChallenge(header: string | undefined): Challenge | { malformed: string } {
  if (!header) return { malformed: 'the 402 has no PAYMENT-REQUIRED header' };
  const value = decodeHeader(header);
  if (value === undefined)
    return { malformed: 'its PAYMENT-REQUIRED header is not base64 JSON within bounds' };
  const parsed = challengeSchema.safeParse(value);
  if (!parsed.success)
    return { malformed: `its PAYMENT-REQUIRED header is not x402 version 2 (${paths(parsed.error)})` };
  const { resource, accepts, extensions } = parsed.data;
  const around = { resourceUrl: resource.url, resource, extensions };
  if (requiresUnknownIdentifier(extensions))
    return { ...around, accepts: [], passedOver: ['it requires a payment-identifier in an unknown form'] };
  const options = accepts.slice(0, bounds.options).map(optionOf);
  const passedOver = options.filter((option) => typeof option === 'string');
  return {
    ...around,
    accepts: options.filter((option) => typeof option !== 'string'),
    ...(passedOver.length > 0 && { passedOver }),
  };
}

/** An option of a challenge, or in words what is wrong with it. */
function optionOf(entry: unknown, index: number): PaymentRequirements | string {
  if (isDeeperThan(JSON.stringify(entry) ?? '', bounds.optionDepth))
    return `option ${index + 1} is nested too deep`;
  const { data, error } = requirementsSchema.safeParse(entry);
  if (!data) return `option ${index + 1} is not x402 version 2 (${paths(error)})`;
  const { scheme, network, amount, asset, payTo, maxTimeoutSeconds, extra } = data;
  return {
    ...{ scheme, network, amount, asset, payTo, maxTimeoutSeconds },
    ...(extra && { extra: present(extra) }),
    verbatim: entry as PaymentRequirements['verbatim'],
  };
}

/**
 * The value of `PAYMENT-SIGNATURE`: the chosen option as the seller wrote it, what was signed, and the server's
 * own extensions echoed, with the purchase's identifier where it asks for one.
 * @param signature 65 bytes, r ‖ s ‖ v
 */
export const encodePayment = (
  challenge: Challenge,
  selected: PaymentRequirements,
  authorization: Authorization,
  signature: string,
): string =>
  encodeHeader({
    x402Version: 2,
    resource: challenge.resource,
    accepted: selected.verbatim,
    payload: {
      signature,
      authorization: {
        from: authorization.from,
        to: authorization.to,
        value: authorization.value,
        validAfter: String(authorization.validAfter),
        validBefore: String(authorization.validBefore),
        nonce: authorization.nonce,
      },
    },
    ...(challenge.extensions && {
      extensions: withPaymentIdentifier(challenge.extensions, authorization.nonce),
    }),
  });

/** Whether a value of `PAYMENT-SIGNATURE` takes one of the options of a challenge, as the seller wrote it there. */
export function takesOffer(header: string, { accepts }: Challenge): boolean {
  const { accepted } = (decodeHeader(header) ?? {}) as { accepted?: unknown };
  return accepts.some(({ verbatim }) => canonical(verbatim) === canonical(accepted));
}

const encodeHeader = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64');

/** A facilitator's reason for a payment that was broadcast and is in no block yet. */
const pendingReason = 'settlement_pending';

const settlementSchema = z
  .object({
    success: z.boolean(),
    /** Of an EVM chain; empty when it failed. */
    transaction: optional(z.string().regex(/^0x[0-9a-fA-F]{64}$/)),
    network: optional(z.string().max(64)),
    errorReason: optional(z.unknown()),
  })
  .transform(({ success, transaction = '', network = '', errorReason }) => ({
    // A pending settlement leaves the money open, whatever stands beside it.
    success: success && errorReason !== pendingReason,
    transaction,
    network,
  }));

/** Parses `PAYMENT-RESPONSE`; undefined when it is absent or not one. What it says is a claim, not proof. */
export function decodeSettlement(header: string | undefined): z.infer<typeof settlementSchema> | undefined {
  if (!header) return undefined;
  return settlementSchema.safeParse(decodeHeader(header)).data;
}

/** The extension `name` of a challenge, whatever it offers besides; undefined when it is absent or not one. */
export function decodeExtension(header: string | undefined, name: string): unknown {
  if (!header) return undefined;
  return extensionsSchema.safeParse(decodeHeader(header)).data?.extensions?.[name];
}

const base64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** Bounds first: a decoder that is lenient, or a parser without them, would be the stranger's. */
function decodeHeader(header: string): unknown {
  if (header.length > bounds.characters * 1.34 || !base64.test(header)) return undefined;
  return parseBoundedJson(Buffer.from(header, 'base64').toString('utf8'), bounds);
}

const paths = (error: z.ZodError): string =>
  error.issues
    .slice(0, 3)
    .map((issue) => issue.path.join('.') || 'whole')
    .join(', ');
