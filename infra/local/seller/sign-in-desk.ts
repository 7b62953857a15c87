import { randomBytes } from 'node:crypto';
import { encodePaymentRequiredHeader } from '@x402/core/http';
import type { PaymentRequired } from '@x402/core/types';
import {
  buildSIWxSchema,
  parseSIWxHeader,
  SIGN_IN_WITH_X,
  validateSIWxMessage,
  verifySIWxSignature,
} from '@x402/extensions/sign-in-with-x';
import { getAddress } from 'viem';
import type { FaultMenu } from './faults.ts';

/** Who may come in, by SIGN-IN-WITH-X. */
export interface SignInDesk {
  /**
   * @param header the SIGN-IN-WITH-X header, if there was one.
   * @param url of the request, for the challenge.
   * @returns the checksummed address that signed, or the 402 to answer with.
   */
  admit(header: string | undefined, url: string): Promise<{ wallet: string } | { refusal: Response }>;
}

const LIFE_SECONDS = 300;

/** Each header opens one request. Only used nonces are remembered: one that the client made up itself is as good. */
export function createSignInDesk({
  origin,
  networks,
  faults,
}: {
  origin: string;
  networks: string[];
  faults?: FaultMenu;
}): SignInDesk {
  const used = new Map<string, number>();
  /** Nonces of odd challenges. */
  const given = new Set<string>();
  const invite = (url: string): Response => {
    const info = challengeInfo(url, origin, networks);
    if (faults?.take('odd-sign-in') === undefined) return challenge(url, networks, info);
    given.add(info.nonce);
    return challenge(url, networks, {
      ...info,
      issuedAt: info.issuedAt.replace('Z', '+00:00'),
      statement: null,
      expirationTime: null,
    });
  };
  const burn = (nonce: string): boolean => {
    const now = Date.now();
    for (const [old, until] of used) if (until < now) used.delete(old);
    if (used.has(nonce)) return false;
    used.set(nonce, now + LIFE_SECONDS * 1000);
    return true;
  };
  return {
    async admit(header, url) {
      if (header === undefined) return { refusal: invite(url) };
      if (header === '') return refuse('siwx_missing_header', 'The SIGN-IN-WITH-X header is empty');
      let message: ReturnType<typeof parseSIWxHeader>;
      try {
        message = parseSIWxHeader(header);
      } catch {
        return refuse('siwx_malformed', 'The SIGN-IN-WITH-X header cannot be read');
      }
      if (faults?.isOn('odd-sign-in') && !given.has(message.nonce))
        return refuse('siwx_invalid_nonce', 'The nonce is of no challenge');
      // The nonce is burnt here, before anyone looks at the signature: so does the real one.
      const validity = await validateSIWxMessage(message, new URL(origin), { checkNonce: burn });
      if (!validity.isValid) return refuse(codeOf(validity.invalidReason), validity.invalidMessage);
      const verdict = await verifySIWxSignature(message);
      if (!verdict.isValid || message.type !== 'eip191') {
        return refuse('siwx_invalid_signature', 'The signature is not of this address');
      }
      return { wallet: getAddress(verdict.payer) };
    },
  };
}

/** What is to be signed. */
function challengeInfo(url: string, origin: string, networks: string[]) {
  const now = Date.now();
  return {
    domain: new URL(origin).host,
    uri: url,
    version: '1',
    chainId: networks[0],
    type: 'eip191',
    nonce: randomBytes(16).toString('hex'),
    issuedAt: new Date(now).toISOString(),
    expirationTime: new Date(now + LIFE_SECONDS * 1000).toISOString(),
    statement: 'Sign in to verify your wallet identity',
  };
}

/** Header and body say the same. The empty `accepts` means: sign in, there is nothing to pay. */
function challenge(url: string, networks: string[], info: object): Response {
  const required: PaymentRequired = {
    x402Version: 2,
    error: 'Sign in to continue',
    resource: {
      url,
      description: 'Requires a signature of the wallet that paid',
      mimeType: 'application/json',
    },
    accepts: [],
    extensions: {
      [SIGN_IN_WITH_X]: {
        info,
        supportedChains: networks.map((chainId) => ({ chainId, type: 'eip191' as const })),
        schema: buildSIWxSchema(),
      },
    },
  };
  const headers = { 'PAYMENT-REQUIRED': encodePaymentRequiredHeader(required), 'Cache-Control': 'no-store' };
  return Response.json(required, { status: 402, headers });
}

/** A 402 without a challenge: ask again without the header to get one. */
function refuse(error: string, message: string): { refusal: Response } {
  return { refusal: Response.json({ error, message }, { status: 402 }) };
}

/** The reference package's reasons, in the real seller's five words. */
function codeOf(reason: string): string {
  if (reason === 'invalid_siwx_nonce') return 'siwx_nonce_used';
  if (/expir|issued_at|not_before|not_yet/.test(reason)) return 'siwx_expired';
  return 'siwx_malformed';
}
