import { randomBytes } from 'node:crypto';
import type { UploadLeave } from '../core/job-record.ts';
import type { Rail } from '../core/policy.ts';
import { ownSignIn, type SignIn, signInFor } from '../protocol/siwx.ts';
import { decodeExtension } from '../protocol/x402.ts';
import {
  type ListedJob,
  type PaidAnswer,
  readBlob,
  readConfirmation,
  readList,
  readPaidAnswer,
  readSighting,
  type Sighting,
} from './answers.ts';
import { type Answer, exchange, type NoAnswer } from './exchange.ts';
import { hasFile } from './has-file.ts';
import { askPrice, longestJsonBytes, type Quote } from './quote.ts';

/** The wallet as the seller client needs it: it signs sign-ins, never payments. */
export interface Visitor {
  readonly address: string;
  readonly signMessage: (text: { message: string }) => Promise<string>;
}

export interface Seller {
  /**
   * Asks what a request costs; spends nothing and signs nothing.
   * @param rail which it will be paid on first of all, where the seller offers that
   */
  quote(path: string, body: string, rail?: Rail): Promise<Quote>;
  /** Sends the stored header with the same body; the answer is all we learn, money may move whatever it is. */
  pay(
    path: string,
    body: string,
    signedHeader: string,
    totalMilliseconds: number,
    rail?: Rail,
  ): Promise<PaidAnswer>;
  /** Puts a file where a paid upload allows it; the same file again changes nothing. */
  putFile(
    putUrl: string,
    leave: UploadLeave,
    contentType: string,
    bytes: Uint8Array,
  ): Promise<{ url: string } | { unavailable: string }>;
  /** Tells the seller, signed in, that an upload's file is there. */
  confirmUpload(
    uploadId: string,
    url: string,
    paidBy?: string,
    network?: string,
  ): Promise<{ blobUrl: string } | { unavailable: string }>;
  /**
   * Whether a file that was uploaded is still there; undefined when the host does not say.
   * @param isListed whether the settings list the origin exactly; any other host is asked at public addresses alone
   */
  hasFile(url: string, isListed: boolean): Promise<boolean | undefined>;
  /**
   * Looks at a job, signed in.
   * @param paidBy address of the wallet that paid for it, to which alone it is shown; by default the one that pays now
   * @param network the chain that it was paid on, whose sign-in is taken where the seller offers it
   */
  job(sellerJobId: string, paidBy?: string, network?: string): Promise<Sighting>;
  /** The wallet's latest jobs, signed in; undefined when the seller did not give a list. */
  jobs(paidBy?: string, network?: string): Promise<readonly ListedJob[] | undefined>;
}

/** The seller wants a sign-in, or another one. */
const isUnauthenticated = (answer: Answer | NoAnswer): answer is Answer =>
  'status' in answer && answer.status === 402;

/** Each listed job echoes its prompt, of up to 40 KB. */
const longestListBytes = 4 * 1024 * 1024;
/** As many as it gives; twenty is what its documents show. */
const listLimits = [100, 20];
/** Where a payment goes. */
const paymentFields: Readonly<Record<Rail, string>> = { x402: 'payment-signature', tempo: 'authorization' };
/** A job may carry its result: an SVG of five MiB, or a picture of nine, as base64. */
const longestJobBytes = 12 * 1024 * 1024 + longestJsonBytes;
const lookMilliseconds = 8_000;
const putMilliseconds = 30_000;

/**
 * The paid API as a port. Every answer is read within bounds and parsed; what a seller says is a
 * claim about the seller, never an instruction.
 * @param networks CAIP-2 chains whose sign-in we accept
 * @param clock Unix milliseconds
 * @param earlier a wallet that paid before this one, by its address, while it may still sign in
 */
export function sellerAt(
  origin: string,
  networks: readonly string[],
  current: Visitor,
  clock: () => number,
  earlier: (address: string) => Promise<Visitor | undefined> = async () => undefined,
): Seller {
  /** Until the seller is seen to want a sign-in that it gave out itself. */
  let takesOurs = true;

  const signed = async (visitor: Visitor, signIn: SignIn): Promise<Record<string, string>> => ({
    'sign-in-with-x': signIn.headerWith(await visitor.signMessage({ message: signIn.message })),
  });

  /**
   * One request and one signature, which is good for one use. A sign-in whose connection was reset may have been seen: a
   * new one is made for a fresh connection. Where the seller does not take a sign-in of our own making, its challenge is
   * asked for, and what it says then is the answer.
   */
  async function signedIn(
    path: string,
    longestBodyBytes: number,
    {
      paidBy = current.address,
      network,
      body,
    }: { paidBy?: string | undefined; network?: string | undefined; body?: string },
  ): Promise<Answer | NoAnswer | { refused: string }> {
    const isCurrent = paidBy.toLowerCase() === current.address.toLowerCase();
    const visitor = isCurrent ? current : await earlier(paidBy);
    if (!visitor) return { refused: `the wallet ${paidBy} signs in no more` };
    const url = origin + path;
    const { address } = visitor;
    const ask = (headers: Record<string, string>, reusesConnection = true) =>
      exchange({
        url,
        method: body === undefined ? 'GET' : 'POST',
        headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
        ...(body !== undefined && { body }),
        longestBodyBytes,
        totalMilliseconds: lookMilliseconds,
        reusesConnection,
      });
    const chains = network === undefined ? networks : [network, ...networks];
    const [first] = chains;
    const isOurs = takesOurs && first !== undefined;
    if (isOurs) {
      const askAsOurselves = async (reusesConnection: boolean) => {
        const nonce = randomBytes(16).toString('hex');
        const own = ownSignIn({ url, address, network: first, nonce, now: clock() });
        return 'refused' in own ? own : ask(await signed(visitor, own), reusesConnection);
      };
      let answer = await askAsOurselves(true);
      if ('isStale' in answer) answer = await askAsOurselves(false);
      if ('refused' in answer) return answer;
      if (!isUnauthenticated(answer)) return answer;
    }
    let asked = await ask({});
    if ('isStale' in asked) asked = await ask({}, false);
    if (!isUnauthenticated(asked)) return asked;
    const extension = decodeExtension(asked.headers['payment-required'], 'sign-in-with-x');
    const signIn = signInFor(extension, { url, address, networks: chains, now: clock() });
    if ('refused' in signIn) return signIn;
    const answer = await ask(await signed(visitor, signIn));
    if (isOurs && !('failed' in answer) && !isUnauthenticated(answer)) takesOurs = false;
    return answer;
  }

  return {
    quote: (path, body) => askPrice(origin, path, body),

    pay: async (path, body, signedHeader, milliseconds, rail = 'x402') =>
      readPaidAnswer(
        await exchange({
          url: origin + path,
          method: 'POST',
          headers: { 'content-type': 'application/json', [paymentFields[rail]]: signedHeader },
          body,
          longestBodyBytes: longestJsonBytes,
          totalMilliseconds: milliseconds,
        }),
      ),

    async putFile(putUrl, leave, contentType, bytes) {
      const url = new URL(putUrl);
      url.searchParams.set('pathname', leave.pathname);
      return readBlob(
        await exchange({
          url: url.href,
          method: 'PUT',
          headers: {
            authorization: `Bearer ${leave.clientToken}`,
            'x-content-type': contentType,
            'x-api-version': '11',
          },
          body: bytes,
          longestBodyBytes: longestJsonBytes,
          totalMilliseconds: putMilliseconds,
        }),
      );
    },

    async confirmUpload(uploadId, url, paidBy, network) {
      const body = JSON.stringify({ uploadId, blobUrl: url });
      const answer = await signedIn('/api/upload/confirm', longestJsonBytes, { paidBy, network, body });
      return 'refused' in answer ? { unavailable: answer.refused } : readConfirmation(answer);
    },

    hasFile,

    async job(sellerJobId, paidBy, network) {
      const path = `/api/jobs/${encodeURIComponent(sellerJobId)}`;
      const answer = await signedIn(path, longestJobBytes, { paidBy, network });
      return 'refused' in answer
        ? { state: 'unavailable', message: answer.refused }
        : readSighting(answer, sellerJobId);
    },

    async jobs(paidBy, network) {
      for (const limit of listLimits) {
        const answer = await signedIn(`/api/jobs?limit=${limit}`, longestListBytes, { paidBy, network });
        if ('refused' in answer) return undefined;
        const list = readList(answer);
        if (list) return list;
      }
      return undefined;
    },
  };
}
