import * as z from 'zod';
import { canonical } from '../core/canonical.ts';
import type { Charge, ChargeFlaw } from '../core/charge.ts';
import { optional, present } from './absent.ts';
import { parseBoundedJson } from './bounded-json.ts';

/**
 * Wire codecs of the Machine Payments Protocol: the "Payment" HTTP authentication scheme. Only reads; the
 * credential is made by the reference package (`mpp-credential.ts`), which is loaded when it is needed.
 */

/** Challenges beyond `challenges` are not read; those before are judged one by one. */
const bounds = { header: 32 * 1024, challenges: 100, request: 16 * 1024, depth: 8 };

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
  expires: optional(z.iso.datetime({ offset: true })),
  digest: optional(plain),
  opaque: optional(z.string().max(bounds.request).regex(base64url)),
  header: optional(plain),
});

const requestSchema = z.object({
  amount: optional(z.string().max(80)),
  currency: optional(z.string().max(128)),
  recipient: optional(z.string().max(128)),
  methodDetails: optional(z.record(z.string(), z.unknown())),
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
  if (header.length > bounds.header) return [flawed('RequestMalformed')];
  return authChallenges(header)
    .filter(({ scheme }) => scheme.toLowerCase() === 'payment')
    .slice(0, bounds.challenges)
    .map(({ parameters }) => (parameters ? chargeOf(parameters, asked) : flawed('RequestMalformed')));
}

function chargeOf(parameters: ReadonlyMap<string, string>, asked: Asked): Charge {
  const { data: wire } = wireSchema.safeParse(Object.fromEntries(parameters));
  const request = wire && canonicalRequest(wire.request);
  if (!wire || !request) return flawed('RequestMalformed');
  const { methodDetails = {}, amount, currency, recipient } = request;
  const flaw = flawOf(wire, asked);
  const { header: _elsewhere, ...echoed } = wire;
  return {
    wire: present(echoed) as Record<string, string>,
    method: wire.method,
    intent: wire.intent,
    amount,
    currency,
    recipient,
    details: present(methodDetails),
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
  /** Undefined when one is malformed, or there twice. */
  parameters?: Map<string, string>;
}

const token = "[A-Za-z0-9!#$%&'*+.^_`|~-]+";
const parameter = new RegExp(`^(${token})[ \\t]*=[ \\t]*(?:"((?:[^"\\\\]|\\\\.)*)"|(${token}))$`);
const start = new RegExp(`^(${token})(?:[ \\t]+(.*))?$`);
/** Up to the next comma that is not inside a quoted string; a quote that is never closed ends at its comma. */
const piece = /(?:[^",]|"(?:[^"\\]|\\.)*")+/y;
const brokenPiece = /[^,]+/y;

/** Where the next payment challenge begins in text that a quote without its end has swallowed. */
const boundary = /,[ \t]*payment[ \t]/i;

/**
 * The challenges of `WWW-Authenticate` (RFC 9110 §11.6.1). Text that cannot be read makes the challenge that it belongs
 * to malformed, and no other.
 */
function authChallenges(header: string): AuthChallenge[] {
  const found: AuthChallenge[] = [];
  let at = 0;
  while (at < header.length && found.length <= bounds.challenges) {
    if (header[at] === ',') {
      at += 1;
      continue;
    }
    const text = match(piece, header, at) ?? match(brokenPiece, header, at) ?? '';
    const isRead = text.trim() === '' || take(found, text.trim());
    const swallowed = isRead ? -1 : text.search(boundary);
    at += swallowed < 0 ? text.length : swallowed;
  }
  return found;
}

function match(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

/** A parameter belongs to the scheme that was named last. @returns whether the text could be read */
function take(found: AuthChallenge[], text: string): boolean {
  const current = found.at(-1);
  const more = parameter.exec(text);
  if (more) {
    if (current) add(current, more);
    return current !== undefined;
  }
  const [, scheme, rest] = start.exec(text) ?? [];
  if (scheme === undefined) {
    delete current?.parameters;
    return false;
  }
  const next: AuthChallenge = { scheme, parameters: new Map() };
  found.push(next);
  const first = rest === undefined ? null : parameter.exec(rest.trim());
  // Other schemes may have a token there; a payment has parameters.
  if (first) add(next, first);
  return first !== null || rest === undefined || !rest.includes('"');
}

function add(challenge: AuthChallenge, [, name = '', quoted, bare]: RegExpExecArray): void {
  const key = name.toLowerCase();
  if (challenge.parameters?.has(key)) delete challenge.parameters;
  challenge.parameters?.set(key, quoted?.replace(/\\(.)/g, '$1') ?? bare ?? '');
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
