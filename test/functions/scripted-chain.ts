import type { ChainReader, Head, Movement } from '../../functions/reconciler/chain.ts';

/** A chain that a test writes by hand: final blocks of two seconds each, and what moved in them. */
export interface ScriptedChain extends ChainReader {
  /** The newest final block. */
  head: number;
  /** Added to every block's hash: another chain at the same height. */
  fork: string;
  held: bigint;
  /** Settles an authorization in the newest block, as its signature allows. */
  settle(payment: { nonce: string; value: bigint; to: string }): void;
  cancel(nonce: string): void;
  receive(value: bigint): void;
  /** Takes a transaction into the newest block (Tempo): what it moved, and its fee; or its fee alone, when it failed. */
  include(
    transaction: string,
    moved: { memo: string; value: bigint; to: string } | 'nothing',
    fee: bigint,
  ): void;
  /** Money that leaves without an authorization. */
  leak(value: bigint): void;
  readonly moved: Movement[];
  /** While true, nothing is answered. */
  blind: boolean;
}

/**
 * @param genesis Unix milliseconds of block 0
 */
export function scriptedChain(genesis: number): ScriptedChain {
  const moved: Movement[] = [];
  const used = new Set<string>();
  let count = 0;
  const add = (movement: Omit<Movement, 'transaction' | 'blockNumber' | 'logIndex'>, transaction: string) =>
    moved.push({ ...movement, transaction, blockNumber: chain.head, logIndex: moved.length });
  const hash = (): string => {
    count += 1;
    return `0x${String(count).padStart(64, '0')}`;
  };
  const headAt = (number: number): Head => ({
    number,
    hash: `${chain.fork}${number}`,
    timestamp: genesis / 1000 + number * 2,
  });
  const seeing = async <Value>(look: () => Value): Promise<Value> => {
    await Promise.resolve();
    if (chain.blind) throw new Error('the node does not answer');
    return look();
  };

  const chain: ScriptedChain = {
    head: 10,
    fork: '0x',
    held: 100_000_000n,
    blind: false,
    moved,
    settle({ nonce, value, to }) {
      const transaction = hash();
      if (used.has(nonce.toLowerCase())) throw new Error('the token counts this nonce as used');
      used.add(nonce.toLowerCase());
      chain.held -= value;
      add({ kind: 'used', nonce }, transaction);
      add({ kind: 'sent', value, to: to.toLowerCase() }, transaction);
    },
    cancel(nonce) {
      used.add(nonce.toLowerCase());
      add({ kind: 'cancelled', nonce }, hash());
    },
    receive(value) {
      chain.held += value;
      add({ kind: 'received', value, to: '' }, hash());
    },
    leak(value) {
      chain.held -= value;
      add({ kind: 'sent', value, to: '0x9999999999999999999999999999999999999999' }, hash());
    },
    finalHead: () => seeing(() => headAt(chain.head)),
    blockAt: (number) => seeing(() => headAt(number)),
    movements: (from, to) =>
      seeing(() => moved.filter(({ blockNumber }) => blockNumber >= from && blockNumber <= to)),
    include(transaction, transfer, fee) {
      chain.held -= fee;
      if (transfer !== 'nothing') {
        const { memo, value, to } = transfer;
        chain.held -= value;
        used.add(transaction);
        add({ kind: 'used', nonce: memo }, transaction);
        add({ kind: 'sent', value, to: to.toLowerCase() }, transaction);
      }
      add({ kind: 'fee', value: fee, to: `0xfeec${'0'.repeat(36)}` }, transaction);
    },
    isNonceUsed: (nonce, _atBlock, transaction) => seeing(() => used.has(transaction ?? nonce.toLowerCase())),
    balance: () => seeing(() => chain.held),
  };
  return chain;
}
