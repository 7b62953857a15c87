import { setTimeout as sleep } from 'node:timers/promises';
import type { World } from '../../../infra/local/world/world.ts';

/** Looks at the chain until everything that was paid is proven. */
export async function settleAll(world: Pick<World, 'invoke'>): Promise<void> {
  for (let looks = 0; looks < 100; looks += 1) {
    const outcome = await world.invoke('reconciler', {});
    if (!outcome.ok) throw new Error(outcome.error.errorMessage);
    const [{ open = 0 } = {}] = outcome.payload as [{ open?: number }?];
    if (open === 0) return;
    await sleep(300);
  }
  throw new Error('The chain does not show what was paid.');
}
