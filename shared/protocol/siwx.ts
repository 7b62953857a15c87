import * as z from 'zod';
import { optional } from './absent.ts';
import { chainIdOf } from './eip3009.ts';
import { siweText } from './siwe-text.ts';

/**
 * SIGN-IN-WITH-X (CAIP-122 over EIP-4361, EVM only). The text that is signed is rebuilt here from checked fields, so
 * that a seller cannot have us sign anything but "this wallet reads this page of this seller".
 */

/** RFC 3339 with its offset, in which the colon may be missing (ISO 8601). */
const time = z
  .string()
  .transform((text) => text.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'))
  .pipe(z.iso.datetime({ offset: true }));

const extensionSchema = z.object({
  info: z.object({
    domain: z.string().max(260),
    uri: z.string().max(2048),
    version: z.literal('1'),
    nonce: z.string().regex(/^[A-Za-z0-9]{8,64}$/),
    issuedAt: time,
    expirationTime: optional(time),
    statement: optional(
      z
        .string()
        .max(200)
        .regex(/^[\x20-\x7e]*$/),
    ),
  }),
  supportedChains: z.array(z.unknown()),
});

const chainSchema = z.object({
  chainId: z.string().max(64),
  type: z.string().max(16),
  signatureScheme: optional(z.string().max(16)),
});
/** Chains beyond this many are not read. */
const mostChains = 256;

const clockSkewMilliseconds = 60_000;
const oldestMilliseconds = 5 * 60_000;
const longestLifeMilliseconds = 10 * 60_000;
/** Of a sign-in of our own making: as long as a request may take, and no longer. */
const ownLifeMilliseconds = 60_000;

/** A checked sign-in, ready for its signature. */
export interface SignIn {
  /** EIP-4361 text, to be signed as a personal message (EIP-191). */
  readonly message: string;
  /** The header's value once signed: standard base64 of JSON. */
  readonly headerWith: (signature: string) => string;
}

/**
 * Checks a sign-in challenge and rebuilds its text.
 * @param extension the `sign-in-with-x` extension of a 402, unparsed
 * @param expected the page we asked for, the wallet, the chains we use, best first, and the time in Unix milliseconds
 * @returns what to sign, or in words why this is not signed
 */
export function signInFor(
  extension: unknown,
  expected: { url: string; address: string; networks: readonly string[]; now: number },
): SignIn | { refused: string } {
  const parsed = extensionSchema.safeParse(extension);
  if (!parsed.success) return { refused: 'the sign-in challenge is missing or malformed' };
  const { info, supportedChains } = parsed.data;
  const page = new URL(expected.url);
  const port = page.port || { 'https:': '443', 'http:': '80' }[page.protocol];
  if (![page.host, page.hostname, `${page.hostname}:${port}`].includes(info.domain))
    return { refused: 'the sign-in challenge names another domain' };
  if (!samePage(info.uri, page)) return { refused: 'the sign-in challenge names another page' };
  const issuedAt = Date.parse(info.issuedAt);
  if (issuedAt > expected.now + clockSkewMilliseconds || issuedAt < expected.now - oldestMilliseconds)
    return { refused: 'the sign-in challenge is not of now' };
  const endsAt = info.expirationTime === undefined ? undefined : Date.parse(info.expirationTime);
  if (endsAt !== undefined && endsAt <= expected.now) return { refused: 'the sign-in challenge is over' };
  const usable = supportedChains
    .slice(0, mostChains)
    .flatMap((entry) => chainSchema.safeParse(entry).data ?? [])
    .filter(({ type }) => type === 'eip191');
  const [chain] = expected.networks.flatMap(
    (network) => usable.find(({ chainId }) => chainId === network) ?? [],
  );
  if (!chain) return { refused: 'the sign-in challenge supports none of our chains' };

  return signInOf({
    domain: info.domain,
    page,
    address: expected.address,
    nonce: info.nonce,
    statement: info.statement,
    issuedAt,
    // A server tests that the end has not come, not which one it is: what is signed lives no longer than it is needed.
    expiresAt: endsAt === undefined ? undefined : Math.min(endsAt, expected.now + longestLifeMilliseconds),
    chain,
  });
}

/** So far before our own time, for a seller whose clock is behind: not even a millisecond of the future is taken. */
const backMilliseconds = 2_000;

/**
 * A sign-in that nobody asked for yet: servers remember the nonces that were used, not those that they gave out, so that
 * one request does in the place of two. Where it is refused, the challenge is asked for.
 * @param visit the page we ask for, the wallet, one of the chains we use, a fresh nonce and the time in Unix milliseconds
 * @returns what to sign, or in words why no sign-in can be made for this page
 */
export function ownSignIn(visit: {
  url: string;
  address: string;
  network: string;
  nonce: string;
  now: number;
}): SignIn | { refused: string } {
  const page = new URL(visit.url);
  return signInOf({
    domain: page.host,
    page,
    address: visit.address,
    nonce: visit.nonce,
    issuedAt: visit.now - backMilliseconds,
    expiresAt: visit.now + ownLifeMilliseconds,
    chain: { chainId: visit.network, type: 'eip191' },
  });
}

/** Puts together the text and the header, from checked fields or from our own. Times are Unix milliseconds. */
function signInOf(made: {
  domain: string;
  page: URL;
  address: string;
  nonce: string;
  statement?: string | undefined;
  issuedAt: number;
  expiresAt?: number | undefined;
  chain: { chainId: string; type: string; signatureScheme?: string | undefined };
}): SignIn | { refused: string } {
  const { domain, page, address, nonce, statement, issuedAt, expiresAt, chain } = made;
  const uri = page.href;
  const chainId = chainIdOf(chain.chainId);
  const message = siweText({ domain, address, statement, uri, chainId, nonce, issuedAt, expiresAt });
  if (typeof message !== 'string')
    return { refused: `no sign-in can be made for ${page.origin}: ${message.refused}` };
  const payload = {
    domain,
    uri,
    version: '1',
    nonce,
    ...(statement !== undefined && { statement }),
    issuedAt: new Date(issuedAt).toISOString(),
    ...(expiresAt !== undefined && { expirationTime: new Date(expiresAt).toISOString() }),
    address,
    chainId: chain.chainId,
    type: chain.type,
    ...(chain.signatureScheme !== undefined && { signatureScheme: chain.signatureScheme }),
  };
  return {
    message,
    headerWith: (signature) => Buffer.from(JSON.stringify({ ...payload, signature })).toString('base64'),
  };
}

/** Servers bind the URI to their origin. The path, where one is given, must be the page we asked for. */
function samePage(uri: string, page: URL): boolean {
  if (!URL.canParse(uri)) return false;
  const named = new URL(uri);
  const isPage = named.pathname === page.pathname || (named.pathname === '/' && named.search === '');
  return named.origin === page.origin && isPage && !named.username;
}
