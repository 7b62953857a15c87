import * as z from 'zod';
import { canonical } from '../core/canonical.ts';
import type { Charge, ChargeFlaw } from '../core/charge.ts';
import { parseBoundedJson } from './bounded-json.ts';

/**
 * Wire codecs of the Machine Payments Protocol: the "Payment" HTTP authentication scheme (wire.md §4.1). Only reads; the
 * credential is made by the reference package (`mpp-credential.ts`), which is loaded when it is needed.
 */

const bounds = { header: 32 * 1024, challenges: 10, request: 16 * 1024, depth: 8 };

const plain = z.string().regex(/^[\x20-\x7e]{0,1024}$/);
const base64url = /^[A-Za-z0-9_-]+$/;

/** A server makes the id with a keyed hash of everything else: 16 to 64 bytes. Only the server can check it. */
const idForm = /^[A-Za-z0-9_-]{22,86}$/;

const wireSchema = z.object({
  id: plain,
  realm: plain,
  method: plain,
  intent: plain,
  request: z.string().max(bounds.request).regex(base64url),
  expires: z.iso.datetime({ offset: true }).optional(),
  digest: plain.optional(),
  opaque: z.string().max(bounds.request).regex(base64url).optional(),
  header: plain.optional(),
});

const requestSchema = z.object({
  amount: z.string().max(80).optional(),
  currency: z.string().max(128).optional(),
  recipient: z.string().max(128).optional(),
  methodDetails: z.record(z.string(), z.unknown()).default({}),
});

/** What a challenge must be bound to. */
export interface Asked {
  /** Of the page that was asked for: its host, with the port and without. */
  readonly hosts: readonly string[];
  /** Base64 of the SHA-256 of the body that was sent. */
  readonly bodySha256: string;
}

/**
 * Parses the payment challenges of a `WWW-Authenticate` header, among challenges of other schemes.
 * @returns each of them, with its flaw where it is not for this request; none when there is no such header
 */
export function decodeCharges(header: string | undefined, asked: Asked): readonly Charge[] {
  if (header === undefined) return [];
  const challenges = header.length > bounds.header ? undefined : authChallenges(header);
  const payments = challenges?.filter(({ scheme }) => scheme.toLowerCase() === 'payment');
  if (!payments || payments.length > bounds.challenges) return [flawed('RequestMalformed')];
  return payments.map(({ parameters }) =>
    parameters ? chargeOf(parameters, asked) : flawed('RequestMalformed'),
  );
}

function chargeOf(parameters: ReadonlyMap<string, string>, asked: Asked): Charge {
  const { data: wire } = wireSchema.safeParse(Object.fromEntries(parameters));
  const request = wire && canonicalRequest(wire.request);
  if (!wire || !request) return flawed('RequestMalformed');
  const { methodDetails: details, amount, currency, recipient } = request;
  const flaw = flawOf(wire, asked);
  const { header: _elsewhere, ...echoed } = wire;
  return {
    wire: echoed as Record<string, string>,
    method: wire.method,
    intent: wire.intent,
    amount,
    currency,
    recipient,
    details,
    ...(wire.expires !== undefined && { expiresAt: Date.parse(wire.expires) }),
    ...(flaw && { flaw }),
  };
}

function flawOf(wire: z.infer<typeof wireSchema>, { hosts, bodySha256 }: Asked): ChargeFlaw | undefined {
  if (!idForm.test(wire.id)) return 'IdMalformed';
  if (!hosts.includes(wire.realm)) return 'RealmMismatch';
  if (wire.digest !== undefined && wire.digest.replace(/:/g, '') !== `sha-256=${bodySha256}`)
    return 'DigestMismatch';
  // A credential in another field than `Authorization`.
  return wire.header === undefined ? undefined : 'DetailsUnsupported';
}

/** The id is bound to these very bytes: a request that would be written otherwise when it is echoed is refused. */
function canonicalRequest(encoded: string): z.infer<typeof requestSchema> | undefined {
  const text = Buffer.from(encoded, 'base64url').toString('utf8');
  const value = parseBoundedJson(text, { characters: bounds.request, depth: bounds.depth });
  const isCanonical = value !== undefined && Buffer.from(canonical(value)).toString('base64url') === encoded;
  return isCanonical ? requestSchema.safeParse(value).data : undefined;
}

const flawed = (flaw: ChargeFlaw): Charge => ({ wire: {}, method: '', intent: '', details: {}, flaw });

interface AuthChallenge {
  readonly scheme: string;
  /** Undefined when one is there twice. */
  parameters?: Map<string, string>;
}

const token = "[A-Za-z0-9!#$%&'*+.^_`|~-]+";
const parameter = new RegExp(`^(${token})[ \\t]*=[ \\t]*(?:"((?:[^"\\\\]|\\\\.)*)"|(${token}))$`);
const start = new RegExp(`^(${token})(?:[ \\t]+(.*))?$`);
/** Up to the next comma that is not inside a quoted string; a quote that is never closed ends nothing. */
const piece = /(?:[^",]|"(?:[^"\\]|\\.)*")+/y;

/** The challenges of `WWW-Authenticate` (RFC 9110 §11.6.1), or undefined when it is none. */
function authChallenges(header: string): AuthChallenge[] | undefined {
  const found: AuthChallenge[] = [];
  let at = 0;
  while (at < header.length) {
    if (header[at] === ',') {
      at += 1;
      continue;
    }
    piece.lastIndex = at;
    const text = piece.exec(header)?.[0];
    if (text === undefined) return undefined;
    at += text.length;
    if (text.trim() !== '' && !take(found, text.trim())) return undefined;
  }
  return found;
}

/** A parameter belongs to the scheme that was named last. */
function take(found: AuthChallenge[], text: string): boolean {
  const more = parameter.exec(text);
  const current = found.at(-1);
  if (more) return current !== undefined && add(current, more);
  const [, scheme, rest] = start.exec(text) ?? [];
  if (scheme === undefined) return false;
  const next: AuthChallenge = { scheme, parameters: new Map() };
  found.push(next);
  const first = rest === undefined ? null : parameter.exec(rest.trim());
  // Other schemes may have a token there; a payment has parameters.
  return first ? add(next, first) : true;
}

function add(challenge: AuthChallenge, [, name = '', quoted, bare]: RegExpExecArray): boolean {
  const key = name.toLowerCase();
  if (challenge.parameters?.has(key)) delete challenge.parameters;
  challenge.parameters?.set(key, quoted?.replace(/\\(.)/g, '$1') ?? bare ?? '');
  return true;
}

const receiptSchema = z.object({
  method: z.literal('tempo'),
  status: z.literal('success'),
  reference: z.string().regex(/^0x[0-9a-fA-F]{64}$/),
});

/**
 * Parses `Payment-Receipt`; undefined when it is absent or not one. What it says is a claim, not proof.
 * @returns the transaction that the seller says has settled
 */
export function decodeReceipt(header: string | undefined): { transaction: string } | undefined {
  if (header === undefined || header.length > bounds.request || !base64url.test(header)) return undefined;
  const text = Buffer.from(header, 'base64url').toString('utf8');
  const receipt = receiptSchema.safeParse(
    parseBoundedJson(text, { characters: bounds.request, depth: bounds.depth }),
  ).data;
  return receipt && { transaction: receipt.reference };
}
