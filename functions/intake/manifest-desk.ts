import type { Manifests } from '../../shared/aws/dynamodb-manifests.ts';
import type { NoticeBoard } from '../../shared/aws/eventbridge.ts';
import type { Inbox, ManifestFiles } from '../../shared/aws/s3-manifests.ts';
import type { Manifest } from '../../shared/core/manifest.ts';
import type { SellerPolicy } from '../../shared/core/policy.ts';
import type { Purse } from '../budget-left.ts';
import type { Intake } from './submit.ts';

/** Everything that the manifest door touches, handed in. */
export interface ManifestDesk extends Intake, Purse {
  readonly inbox: Inbox;
  /** Name of the bucket that manifests are dropped into. */
  readonly inboxName: string;
  readonly files: ManifestFiles;
  readonly manifests: Manifests;
  readonly notices: NoticeBoard;
  readonly policy: SellerPolicy;
  /** The most that one manifest's good lines may cost together. */
  readonly ceilingAtomic: bigint;
}

/** Where in the inbox manifests are looked for. */
export const inboxPrefix = 'requests/';

/** Jobs looked at or submitted at once: what two connections of the SDK's pool more than carry. */
export const atOnce = 20;

const mostTries = 20;

/**
 * Writes a change of a manifest. When somebody else wrote first, the change is made anew to what is there now.
 * @param change what is to be written, or undefined when nothing is
 * @returns the manifest as it stands, or undefined when there is none
 */
export async function recordManifest(
  desk: Pick<ManifestDesk, 'manifests'>,
  manifestId: string,
  change: (manifest: Manifest) => Manifest | undefined,
): Promise<Manifest | undefined> {
  for (let tries = 1; ; tries += 1) {
    const before = await desk.manifests.read(manifestId);
    const after = before && change(before);
    if (!after) return before;
    if ((await desk.manifests.write(after)) === 'written') return after;
    if (tries === mostTries) return before;
  }
}
