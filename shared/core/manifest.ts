import * as z from 'zod';

/**
 * A manifest is a file of many requests, one a line. How far its lines have come is kept as two marks that only move
 * forward, never as counters: work that is done twice moves no mark twice.
 */

/** What is looked at of a manifest at all. */
export const manifestLimits = {
  bytes: 5 * 1024 * 1024,
  lines: 1_000,
  lineBytes: 64 * 1024,
  /** Of brackets, one in the other. */
  depth: 16,
  labelCharacters: 128,
} as const;

const at = z.int().nonnegative();
const count = z.int().nonnegative();

export const manifestSchema = z.strictObject({
  /** Of caller, bucket, key and content. */
  manifestId: z.uuid(),
  caller: z.string().min(1),
  bucket: z.string(),
  key: z.string(),
  status: z.enum(['running', 'finished']),
  /** Lines in all, and those of them that nothing is bought for. */
  lines: count,
  bad: count,
  /** So many lines, from the first on, are submitted or reported as bad. */
  submitted: count,
  /** So many good lines, from the first on, are known to have ended. */
  ended: count,
  /** Counts writes; each names the one it read. */
  version: z.int().positive(),
  startedAt: at,
  updatedAt: at,
  finishedAt: at.optional(),
  /** When the sweeper has somebody look again; absent once it is finished. */
  dueAt: at.optional(),
});
export type Manifest = z.infer<typeof manifestSchema>;

type Begun = Pick<Manifest, 'manifestId' | 'caller' | 'bucket' | 'key' | 'lines' | 'bad'>;

/** @param recheckSeconds after so long without news, somebody looks again */
export const begunManifest = (begun: Begun, now: number, recheckSeconds: number): Manifest => ({
  ...begun,
  status: 'running',
  submitted: 0,
  ended: 0,
  version: 1,
  startedAt: now,
  updatedAt: now,
  dueAt: now + recheckSeconds * 1000,
});

/** Moves the marks, never back; the time of the next look moves with them. */
export const advancedManifest = (
  manifest: Manifest,
  marks: Partial<Pick<Manifest, 'submitted' | 'ended'>>,
  now: number,
  recheckSeconds: number,
): Manifest => ({
  ...manifest,
  submitted: Math.max(manifest.submitted, marks.submitted ?? 0),
  ended: Math.max(manifest.ended, marks.ended ?? 0),
  version: manifest.version + 1,
  updatedAt: now,
  dueAt: now + recheckSeconds * 1000,
});

/** Results are there and announced: nobody looks again. */
export function finishedManifest({ dueAt: _done, ...manifest }: Manifest, now: number): Manifest {
  return {
    ...manifest,
    status: 'finished',
    version: manifest.version + 1,
    updatedAt: now,
    finishedAt: now,
  };
}

/** Whether every line was submitted or reported, and every good one has ended. */
export const isComplete = ({ lines, bad, submitted, ended }: Manifest): boolean =>
  submitted >= lines && ended >= lines - bad;
