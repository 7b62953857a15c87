import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { inboxPrefix } from '../../../functions/intake/manifest-desk.ts';
import { manifestIdOf } from '../../../functions/intake/receive-manifest.ts';
import { inboxIn } from '../../../shared/aws/s3-manifests.ts';
import { type Notices, noticeSchemas } from '../../../shared/contracts/event.ts';
import {
  type LineResult,
  lineResultSchema,
  manifestKeys,
  planSchema,
  type Refusal,
} from '../../../shared/contracts/manifest.ts';
import { OPERATOR_USER_ID } from '../world/identities.ts';
import type { World } from '../world/world.ts';
import { onEnded } from './buy-picture.ts';

/** What came of a manifest: the line that `--json` prints. */
export interface BoughtManifest {
  readonly manifestId: string;
  /** Where it was dropped. */
  readonly key: string;
  readonly refused?: Refusal;
  readonly finished?: Pick<
    Notices['ManifestFinished'],
    'lines' | 'bad' | 'ended' | 'spentAtomic' | 'openAtomic'
  >;
  readonly results: readonly LineResult[];
}

const everyMilliseconds = 1_000;

/**
 * Drops a manifest into the running world's inbox, as any caller would, and waits until every line has ended.
 * @param file its name, which says what is in it; it is dropped under the same name
 * @param progress told about every second how far it is
 */
export async function buyManifest(
  world: World,
  file: string,
  bytes: Uint8Array,
  progress: (line: string) => void = () => {},
): Promise<BoughtManifest> {
  const bucket = world.resource('Inbox', 'AWS::S3::Bucket').ref;
  const key = inboxPrefix + basename(file);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const manifestId = manifestIdOf({ caller: OPERATOR_USER_ID, bucket, key }, sha256);
  const named = { manifestId, key };

  const { promise, resolve: end } = Promise.withResolvers<BoughtManifest>();
  const unhear = world.onEvent(({ event }) => {
    const finished = noticeSchemas.ManifestFinished.safeParse(event.detail).data;
    if (finished?.manifestId === manifestId) {
      const { lines, bad, ended, spentAtomic, openAtomic } = finished;
      end({
        ...named,
        finished: { lines, bad, ended, spentAtomic, openAtomic },
        results: resultsOf(world, manifestId),
      });
    }
    const refused = noticeSchemas.ManifestRefused.safeParse(event.detail).data;
    if (refused?.key === key) end({ ...named, refused: refused.reason, results: [] });
  });
  const ends = new Map<string, string>();
  const unwatch = onEnded(world, ({ detail }) => {
    if (detail.manifest?.id === manifestId) ends.set(detail.jobId, detail.status);
  });
  const timer = setInterval(() => progress(howFar(world, manifestId, ends)), everyMilliseconds);
  try {
    const earlier = resultsOf(world, manifestId);
    if (earlier.length > 0) return { ...named, results: earlier };
    await inboxIn(bucket, world.sdk('s3')).drop(key, bytes);
    return await promise;
  } finally {
    clearInterval(timer);
    unhear();
    unwatch();
  }
}

function resultsOf(world: World, manifestId: string): LineResult[] {
  const text = world.object('Pictures', manifestKeys.results(manifestId))?.body.toString() ?? '';
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => lineResultSchema.parse(JSON.parse(line)));
}

/** One line of progress: `manifest: 120 of 950 ended, 3 refused, 47 bad lines`. */
function howFar(world: World, manifestId: string, ends: ReadonlyMap<string, string>): string {
  const object = world.object('Pictures', manifestKeys.plan(manifestId));
  if (!object) return 'manifest: being checked';
  const { good, bad } = planSchema.parse(JSON.parse(object.body.toString()));
  const counts = Map.groupBy(ends.values(), (status) => status);
  const parts = [...counts].flatMap(([status, each]) =>
    status === 'delivered' ? [] : [`${each.length} ${status}`],
  );
  return [`manifest: ${ends.size} of ${good.length} ended`, ...parts, `${bad.length} bad lines`].join(', ');
}
