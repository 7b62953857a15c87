import type { ManifestMessage } from '../../shared/contracts/manifest.ts';
import { resultOf } from './line-result.ts';
import type { ManifestDesk } from './manifest-desk.ts';
import { runManifest } from './run-manifest.ts';
import { settleManifest } from './settle-manifest.ts';

/** A message that the queue brought, and its id there. */
export interface Heard {
  readonly messageId: string;
  readonly message: ManifestMessage;
}

/**
 * Hears of manifests: of a job's end its line's result is written at once, and then each manifest is looked at once,
 * however many of its jobs have ended. A job is believed by its row, not by the event.
 * @returns ids of the messages that must come again
 */
export async function hearManifests(
  desk: ManifestDesk,
  heard: readonly Heard[],
  endsAt: number,
): Promise<string[]> {
  const failed = new Set<string>();
  const byManifest = Map.groupBy(heard, ({ message }) => idOf(message));
  for (const [manifestId, messages] of byManifest) {
    try {
      for (const { message } of messages)
        if ('detail' in message) await writeLine(desk, message.detail.jobId);
      const isRecheck = messages.some(({ message }) => 'manifestId' in message);
      await (isRecheck ? runManifest(desk, manifestId, endsAt) : settleManifest(desk, manifestId));
    } catch (error) {
      const { name, message } = error as Error;
      desk.warn('a manifest must be looked at again', { manifestId, error: name, message });
      for (const { messageId } of messages) failed.add(messageId);
    }
  }
  return [...failed];
}

const idOf = (message: ManifestMessage): string =>
  'manifestId' in message ? message.manifestId : message.detail.manifest.id;

async function writeLine(desk: ManifestDesk, jobId: string): Promise<void> {
  const job = await desk.ledger.read(jobId);
  if (!job?.end || !job.manifest) return;
  const { id } = job.manifest;
  const plan = await desk.files.readPlan(id);
  const line = plan?.good.find((good) => good.jobId === jobId);
  if (line) await desk.files.putLine(id, resultOf(job, line, desk.bucketName));
}
