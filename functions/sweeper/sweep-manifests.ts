import type { Manifests } from '../../shared/aws/dynamodb-manifests.ts';
import type { ManifestQueue } from '../../shared/aws/sqs.ts';
import { advancedManifest } from '../../shared/core/manifest.ts';
import type { Timings } from '../../shared/core/timings.ts';
import { wakeAll } from './wake-all.ts';

/** What one minute can take; the rest is older by then, and comes first. */
const mostPerSweep = 100;

interface Ports {
  readonly manifests: Manifests;
  readonly manifestQueue: ManifestQueue;
  readonly timings: Timings;
  readonly clock: () => number;
}

/**
 * Has somebody look at the manifests that have been silent for a while: one that was interrupted goes on, and one
 * whose jobs ended unheard is closed.
 * @returns how many
 * @throws AggregateError when some could not be woken, after all the others were
 */
export async function sweepManifests(ports: Ports): Promise<number> {
  const now = ports.clock();
  const ids = await ports.manifests.overdue(now, mostPerSweep);
  return wakeAll(ids, 1, (id) => wake(ports, id, now), 'woken');
}

async function wake(ports: Ports, manifestId: string, now: number): Promise<boolean> {
  const manifest = await ports.manifests.read(manifestId);
  if (manifest?.dueAt === undefined || manifest.dueAt > now) return false;
  await ports.manifestQueue.send(manifestId);
  // Lost to somebody who writes at this moment, the time is moved by them.
  await ports.manifests.write(advancedManifest(manifest, {}, now, ports.timings.stallSeconds));
  return true;
}
