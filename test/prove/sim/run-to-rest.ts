import { isQuiet } from './final-check.ts';
import type { World } from './world.ts';

/** Sweeps every minute and looks at the chain every five, until nothing is left to do. */
export async function runToRest(
  world: World,
  until: number,
  mayRest: () => boolean,
  violations: string[],
): Promise<void> {
  const { timeline } = world;
  let ended = false;
  const every = (milliseconds: number, action: () => void): void => {
    const again = (): void => {
      if (ended) return;
      action();
      timeline.after(milliseconds, again);
    };
    timeline.after(milliseconds, again);
  };
  world.reconcile();
  every(60_000, () => {
    if (mayRest() && isQuiet(world)) ended = true;
    else world.sweep();
  });
  every(300_000, () => world.reconcile());
  while (!ended && violations.length === 0) {
    if (await timeline.step(until)) continue;
    const open = [...world.watchdog.jobs.values()].filter(
      (job) => job.announcedAt === undefined || (job.purchase?.firstSentAt !== undefined && !job.proof),
    );
    violations.push(
      `liveness: not at rest in time: ${open
        .slice(0, 5)
        .map(({ jobId, status, purchase }) => `${jobId} ${status} ${purchase?.holdState}`)
        .join(', ')}`,
    );
  }
}
