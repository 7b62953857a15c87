import { decodePaymentSignatureHeader } from '@x402/core/http';
import { type Hex, keccak256, recoverTypedDataAddress } from 'viem';
import * as z from 'zod';
import { authorizationSchema } from '../../shared/core/authorization.ts';
import { typedDataOf } from '../../shared/protocol/eip3009.ts';
import type { PaidAnswer, Sighting } from '../../shared/seller/answers.ts';
import type { Quote } from '../../shared/seller/quote.ts';
import type { Seller } from '../../shared/seller/seller.ts';
import { challengeOf, chargeOf, offer } from '../core/offers.ts';

/** What a seller does about a paid POST it can settle, and whether the buyer hears of it. */
export const manners = {
  honest: { settles: true, makesJob: true, answers: true },
  'loses its answer': { settles: true, makesJob: true, answers: false },
  'settles and makes no job': { settles: true, makesJob: false, answers: false },
  'makes a job and does not settle': { settles: false, makesJob: true, answers: true },
  'makes a job, does not settle and says nothing': { settles: false, makesJob: true, answers: false },
  'does nothing': { settles: false, makesJob: false, answers: false },
} as const;
export type Manner = keyof typeof manners;

export interface ScriptedSeller extends Seller {
  manner: Manner;
  /** What it does about uploads; the same, unless it is told. */
  uploadManner: Manner | undefined;
  /** Answers for the next quotes; after them, an offer that is acceptable. */
  readonly quotes: Quote[];
  /** Whether its 402 offers Tempo beside x402. */
  offersTempo: boolean;
  /** Puts another job id into an answer. */
  answerWith: (made: string) => string;
  /** What a look at a job shows. */
  sighting: (sellerJobId: string) => Sighting;
  /** Whether the list is given out. */
  lists: boolean;
  /** Every PAYMENT-SIGNATURE that arrived, in order. */
  readonly headers: string[];
  /** Authorizations the token has moved money for: payer and nonce. */
  readonly settlements: Set<string>;
  readonly made: { sellerJobId: string; body: string; createdAt: number }[];
  /** Files that were put, by their address. */
  readonly files: Map<string, Uint8Array>;
  /** Puts that fail before one is taken. */
  failingPuts: number;
}

const payloadSchema = z.object({
  signature: z.string(),
  authorization: z.object({
    from: z.string(),
    to: z.string(),
    value: z.string(),
    validAfter: z.coerce.number(),
    validBefore: z.coerce.number(),
    nonce: z.string(),
  }),
});

/**
 * A seller that verifies and settles as a token contract would: the signature must be the payer's, the window open and
 * the nonce unused.
 * @param clock Unix milliseconds; advances by `takes` with every call
 */
export function scriptedSeller(clock: { now: number }, takes = 200): ScriptedSeller {
  const busy = (): void => {
    clock.now += takes;
  };

  /** Who pays with which nonce, or undefined when the token would refuse. */
  async function payable(header: string): Promise<string | undefined> {
    const { accepted, payload } = decodePaymentSignatureHeader(header);
    const { signature, authorization } = payloadSchema.parse(payload);
    const { name, version } = z.object({ name: z.string(), version: z.string() }).parse(accepted.extra);
    const signed = authorizationSchema.parse({
      ...authorization,
      network: accepted.network,
      asset: accepted.asset,
      name,
      version,
    });
    const signer = await recoverTypedDataAddress({ ...typedDataOf(signed), signature: signature as Hex });
    const seconds = clock.now / 1000;
    if (signer !== signed.from || seconds <= signed.validAfter || seconds >= signed.validBefore)
      return undefined;
    return `${signed.from} ${signed.nonce}`;
  }

  /** The hash of the transaction in a credential, or undefined when a node would not take it. */
  async function chargeable(header: string): Promise<string | undefined> {
    // Large, and of no use to the other tests.
    const [{ Credential }, { Transaction }] = await Promise.all([import('mppx'), import('viem/tempo')]);
    const { payload } = Credential.deserialize<{ signature: `0x76${string}` }>(header);
    const { validBefore = 0 } = Transaction.deserialize(payload.signature) as { validBefore?: number };
    return clock.now / 1000 + 3 < validBefore ? keccak256(payload.signature) : undefined;
  }

  const seller: ScriptedSeller = {
    manner: 'honest',
    uploadManner: undefined,
    quotes: [],
    offersTempo: false,
    answerWith: (made) => made,
    sighting: (sellerJobId) => ({
      state: 'complete',
      url: `https://pictures.test/${sellerJobId}.webp`,
    }),
    lists: true,
    headers: [],
    settlements: new Set(),
    made: [],
    files: new Map(),
    failingPuts: 0,

    async quote(path) {
      busy();
      if (path === '/api/upload') return { challenge: challengeOf(offer({ amount: '10000' })) };
      const offered = challengeOf(offer());
      const wire = { id: String(clock.now).padEnd(43, 'x') };
      const charges = seller.offersTempo ? [chargeOf({ expiresAt: clock.now + 300_000, wire })] : undefined;
      return seller.quotes.shift() ?? { challenge: { ...offered, ...(charges && { charges }) } };
    },

    async pay(path, body, header, _milliseconds, rail): Promise<PaidAnswer> {
      seller.headers.push(header);
      busy();
      const payment = rail === 'tempo' ? await chargeable(header) : await payable(header);
      if (payment === undefined || seller.settlements.has(payment)) return { unknown: 'status 402' };
      const isUpload = path === '/api/upload';
      const { settles, makesJob, answers } = manners[(isUpload && seller.uploadManner) || seller.manner];
      if (settles) seller.settlements.add(payment);
      const sellerJobId = `${isUpload ? 'upl' : 'cmn'}${String(isUpload ? seller.headers.length : seller.made.length + 1).padStart(10, '0')}`;
      if (makesJob && !isUpload) seller.made.push({ sellerJobId, body, createdAt: clock.now });
      if (!answers) return { unknown: 'status 500' };
      const leave = {
        clientToken: 'token',
        pathname: `uploads/${sellerJobId}.png`,
        expiresAt: clock.now + 300_000,
      };
      return {
        sellerJobId: seller.answerWith(sellerJobId),
        ...(isUpload && { leave }),
        settlement: {
          success: settles,
          transaction: settles ? (rail === 'tempo' ? payment : '0xfeed') : '',
          network: 'eip155:8453',
        },
      };
    },

    async putFile(_putUrl, leave, _contentType, bytes) {
      busy();
      if (seller.failingPuts > 0) {
        seller.failingPuts -= 1;
        return { unavailable: 'the blob host answers 500' };
      }
      if (clock.now >= leave.expiresAt) return { unavailable: 'the blob host answers 403' };
      const url = `https://blobs.test/${leave.pathname}`;
      seller.files.set(url, bytes);
      return { url };
    },

    async confirmUpload(_uploadId, url) {
      busy();
      return seller.files.has(url) ? { blobUrl: url } : { unavailable: 'the seller answers 404' };
    },

    async hasFile(url) {
      busy();
      return seller.files.has(url);
    },

    async job(sellerJobId) {
      busy();
      return seller.sighting(sellerJobId);
    },

    async jobs() {
      busy();
      if (!seller.lists) return undefined;
      return seller.made
        .map(({ body, ...job }) => ({ ...job, input: JSON.parse(body) as unknown }))
        .toReversed();
    },
  };
  return seller;
}
