import type { WorldFault } from './faults.ts';
import type { Random } from './random.ts';
import type { World } from './world.ts';
import { penniless } from './world-settings.ts';

/** Clients that ask, and ask again under the same key when they do not hear. */
export function arrivals(
  world: World,
  random: Random,
  jobs: number,
  happened: (fault: WorldFault) => void,
): { waiting: number } {
  const clients = { waiting: jobs };
  const given = new Map<string, string>();
  for (let count = 0; count < jobs; count += 1) {
    const isPenniless = random.chance(0.06);
    const caller = isPenniless ? penniless : `AIDA${random.pick(['ONE', 'TWO', 'THREE'])}`;
    const prompt = random.pick(['a kite', 'a boat', 'a lighthouse at night']);
    const isEdit = random.chance(isPenniless ? 0.8 : 0.3);
    if (isPenniless && isEdit) happened('file without a budget');
    const images = [`s3://allowed-bucket/${random.pick(['a', 'b', 'c'])}.webp`];
    const body = {
      prompt,
      ...(isEdit && { images }),
      ...(random.chance(0.1) && { reuse: true }),
      ...(random.chance(0.1) && { maxPrice: '0.05' }),
    };
    const offering = isEdit ? 'flux-2-pro/edit' : 'flux-2-pro/generate';
    // Two callers may well use the same words for a key.
    const key = random.chance(0.8) ? `order ${count}` : undefined;
    let tries = 0;
    const ask = (): void => {
      tries += 1;
      world.ask({ caller, offering, body, ...(key !== undefined && { key }) }, (jobId) => {
        if (jobId === undefined && key !== undefined && tries < 6)
          return world.timeline.after(random.between(500, 20_000), ask);
        clients.waiting -= 1;
        if (jobId === undefined || key === undefined) return;
        const before = given.get(`${caller} ${key}`);
        // A key that was answered with an earlier job is not remembered yet: it may be answered otherwise.
        if (before !== undefined && before !== jobId && !body.reuse)
          world.watchdog.breach(`${key} gave two jobs`);
        given.set(`${caller} ${key}`, jobId);
        // A client that did not believe its ears asks once more.
        if (random.chance(0.2) && tries < 6) {
          clients.waiting += 1;
          world.timeline.after(random.between(1, 60_000), ask);
        }
      });
    };
    world.timeline.after(random.between(0, 300_000), ask);
  }
  return clients;
}
