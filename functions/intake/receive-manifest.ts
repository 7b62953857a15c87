import { createHash } from 'node:crypto';
import type { BadLine, Refusal } from '../../shared/contracts/manifest.ts';
import { manifestKeys } from '../../shared/contracts/manifest.ts';
import { begunManifest, manifestLimits } from '../../shared/core/manifest.ts';
import { derivedId, hashOf } from '../derived-id.ts';
import { callerOfPrincipal } from './caller-of-principal.ts';
import { tooLarge } from './decode-manifest.ts';
import { inboxPrefix, type ManifestDesk } from './manifest-desk.ts';
import { parseManifest } from './parse-manifest.ts';
import { planManifest } from './plan-manifest.ts';
import { runManifest } from './run-manifest.ts';

/** What S3 says of one object that was put. */
export interface Arrival {
  readonly principalId: string;
  readonly bucket: string;
  /** URL-encoded, `+` for a space. */
  readonly encodedKey: string;
  readonly etag: string;
}

/**
 * Takes a manifest from the inbox: checked whole, planned, and then run, as the one who put it there. Duplicate and
 * late notifications change nothing.
 * @param endsAt when the invocation ends, Unix milliseconds; what is left then, the sweeper brings back
 */
export async function receiveManifest(desk: ManifestDesk, arrival: Arrival, endsAt: number): Promise<void> {
  const { bucket, etag } = arrival;
  const key = decodeURIComponent(arrival.encodedKey.replaceAll('+', ' '));
  if (bucket !== desk.inboxName || !key.startsWith(inboxPrefix))
    return desk.warn('not an object of the inbox', { bucket });
  const caller = callerOfPrincipal(arrival.principalId);
  if (caller === undefined) return desk.warn('an object in the inbox is of nobody in IAM', { bucket });

  const place = { caller, bucket, key };
  const unread = { manifestId: manifestIdOf(place, etag), ...place };
  const dropped = await desk.inbox.read(key, manifestLimits.bytes);
  if ('missing' in dropped) return refuse(desk, unread, unreadable, []);
  // Whoever put the one that is there now has a notification of their own.
  if (dropped.etag !== etag) return desk.warn('a manifest was replaced before it was read', { bucket });
  if ('tooLong' in dropped) return refuse(desk, unread, tooLarge(dropped.tooLong), []);

  const sha256 = createHash('sha256').update(dropped.bytes).digest('hex');
  const manifestId = manifestIdOf(place, sha256);
  const there = await desk.manifests.read(manifestId);
  if (!there) {
    const named = { manifestId, ...place };
    const parsed = parseManifest(key, dropped.bytes);
    if ('refused' in parsed) return refuse(desk, named, parsed.refused, []);
    const planned = await planManifest(desk, named, parsed.lines);
    if ('refused' in planned) return refuse(desk, named, planned.refused, planned.bad);
    // References come and go: what the first look at a manifest found is what runs.
    const { good, bad } = await desk.files.keepPlan(planned.plan);
    const counts = { lines: good.length + bad.length, bad: bad.length };
    const begun = begunManifest({ ...named, ...counts }, desk.clock(), desk.timings.stallSeconds);
    await desk.manifests.write(begun);
  }
  await runManifest(desk, manifestId, endsAt);
}

/**
 * Of whoever dropped it, where, and what is in it: the same again is the same manifest.
 * @param content a hash of the bytes, or S3's own where they were not read
 */
export const manifestIdOf = (
  { caller, bucket, key }: { caller: string; bucket: string; key: string },
  content: string,
): string => derivedId('manifest', caller, bucket, key, content);

const unreadable: Refusal = {
  name: 'ManifestUnreadable',
  message: 'The object is not there any more, or may not be read.',
};

/** Nothing is kept of a refused manifest but why: dropped again, it is looked at again. */
async function refuse(
  desk: ManifestDesk,
  { manifestId, caller, key }: { manifestId: string; caller: string; key: string },
  reason: Refusal,
  lines: BadLine[],
): Promise<void> {
  await desk.files.putRefusal(manifestId, { ...reason, lines });
  await desk.notices.post('ManifestRefused', {
    id: hashOf('manifest', manifestId, 'refused'),
    caller,
    manifestId,
    key,
    reason,
    results: manifestKeys.refusal(manifestId),
  });
}
