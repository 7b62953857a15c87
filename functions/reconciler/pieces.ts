import type { Movement } from './chain.ts';
import { NodeError } from './node.ts';

/** What public nodes answer for at once. */
export const longestRange = 1_000;
/** Each is answered by nobody for ten seconds. */
const mostSilences = 5;
const firstPatience = 8;

type Read = (from: number, to: number) => Promise<readonly Movement[]>;

/**
 * Reads movements of any span in pieces that one node answers for. What it refused is remembered: the next pieces are
 * as short, and grow again after more and more of them went well. Whoever asks for patience is not asked for more pieces.
 * @returns a reader for the rest of the look; its movements are oldest first
 */
export function piecesOf(read: Read): Read {
  let size = longestRange;
  let answered = 0;
  let patience = firstPatience;
  let silences = 0;
  /** Whether the pieces have just grown, and nothing was answered since. */
  let isTrial = false;

  function shrink(length: number, { trouble }: NodeError): void {
    silences = trouble === 'silent' ? silences + 1 : 0;
    size = Math.max(1, Math.floor(length / (trouble === 'silent' ? 4 : 2)));
    answered = 0;
    if (isTrial) patience *= 2;
    isTrial = false;
  }
  function grow(): void {
    if (isTrial) patience = firstPatience;
    isTrial = false;
    silences = 0;
    answered += 1;
    if (answered < patience || size === longestRange) return;
    size = Math.min(longestRange, size * 2);
    answered = 0;
    isTrial = true;
  }

  return async (from, to) => {
    const found: Movement[] = [];
    for (let start = from; start <= to; ) {
      const end = Math.min(start + size - 1, to);
      try {
        for (const movement of await read(start, end)) found.push(movement);
        start = end + 1;
        grow();
      } catch (error) {
        if (start === end || !isTooWide(error) || silences >= mostSilences) throw error;
        shrink(end - start + 1, error);
      }
    }
    return found.toSorted((a, b) => a.blockNumber - b.blockNumber || a.logIndex - b.logIndex);
  };
}

/** Providers say so by an error of any code, by HTTP 400, 403 or 413 in plain text, or by nothing at all. */
const isTooWide = (error: unknown): error is NodeError =>
  error instanceof NodeError &&
  (error.trouble === 'refused' ||
    error.trouble === 'silent' ||
    (error.trouble === 'denied' && error.status === 403));
