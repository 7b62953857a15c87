import { windowSeconds } from '../../shared/core/policy.ts';
import type { ChainReader, Head, Movement } from './chain.ts';

/** A window's ends are found to so many blocks; the few beyond them cost one question less each. */
const toleranceBlocks = 200;
const secondsPerBlock = 2;

/**
 * Movements of the blocks in which one authorization can have been settled: from its reservation, less what two clocks
 * may differ by, to the end of its window.
 * @param head nothing behind it is looked at
 * @param window Unix seconds
 */
export async function movementsOfWindow(
  chain: ChainReader,
  head: Head,
  window: { readonly from: number; readonly until: number },
): Promise<readonly Movement[]> {
  const first = await near(chain, head, window.from - windowSeconds.back);
  const last = await near(chain, head, window.until);
  return chain.movements(first.before, last.after);
}

/**
 * Blocks on either side of a time. Guesses by the blocks' own pace, every second one in the middle, so that the number of
 * questions is bounded by twice the logarithm of the chain's length.
 */
async function near(
  chain: ChainReader,
  head: Head,
  time: number,
): Promise<{ readonly before: number; readonly after: number }> {
  let low: Head | undefined;
  let high = head;
  const floor = () => low?.number ?? 0;
  for (let step = 0; high.timestamp >= time && high.number - floor() > toleranceBlocks; step += 1) {
    const at = await chain.blockAt(
      step % 2 === 0 ? guess(low, high, time) : Math.floor((floor() + high.number) / 2),
    );
    if (at.timestamp < time) low = at;
    else high = at;
  }
  return high.timestamp < time
    ? { before: high.number, after: high.number }
    : { before: floor(), after: high.number };
}

function guess(low: Head | undefined, high: Head, time: number): number {
  const pace = low ? (high.timestamp - low.timestamp) / (high.number - low.number) : secondsPerBlock;
  const back = Math.ceil((high.timestamp - time) / Math.max(pace, 0.001)) + toleranceBlocks / 2;
  return Math.min(Math.max(high.number - back, (low?.number ?? -1) + 1), high.number - 1);
}
