import type { Rail } from '../../../shared/core/policy.ts';
import { uploadOffering } from '../../../shared/core/upload.ts';
import type { PaidAnswer, Sighting } from '../../../shared/seller/answers.ts';
import type { Quote } from '../../../shared/seller/quote.ts';
import type { Seller } from '../../../shared/seller/seller.ts';
import { challengeOf, chargeOf, offer } from '../../core/offers.ts';
import { type Behaviour, conductOf } from './behaviours.ts';
import { readPayment, type SignedTransfer } from './keyed-wallet.ts';
import type { Random } from './random.ts';
import { type Showing, type Shown, shownAt } from './showings.ts';
import type { SimChain } from './sim-chain.ts';
import type { Timeline } from './timeline.ts';

interface Made extends Shown {
  readonly body: string;
  readonly createdAt: number;
  readonly nonce: string;
}

export interface SimSeller extends Seller {
  /** Pictures (not uploads) it made, in order. */
  readonly made: Made[];
  /** Every paid POST that reached it. */
  readonly posts: { readonly nonce: string; readonly header: string; readonly at: number }[];
  /** How it behaves about a purchase; drawn once, and kept. */
  behaviourOf(nonce: string, path: string): Behaviour;
  /** While it is down it answers 503 to everything that is not paid. */
  isDown: boolean;
}

export interface SellerCharacter {
  readonly draw: (nonce: string, path: string) => Behaviour;
  /** How a job that it makes is shown; plainly, without it. */
  readonly drawShowing?: () => Showing;
  /** Milliseconds that each stage of a paid POST takes, at the most. */
  readonly stageMilliseconds: number;
  readonly renderMilliseconds: number;
  /** Of its jobs, how many fail after they were paid for. */
  readonly failing: number;
  /** Of its quotes, how many are at another price. */
  readonly hopping: number;
}

const prices = ['20000', '25000', '30000', '30000', '45000'];

/** A seller in the order of the real one: price, verify, make the job, settle, answer; each of them takes time. */
export function openSeller(
  timeline: Timeline,
  chain: SimChain,
  random: Random,
  character: SellerCharacter,
  rail: Rail = 'x402',
): SimSeller {
  const known = new Map<string, Behaviour>();
  const files = new Set<string>();
  const uploadPath = `/api/${uploadOffering}`;
  const stage = async (): Promise<void> => {
    if (character.stageMilliseconds > 0) await timeline.sleep(random.between(1, character.stageMilliseconds));
  };
  const byId = new Map<string, Made>();
  const priceOf = (path: string): string => {
    if (path === uploadPath) return '10000';
    return random.chance(character.hopping) ? random.pick(prices) : path.endsWith('edit') ? '45000' : '30000';
  };
  let count = 0;

  function quoteOf(path: string): Quote {
    const amount = priceOf(path);
    // Both rails on one 402, whichever of them this world pays on.
    const expiresAt = timeline.now + 300_000;
    const charges =
      rail === 'tempo'
        ? [chargeOf({ amount, expiresAt, wire: { id: random.hex(43), realm: 'seller.test' } })]
        : [];
    return { challenge: { ...challengeOf(offer({ amount })), charges } };
  }

  function makeJob(path: string, body: string, nonce: string): string {
    count += 1;
    const sellerJobId = `${path === uploadPath ? 'upl' : 'cmn'}${String(count).padStart(10, '0')}`;
    const readyAt = timeline.now + random.between(1, Math.max(character.renderMilliseconds, 1));
    const isDoomed = random.chance(character.failing);
    if (path === uploadPath) return sellerJobId;
    const showing = character.drawShowing?.() ?? 'shown plainly';
    const job = { sellerJobId, body, createdAt: timeline.now, nonce, readyAt, isDoomed, showing, polls: 0 };
    seller.made.push(job);
    byId.set(sellerJobId, job);
    return sellerJobId;
  }

  /** Sends the transfer when it suits the seller; true when the money is there by the answer. */
  async function settle(transfer: SignedTransfer, signature: string, behaviour: Behaviour): Promise<string> {
    const { settles } = conductOf(behaviour);
    const included = () => chain.settle(transfer, signature);
    if (settles === 'never') return '';
    if (settles === 'later') {
      timeline.after(random.between(5_000, 240_000), () => void included());
      return '';
    }
    if (settles === 'last second') {
      const left = Number(transfer.validBefore) - chain.skewSeconds - 3;
      timeline.at(left * 1000 - 1, () => void included());
      return '';
    }
    if (settles === 'too late') {
      const left = Number(transfer.validBefore) - chain.skewSeconds + random.between(0, 60);
      timeline.at(left * 1000, () => void included());
      return '';
    }
    if (settles === 'by a stranger')
      timeline.after(random.between(1, 20_000), () => void chain.settle(transfer, signature));
    if (settles === 'by a stranger' && random.chance(0.5)) return '';
    const inclusion = await included();
    return 'transaction' in inclusion ? inclusion.transaction : '';
  }

  function answerOf(
    path: string,
    behaviour: Behaviour,
    sellerJobId: string,
    transaction: string,
  ): PaidAnswer {
    const success = transaction !== '';
    const settlement = { success, transaction, network: 'eip155:8453' };
    const { answer, makesJob, settles } = conductOf(behaviour);
    // A settlement that failed is a 500 at the real seller, and the job was made all the same.
    const isFailure = settles === 'now' && !success;
    // Broadcast, and in no block yet.
    if (answer === 'pending')
      return {
        unknown: 'status 402',
        settlement: { ...settlement, success: false, transaction: `0x${random.hex(64)}` },
      };
    if (answer === '402') return { unknown: 'status 402' };
    const expiresAt = timeline.now + 300_000;
    const leave = { clientToken: 'token', pathname: `uploads/${sellerJobId}.webp`, expiresAt };
    const beside = { settlement, ...(path === uploadPath && { leave }) };
    if (answer === 'made-up id') return { sellerJobId: `made-up-${random.hex(8)}`, ...beside };
    if (answer === '500' || !makesJob || (isFailure && answer === 'job')) return { unknown: 'status 500' };
    if (answer === 'garbage') {
      const other = seller.made.length > 0 ? random.pick(seller.made).sellerJobId : 'garbage-0000';
      return random.pick<PaidAnswer>([
        { unknown: 'status 200' },
        { unknown: 'status 422', final: true },
        { sellerJobId: other, settlement },
        { sellerJobId: `garbage-${random.hex(8)}`, settlement },
        {
          unknown: 'status 200',
          settlement: { ...settlement, success: true, transaction: `0x${random.hex(64)}` },
        },
      ]);
    }
    return { sellerJobId, ...beside };
  }

  const seller: SimSeller = {
    made: [],
    posts: [],
    isDown: false,
    behaviourOf(nonce, path) {
      const behaviour = known.get(nonce) ?? character.draw(nonce, path);
      known.set(nonce, behaviour);
      return behaviour;
    },

    async quote(path) {
      await stage();
      if (seller.isDown) return { unavailable: 'The seller answers 503.', retryAfterSeconds: 20 };
      return quoteOf(path);
    },

    async pay(path, body, header): Promise<PaidAnswer> {
      const { amount, signature, authorization } = readPayment(header);
      const nonce = authorization.nonce.toLowerCase();
      const isFirst = seller.posts.every((post) => post.nonce !== nonce);
      seller.posts.push({ nonce, header, at: timeline.now });
      await stage();
      const behaviour = seller.behaviourOf(nonce, path);
      const { makesJob, pauseSeconds } = conductOf(behaviour);
      if (isFirst && pauseSeconds !== undefined)
        return { unknown: 'status 503', retryAfterSeconds: pauseSeconds };
      const isHop = behaviour === 'hops in its price' && path !== uploadPath;
      if (isHop && amount !== random.pick(prices)) return { unknown: 'status 402' };
      const left = Number(authorization.validBefore) - chain.time();
      if (chain.isUsed(nonce) || left < (rail === 'tempo' ? 3 : 6))
        return { unknown: 'status 402, invalid_exact_evm_nonce_already_used' };
      await stage();
      const sellerJobId = makesJob ? makeJob(path, body, nonce) : '';
      await stage();
      const transaction = await settle(authorization, signature, behaviour);
      await stage();
      return answerOf(path, behaviour, sellerJobId, transaction);
    },

    async putFile(_putUrl, leave) {
      await stage();
      if (timeline.now >= leave.expiresAt) return { unavailable: 'the blob host answers 403' };
      const url = `https://blobs.test/${leave.pathname}`;
      files.add(url);
      return { url };
    },
    async confirmUpload(_uploadId, url) {
      await stage();
      return files.has(url) ? { blobUrl: url } : { unavailable: 'the seller answers 404' };
    },
    hasFile: async (url) => files.has(url),

    async job(sellerJobId): Promise<Sighting> {
      await stage();
      if (seller.isDown) return { state: 'unavailable', message: 'The seller answers 503 without a job.' };
      const job = byId.get(sellerJobId);
      // Of the ids that it made up, some are never heard of and the others never finished.
      if (/^made-up-[0-7]/.test(sellerJobId)) return { state: 'running' };
      if (!job) return { state: 'denied', message: 'The seller answers 404 for the job.' };
      return shownAt(job, timeline.now);
    },
    async jobs() {
      await stage();
      if (seller.isDown) return undefined;
      return seller.made
        .slice(-100)
        .toReversed()
        .map(({ sellerJobId, body, createdAt }) => ({
          sellerJobId,
          createdAt,
          input: JSON.parse(body) as unknown,
        }));
    },
  };
  return seller;
}
