import * as z from 'zod';
import type { Reason } from '../core/errors.ts';
import type { SettlementClaim } from '../core/job-record.ts';
import type { Challenge } from '../core/selection.ts';
import { parseBoundedJson } from '../protocol/bounded-json.ts';
import { signInFor } from '../protocol/siwx.ts';
import { decodeChallenge, decodeExtension, decodeSettlement } from '../protocol/x402.ts';
import { type Answer, exchange, type NoAnswer } from './exchange.ts';

/** The wallet as the seller client needs it: it signs sign-ins, never payments. */
export interface Visitor {
  readonly address: string;
  readonly signMessage: (message: string) => Promise<string>;
}

export type Quote =
  | { readonly challenge: Challenge }
  | { readonly refused: Reason }
  | { readonly unavailable: string; readonly retryAfterSeconds?: number | undefined };

/** After a paid POST there are two answers only: a job id, or we do not know. */
export type PaidAnswer =
  | { readonly sellerJobId: string; readonly settlement?: SettlementClaim | undefined }
  | { readonly unknown: string };

export type Sighting =
  | { readonly state: 'running' }
  | { readonly state: 'complete'; readonly imageUrl: string }
  | { readonly state: 'failed'; readonly message: string }
  | { readonly state: 'unavailable'; readonly message: string }
  | { readonly state: 'denied'; readonly message: string };

export interface ListedJob {
  readonly sellerJobId: string;
  readonly input: unknown;
  /** Unix milliseconds. */
  readonly createdAt: number;
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

const sellerJobIdSchema = z.string().regex(/^[A-Za-z0-9_-]{6,128}$/);
const takenSchema = z.object({ success: z.literal(true).optional(), jobId: sellerJobIdSchema });
const jobSchema = z.object({
  status: z.string().max(64),
  error: z.string().nullish(),
  result: z.object({ imageUrl: z.url().max(4096).optional() }).nullish(),
});
const listSchema = z.object({ jobs: z.array(z.unknown()).max(500) });
const listedSchema = z
  .object({
    jobId: sellerJobIdSchema.optional(),
    id: sellerJobIdSchema.optional(),
    input: z.unknown(),
    createdAt: z.union([z.iso.datetime().transform((text) => Date.parse(text)), z.number()]),
  })
  .transform(({ jobId, id, input, createdAt }) => ({ sellerJobId: jobId ?? id ?? '', input, createdAt }))
  .refine(({ sellerJobId }) => sellerJobId !== '');

const longestJsonBytes = 256 * 1024;
const totalMilliseconds = 15_000;

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
  async function getSignedIn(path: string): Promise<Answer | NoAnswer | { refused: string }> {
    const get = (headers: Record<string, string>) =>
      exchange({
        url: origin + path,
        method: 'GET',
        headers,
        longestBodyBytes: longestJsonBytes,
        totalMilliseconds,
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
    return get({ 'sign-in-with-x': signIn.headerWith(await visitor.signMessage(signIn.message)) });
  }

  return {
    async quote(path, body) {
      const answer = await post(path, body, {}, totalMilliseconds);
      if ('failed' in answer) return quoteWithoutAnswer(answer);
      if (answer.status === 402) return quoteFrom(answer, origin + path);
      if (answer.status === 429 || answer.status >= 500)
        return {
          unavailable: `The seller answers ${answer.status}.`,
          retryAfterSeconds: retryAfter(answer),
        };
      const message = `The seller answers ${answer.status} to a request for its price.`;
      return { refused: { name: 'ChallengeUnsupported', message } };
    },

    async pay(path, body, signedHeader, milliseconds) {
      const answer = await post(path, body, { 'payment-signature': signedHeader }, milliseconds);
      if ('failed' in answer) return { unknown: `no answer: ${answer.failed}` };
      const taken = takenSchema.safeParse(json(answer));
      if (answer.status < 200 || answer.status > 299 || !taken.success)
        return { unknown: `status ${answer.status}${reasonIn(answer)}` };
      return {
        sellerJobId: taken.data.jobId,
        settlement: decodeSettlement(answer.headers['payment-response']),
      };
    },

    async job(sellerJobId) {
      const answer = await getSignedIn(`/api/jobs/${encodeURIComponent(sellerJobId)}`);
      if ('refused' in answer) return { state: 'unavailable', message: answer.refused };
      if ('failed' in answer) return { state: 'unavailable', message: `no answer: ${answer.failed}` };
      if (answer.status === 403 || answer.status === 404)
        return { state: 'denied', message: `The seller answers ${answer.status} for the job.` };
      const job = jobSchema.safeParse(json(answer));
      if (answer.status !== 200 || !job.success)
        return { state: 'unavailable', message: `The seller answers ${answer.status} without a job.` };
      return sightingOf(job.data);
    },

    async jobs() {
      const answer = await getSignedIn('/api/jobs?limit=100');
      if ('refused' in answer || 'failed' in answer || answer.status !== 200) return undefined;
      const list = listSchema.safeParse(json(answer)).data;
      return list?.jobs.flatMap((entry) => listedSchema.safeParse(entry).data ?? []);
    },
  };
}

/** An end word without its picture is not an end yet; an unknown word means it is still running (wire.md §1.5). */
function sightingOf(job: z.infer<typeof jobSchema>): Sighting {
  const word = job.status.toLowerCase();
  if (['failed', 'error', 'cancelled', 'canceled'].includes(word))
    return { state: 'failed', message: (job.error ?? 'no reason given').slice(0, 200) };
  const imageUrl = job.result?.imageUrl;
  return ['complete', 'completed', 'succeeded'].includes(word) && imageUrl !== undefined
    ? { state: 'complete', imageUrl }
    : { state: 'running' };
}

function quoteFrom(answer: Answer, url: string): Quote {
  const challenge = decodeChallenge(answer.headers['payment-required']);
  if ('malformed' in challenge) {
    const message = `The seller's 402 cannot be paid: ${challenge.malformed}.`;
    return { refused: { name: 'ChallengeUnsupported', message } };
  }
  const [asked, named] = [new URL(url), URL.parse(challenge.resourceUrl, url)];
  if (named?.host !== asked.host || named.pathname !== asked.pathname) {
    const message = "The seller's 402 names another resource than the one asked for.";
    return { refused: { name: 'ChallengeUnsupported', message } };
  }
  return { challenge };
}

/** An oversized answer is the seller's doing and will not get better; silence may. */
const quoteWithoutAnswer = ({ failed }: NoAnswer): Quote =>
  failed === 'timeout' || failed === 'connection' || failed === 'truncated'
    ? { unavailable: `The seller does not answer (${failed}).` }
    : {
        refused: {
          name: 'ChallengeUnsupported',
          message: `The seller's answer is out of bounds: ${failed}.`,
        },
      };

function retryAfter(answer: Answer): number | undefined {
  const seconds = Number(answer.headers['retry-after']);
  return Number.isInteger(seconds) && seconds > 0 ? Math.min(seconds, 3600) : undefined;
}

const json = (answer: Answer): unknown =>
  parseBoundedJson(answer.body.toString('utf8'), { characters: longestJsonBytes, depth: 16 });

/** A seller's reason code, kept only when it looks like one. */
function reasonIn(answer: Answer): string {
  const { reason } = z.object({ reason: z.string() }).safeParse(json(answer)).data ?? {};
  return reason !== undefined && /^[a-z0-9_]{1,80}$/.test(reason) ? `, ${reason}` : '';
}
