import type { Command } from 'commander';
import { atMost } from '../../functions/at-most.ts';
import { inlineKey } from '../../shared/core/asset.ts';
import { quarantinePrefix } from '../../shared/core/refused-result.ts';
import { erasedCaller, erasedJob } from '../../shared/core/retention.ts';
import { type Common, progress, tell, withPlace } from './booth-command.ts';
import { type Deployment, openDeployment } from './deployment.ts';
import { coinbooth } from './program.ts';
import { readOrNot } from './read-or-not.ts';

const atOnce = 8;

/** `coinbooth erase`: what one caller wrote and was given. */
export function addErase(program: Command): void {
  withPlace(program.command('erase'))
    .description("remove a caller's prompts, pictures and files; the books stay as they are")
    .argument(
      '<caller>',
      'as "report" names them: an id of IAM such as AIDA…, or issuer and subject of a token',
    )
    .option('--yes', 'do it; without it, say only how much there is')
    .addHelpText(
      'after',
      `
Examples:
  ${coinbooth} erase AIDAEXAMPLE
  ${coinbooth} erase AIDAEXAMPLE --yes

What is still under way, or whose money is not known yet, is left: run it again later. Backups of the table hold what was
there for as long as they are kept, and what was sent to the seller is the seller's.
Exit code: 0 when nothing of the caller is left, 1 when something is.`,
    )
    .action(erase);
}

async function erase(caller: string, options: Common & { yes?: boolean }): Promise<void> {
  const deployment = await openDeployment(options);
  const found = await deployment.eraser.find(caller);
  const counts = {
    jobs: found.jobIds.length,
    files: found.uploadIds.length,
    manifests: found.manifestIds.length,
  };
  const there = `${counts.jobs} jobs, ${counts.files} files and ${counts.manifests} manifests`;
  const isThere = Object.values(counts).some((count) => count > 0);
  if (!options.yes || !isThere) {
    if (isThere) process.exitCode = 1;
    return tell(options, { caller, found: counts, erased: false }, [
      isThere ? `${caller} has ${there}; add --yes to erase them` : `There is nothing of ${caller}.`,
    ]);
  }
  progress(`erasing ${there} of ${caller}`);
  const jobs = await atMost(atOnce, found.jobIds, (jobId) => eraseJob(deployment, jobId));
  const manifests = await atMost(atOnce, found.manifestIds, (id) => eraseManifest(deployment, id));
  await atMost(atOnce, found.uploadIds, (id) => eraseFile(deployment, id));
  const left = [...jobs, ...manifests].filter((isErased) => !isErased).length;
  if (left > 0) process.exitCode = 1;
  tell(options, { caller, found: counts, erased: true, left }, [
    left > 0 ? `erased, but for ${left} that are still open: run it again later` : `erased: ${there}`,
  ]);
}

/** Pictures first: a crash between leaves the row, by which they are found again. */
async function eraseJob({ ledger, objects, picturesBucket }: Deployment, jobId: string): Promise<boolean> {
  const job = await readOrNot(ledger, jobId);
  if (!job) return true;
  if (job === 'unreadable') return false;
  const erased = erasedJob(job, Date.now());
  if (!erased) return false;
  for (const prefix of ['pictures/', quarantinePrefix])
    await objects.removeAll(picturesBucket, `${prefix}${jobId}-`);
  await objects.remove(picturesBucket, inlineKey(jobId));
  return (await ledger.write(erased)) === 'written';
}

/** The file in the inbox, the plan, and what came of its lines. */
async function eraseManifest(
  { eraser, objects, manifests, picturesBucket }: Deployment,
  manifestId: string,
): Promise<boolean> {
  const manifest = await manifests.read(manifestId);
  if (!manifest) return true;
  if (manifest.status !== 'finished') return false;
  await objects.remove(manifest.bucket, manifest.key);
  for (const prefix of [`results/${manifestId}/`, `manifests/${manifestId}/`])
    await objects.removeAll(picturesBucket, prefix);
  return eraser.disownManifest(manifestId, erasedCaller);
}

async function eraseFile(
  { eraser, uploads, objects, picturesBucket }: Deployment,
  id: string,
): Promise<void> {
  const upload = await uploads.read(id);
  if (upload) await objects.remove(picturesBucket, upload.key);
  await eraser.removeUpload(id);
}
