import type { Head } from '../../../functions/reconciler/chain.ts';
import type { Rail } from '../../../shared/core/policy.ts';
import { hashOfTransaction, isSigned, type SignedTransfer, walletAddress } from './keyed-wallet.ts';
import type { Timeline } from './timeline.ts';

/** What the token did with a transfer that somebody sent it. */
export type Inclusion = { readonly transaction: string } | { readonly reverted: string };

/** What a transaction did in a block. */
export interface Included {
  readonly blockNumber: number;
  readonly transaction: string;
  /** `failed`: taken into a block, where it moved nothing but its fee. */
  readonly kind: 'used' | 'cancelled' | 'received' | 'failed';
  readonly nonce?: string;
  readonly transfer?: SignedTransfer;
  readonly signature?: string;
  readonly value: bigint;
  readonly fee: bigint;
}

/**
 * One token, one wallet: blocks of two seconds that can be replaced until they are final. Of Tempo, the token counts no
 * nonces: a transaction is known by its hash, is taken once, and costs a fee.
 */
export interface SimChain {
  /** Seconds by which its clock is ahead of the world's. */
  readonly skewSeconds: number;
  /** Unix seconds, as its next block will say. */
  time(): number;
  /** Sends a signed transfer, whoever does; known at the next block. */
  settle(transfer: SignedTransfer, signature: string): Promise<Inclusion>;
  /** The owner's cancellation of a nonce. */
  cancel(nonce: string): Promise<Inclusion>;
  receive(value: bigint): void;
  isUsed(nonce: string): boolean;
  balance(): bigint;
  /** Replaces the newest blocks: what was in them happens again later, as `again` says, or not at all. */
  reorganise(depth: number, again: (nonce: string) => boolean): void;
  /** Blocks behind the newest that are not final; nothing becomes final while `stalled`. */
  finalLag: number;
  stalled: boolean;
  /** What is in blocks now, final or not. */
  included(): readonly Included[];
  newest(): number;
  /** The newest block that is never replaced. */
  finalNumber(): number;
  headAt(number: number): Head;
  balanceAt(number: number): bigint;
  usedAt(nonce: string, number: number): boolean;
}

const blockSeconds = 2;
const tempoFee = 612n;

/**
 * @param asset address of the token
 * @param funds of the wallet, atomic units
 */
export function openChain(
  timeline: Timeline,
  asset: string,
  funds: bigint,
  skewSeconds: number,
  finalLag: number,
  rail: Rail = 'x402',
): SimChain {
  const genesis = Math.floor(timeline.now / 1000) - 86_400;
  let blocks: Included[] = [];
  let held = funds;
  const usedIn = new Map<string, number>();
  let count = 0;
  let finalized = 0;
  let fork = 0;
  const forks = new Map<number, number>();
  const fee = rail === 'tempo' ? tempoFee : 0n;

  const newest = (): number => Math.floor((timeline.now / 1000 + chain.skewSeconds - genesis) / blockSeconds);
  const timeOf = (number: number): number => genesis + number * blockSeconds;
  const changeOf = ({ kind, value, fee }: Pick<Included, 'kind' | 'value' | 'fee'>): bigint =>
    kind === 'received' ? value : -value - fee;
  function balanceAt(number: number): bigint {
    const later = blocks.filter(({ blockNumber }) => blockNumber > number);
    return later.reduce((sum, entry) => sum - changeOf(entry), held);
  }
  const usedAt = (nonce: string, number: number): boolean =>
    (usedIn.get(nonce.toLowerCase()) ?? Number.POSITIVE_INFINITY) <= number;

  function include(entry: Omit<Included, 'blockNumber' | 'transaction'>, blockNumber: number): Included {
    count += 1;
    const own = rail === 'tempo' && entry.signature !== undefined;
    const transaction = own ? hashOfTransaction(entry.signature ?? '') : hashOfTransaction(`no. ${count}`);
    const whole = { ...entry, blockNumber, transaction };
    blocks.push(whole);
    held += changeOf(whole);
    if (whole.nonce !== undefined) usedIn.set(whole.nonce, blockNumber);
    return whole;
  }

  /** Why the token would refuse a transfer in a block, if it would. */
  function objection(transfer: SignedTransfer, signature: string, number: number): string | undefined {
    const time = timeOf(number);
    if (!isSigned(asset, transfer, signature) || transfer.from !== walletAddress) return 'invalid signature';
    if (time <= Number(transfer.validAfter)) return 'authorization is not yet valid';
    if (time >= Number(transfer.validBefore)) return 'authorization is expired';
    if (usedAt(transfer.nonce, number)) return 'authorization is used or canceled';
    return held < fee || (rail === 'x402' && held < BigInt(transfer.value))
      ? 'transfer amount exceeds balance'
      : undefined;
  }

  function transferIn(transfer: SignedTransfer, signature: string, number: number): Inclusion {
    const reverted = objection(transfer, signature, number);
    if (reverted !== undefined) return { reverted };
    const nonce = transfer.nonce.toLowerCase();
    const value = BigInt(transfer.value);
    if (held >= value + fee) return include({ kind: 'used', nonce, transfer, signature, value, fee }, number);
    include({ kind: 'failed', nonce, transfer, signature, value: 0n, fee }, number);
    return { reverted: 'transfer amount exceeds balance' };
  }

  /** The next block; blocks that were final once stay as they are. */
  const next = async (): Promise<number> => {
    await timeline.sleep(blockSeconds * 1000);
    return newest();
  };

  const finalNumber = (): number => {
    if (!chain.stalled) finalized = Math.max(finalized, newest() - chain.finalLag);
    return finalized;
  };
  const headAt = (number: number): Head => {
    const at = [...forks.keys()].filter((from) => from <= number).map((from) => forks.get(from));
    return {
      number,
      hash: `0x${number.toString(16).padStart(32, '0')}${(at.at(-1) ?? 0).toString(16).padStart(32, '0')}`,
      timestamp: timeOf(number),
    };
  };

  const chain: SimChain = {
    skewSeconds,
    finalLag,
    stalled: false,
    time: () => timeOf(newest()),
    settle: async (transfer, signature) => transferIn(transfer, signature, await next()),
    async cancel(nonce) {
      const number = await next();
      if (usedAt(nonce, number)) return { reverted: 'authorization is used or canceled' };
      return include({ kind: 'cancelled', nonce: nonce.toLowerCase(), value: 0n, fee: 0n }, number);
    },
    receive: (value) => void include({ kind: 'received', value, fee: 0n }, newest()),
    isUsed: (nonce) => usedAt(nonce, newest()),
    balance: () => held,
    reorganise(depth, again) {
      const from = Math.max(finalNumber() + 1, newest() - depth);
      const lost = blocks.filter(({ blockNumber }) => blockNumber >= from);
      blocks = blocks.filter(({ blockNumber }) => blockNumber < from);
      for (const entry of lost) {
        held -= changeOf(entry);
        if (entry.nonce !== undefined) usedIn.delete(entry.nonce);
      }
      fork += 1;
      forks.set(from, fork);
      for (const { kind, transfer, signature, nonce, value } of lost) {
        if (kind === 'received') include({ kind, value, fee: 0n }, newest());
        else if (!again(nonce ?? '')) continue;
        else if (transfer && signature !== undefined) transferIn(transfer, signature, newest());
        else if (nonce !== undefined) include({ kind, nonce, value, fee: 0n }, newest());
      }
    },
    included: () => blocks,
    newest,
    finalNumber,
    headAt,
    balanceAt,
    usedAt,
  };
  finalized = newest() - finalLag;
  return chain;
}
