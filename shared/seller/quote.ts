import { createHash } from 'node:crypto';
import type { Reason } from '../core/errors.ts';
import type { Challenge } from '../core/selection.ts';
import { decodeCharges } from '../protocol/mpp.ts';
import { decodeChallenge } from '../protocol/x402.ts';
import { type Answer, exchange, type NoAnswer } from './exchange.ts';
import { retryAfterSeconds } from './retry-after.ts';

/** What the seller asks for a request, as far as it says so. */
export type Quote =
  | { readonly challenge: Challenge }
  | { readonly refused: Reason }
  | { readonly unavailable: string; readonly retryAfterSeconds?: number | undefined };

/** Of every answer that is JSON. */
export const longestJsonBytes = 256 * 1024;
const quoteMilliseconds = 15_000;

/**
 * Asks the seller what a request costs: the same POST as the paid one, without a payment. Spends nothing and signs
 * nothing; whoever only asks needs no wallet.
 * @param body the request, JSON
 */
export const askPrice = async (origin: string, path: string, body: string): Promise<Quote> =>
  readQuote(
    await exchange({
      url: origin + path,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      longestBodyBytes: longestJsonBytes,
      totalMilliseconds: quoteMilliseconds,
      isRepeatable: true,
    }),
    origin + path,
    body,
  );

/** Reads the answer to a POST without a payment. */
export function readQuote(answer: Answer | NoAnswer, url: string, body: string): Quote {
  if ('failed' in answer) return quoteWithoutAnswer(answer);
  if (answer.status === 402) return quoteFrom(answer, url, body);
  if (answer.status === 429 || answer.status >= 500)
    return {
      unavailable: `The seller answers ${answer.status}.`,
      retryAfterSeconds: retryAfterSeconds(answer),
    };
  return unsupported(`The seller answers ${answer.status} to a request for its price.`);
}

/** The two protocols stand side by side in one answer; a seller that speaks one of them is enough. */
function quoteFrom(answer: Answer, url: string, body: string): Quote {
  const { host, hostname } = new URL(url);
  const bodySha256 = createHash('sha256').update(body).digest('base64');
  const charges = decodeCharges(answer.headers['www-authenticate'], {
    hosts: [host, hostname],
    bodySha256,
  });
  const header = answer.headers['payment-required'];
  const decoded = decodeChallenge(header);
  const challenge =
    'malformed' in decoded && charges.length > 0 ? { resourceUrl: url, resource: {}, accepts: [] } : decoded;
  if ('malformed' in challenge)
    return unsupported(`The seller's 402 cannot be paid: ${challenge.malformed}.`);
  const [asked, named] = [new URL(url), URL.parse(challenge.resourceUrl, url)];
  if (named?.host !== asked.host || named.pathname !== asked.pathname)
    return unsupported("The seller's 402 names another resource than the one asked for.");
  return { challenge: { ...challenge, ...(charges.length > 0 && { charges }) } };
}

/** An oversized answer is the seller's doing and will not get better; silence may. */
const quoteWithoutAnswer = ({ failed }: NoAnswer): Quote =>
  failed === 'timeout' || failed === 'connection' || failed === 'truncated'
    ? { unavailable: `The seller does not answer (${failed}).` }
    : unsupported(`The seller's answer is out of bounds: ${failed}.`);

const unsupported = (message: string): Quote => ({ refused: { name: 'ChallengeUnsupported', message } });
