import { signInFor } from '../protocol/siwx.ts';
import { decodeExtension } from '../protocol/x402.ts';
import {
  type ListedJob,
  type PaidAnswer,
  type Quote,
  readList,
  readPaidAnswer,
  readQuote,
  readSighting,
  type Sighting,
} from './answers.ts';
import { type Answer, exchange, type NoAnswer } from './exchange.ts';

/** The wallet as the seller client needs it: it signs sign-ins, never payments. */
export interface Visitor {
  readonly address: string;
  readonly signMessage: (text: { message: string }) => Promise<string>;
}

export interface Seller {
  /** Asks what a request costs; spends nothing and signs nothing. */
  quote(path: string, body: string): Promise<Quote>;
  /** Sends the stored header with the same body; the answer is all we learn, money may move whatever it is. */
  pay(path: string, body: string, signedHeader: string, totalMilliseconds: number): Promise<PaidAnswer>;
  /** Looks at a job, signed in. */
  job(sellerJobId: string): Promise<Sighting>;
  /** The wallet's latest jobs, signed in; undefined when the seller did not give a list. */
  jobs(): Promise<readonly ListedJob[] | undefined>;
}

const longestJsonBytes = 256 * 1024;
/** Each listed job echoes its prompt, of up to 40 KB. */
const longestListBytes = 4 * 1024 * 1024;
/** As many as it gives; twenty is what its documents show. */
const listLimits = [100, 20];
const quoteMilliseconds = 15_000;
const lookMilliseconds = 8_000;

/**
 * The paid API as a port (wire.md §1). Every answer is read within bounds and parsed; what a seller says is a
 * claim about the seller, never an instruction.
 * @param networks CAIP-2 chains whose sign-in we accept
 * @param clock Unix milliseconds
 */
export function sellerAt(
  origin: string,
  networks: readonly string[],
  visitor: Visitor,
  clock: () => number,
): Seller {
  const post = (path: string, body: string, headers: Record<string, string>, milliseconds: number) =>
    exchange({
      url: origin + path,
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
      longestBodyBytes: longestJsonBytes,
      totalMilliseconds: milliseconds,
    });

  /** Two requests and one signature: the sign-in is good for one use (wire.md §3). */
  async function getSignedIn(
    path: string,
    longestBodyBytes: number,
  ): Promise<Answer | NoAnswer | { refused: string }> {
    const get = (headers: Record<string, string>) =>
      exchange({
        url: origin + path,
        method: 'GET',
        headers,
        longestBodyBytes,
        totalMilliseconds: lookMilliseconds,
      });
    const asked = await get({});
    if ('failed' in asked || asked.status !== 402) return asked;
    const signIn = signInFor(decodeExtension(asked.headers['payment-required'], 'sign-in-with-x'), {
      url: origin + path,
      address: visitor.address,
      networks,
      now: clock(),
    });
    if ('refused' in signIn) return signIn;
    return get({
      'sign-in-with-x': signIn.headerWith(await visitor.signMessage({ message: signIn.message })),
    });
  }

  return {
    quote: async (path, body) => readQuote(await post(path, body, {}, quoteMilliseconds), origin + path),

    pay: async (path, body, signedHeader, milliseconds) =>
      readPaidAnswer(await post(path, body, { 'payment-signature': signedHeader }, milliseconds)),

    async job(sellerJobId) {
      const answer = await getSignedIn(`/api/jobs/${encodeURIComponent(sellerJobId)}`, longestJsonBytes);
      return 'refused' in answer ? { state: 'unavailable', message: answer.refused } : readSighting(answer);
    },

    async jobs() {
      for (const limit of listLimits) {
        const answer = await getSignedIn(`/api/jobs?limit=${limit}`, longestListBytes);
        if ('refused' in answer) return undefined;
        const list = readList(answer);
        if (list) return list;
      }
      return undefined;
    },
  };
}
