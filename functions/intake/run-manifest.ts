import type { BadLine, GoodLine, Plan } from '../../shared/contracts/manifest.ts';
import { advancedManifest, type Manifest } from '../../shared/core/manifest.ts';
import { erasedCaller } from '../../shared/core/retention.ts';
import { atMost } from '../at-most.ts';
import { atOnce, type ManifestDesk, recordManifest } from './manifest-desk.ts';
import { settleManifest } from './settle-manifest.ts';
import { take } from './submit.ts';

/** Lines between two marks: what a crash has done again. */
const stretch = 50;
/** Time for one stretch, and to write down how far it came. */
const stretchMilliseconds = 10_000;

/**
 * Goes on with a manifest from wherever it stopped: submits its good lines in order, reports its bad ones, and closes
 * it when everything has ended already. Doing any of it twice changes nothing.
 * @param endsAt when the invocation ends, Unix milliseconds
 */
export async function runManifest(desk: ManifestDesk, manifestId: string, endsAt: number): Promise<void> {
  let manifest = await desk.manifests.read(manifestId);
  const plan = await desk.files.readPlan(manifestId);
  if (!manifest || !plan) return desk.warn('there is no such manifest', { manifestId });
  const lines = [...plan.good, ...plan.bad].toSorted((a, b) => a.line - b.line);
  while (manifest?.status === 'running' && manifest.submitted < lines.length) {
    if (desk.clock() + stretchMilliseconds > endsAt) return;
    const begin = manifest.submitted;
    const these = lines.slice(begin, begin + stretch);
    await atMost(atOnce, these, (line) => submitLine(desk, plan, line));
    manifest = await recordManifest(desk, manifestId, (now): Manifest | undefined => {
      const marks = { submitted: begin + these.length };
      if (now.status !== 'running' || now.submitted >= marks.submitted) return undefined;
      return advancedManifest(now, marks, desk.clock(), desk.timings.stallSeconds);
    });
  }
  await settleManifest(desk, manifestId);
}

async function submitLine(desk: ManifestDesk, plan: Plan, line: GoodLine | BadLine): Promise<void> {
  const { manifestId, caller } = plan;
  if ('errors' in line) {
    const { errors, ...place } = line;
    return desk.files.putLine(manifestId, { ...place, status: 'invalid', money: 'none', errors });
  }
  if (line.reused) return;
  const { jobId, model, body, requestHash, maxPriceAtomic, references = [] } = line;
  try {
    await take(
      desk,
      caller,
      { name: model, body, requestHash, references, controls: { maxPrice: maxPriceAtomic } },
      { jobId, manifest: { id: manifestId, line: line.line } },
    );
  } catch (error) {
    // An earlier manifest took the same line, when requests were written down in another way or before its caller was
    // erased: its job stands.
    const there = await desk.ledger.read(jobId);
    if (there?.caller !== caller && there?.caller !== erasedCaller) throw error;
  }
}
