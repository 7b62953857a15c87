import { CoinboothError } from '../../shared/core/errors.ts';
import type { ChainReader, Head, Movement } from './chain.ts';

/**
 * Several nodes as one: each answer is asked of all of them, and one that differs is no answer. The head is the lowest
 * of theirs, where all must have the same block. One that does not answer is no agreement.
 * @throws ChainDisagrees when two nodes tell different things of one block; nothing is concluded then
 */
export function agreed(readers: readonly ChainReader[]): ChainReader {
  const all = async <Value>(ask: (reader: ChainReader) => Promise<Value>): Promise<readonly Value[]> => {
    const answers = await Promise.allSettled(readers.map(ask));
    const errors = answers.flatMap((answer) =>
      answer.status === 'rejected' ? [answer.reason as Error] : [],
    );
    const [first, ...others] = errors;
    if (!first) return answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
    if (others.length === 0 || !errors.every((error) => error instanceof CoinboothError)) throw first;
    throw new CoinboothError('ChainUnread', errors.map(({ message }) => message).join('; '), {
      cause: first,
    });
  };
  const hosts = readers.flatMap(({ host }) => host ?? []).join(', ');
  const same = async <Value>(
    ask: (reader: ChainReader) => Promise<Value>,
    what: string,
    textOf: (value: Value) => string,
  ): Promise<Value> => {
    const [first, ...others] = await all(ask);
    if (first === undefined) throw new CoinboothError('ConfigInvalid', 'No node of the chain is configured.');
    if (others.some((other) => textOf(other) !== textOf(first)))
      throw new CoinboothError(
        'ChainDisagrees',
        `The nodes disagree about ${what}${hosts && ` (${hosts})`}.`,
      );
    return first;
  };
  const blockAt = (number: number): Promise<Head> =>
    same(
      (reader) => reader.blockAt(number),
      `block ${number}`,
      // What a block's own hash stands for, we cannot check: its time decides what is over.
      ({ number: height, hash, timestamp }) => [height, hash, timestamp].join(' '),
    );

  return {
    provesByLogs: readers.some(({ provesByLogs }) => provesByLogs),
    blockAt,
    async finalHead() {
      const heads = await all((reader) => reader.finalHead());
      return blockAt(Math.min(...heads.map(({ number }) => number)));
    },
    movements: (from, to) =>
      same(
        (reader) => reader.movements(from, to),
        `what happened in blocks ${from} to ${to}`,
        (movements) => movements.map(textOfMovement).join('\n'),
      ),
    isNonceUsed: (nonce, atBlock, transaction) =>
      same(
        (reader) => reader.isNonceUsed(nonce, atBlock, transaction),
        `nonce ${nonce} at block ${atBlock}`,
        String,
      ),
    balance: (atBlock) =>
      same((reader) => reader.balance(atBlock), `the balance at block ${atBlock}`, String),
  };
}

const textOfMovement = (movement: Movement): string =>
  [
    movement.kind,
    movement.transaction,
    movement.blockNumber,
    movement.logIndex,
    movement.nonce,
    movement.value,
    movement.to,
  ].join(' ');
