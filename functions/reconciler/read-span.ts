import type { Movement } from './chain.ts';
import { isLate, type Reconciler } from './reconciler.ts';

/** Between two of these a look asks whether it has time for more. */
const spanBlocks = 1_000;

/**
 * Movements of a span of blocks, as far as the look's time allows; at the least those of its first part.
 * @returns the last block that was read; `until` when there is nothing to read
 */
export async function readSpan(
  reconciler: Reconciler,
  from: number,
  until: number,
): Promise<{ readonly movements: readonly Movement[]; readonly to: number }> {
  const movements: Movement[] = [];
  for (let start = from; start <= until; start += spanBlocks) {
    if (start > from && isLate(reconciler)) return { movements, to: start - 1 };
    const span = await reconciler.chain.movements(start, Math.min(start + spanBlocks - 1, until));
    for (const movement of span) movements.push(movement);
  }
  return { movements, to: until };
}
