import { chmod, mkdir, stat } from 'node:fs/promises';
import { apiOf, readLocalBooth } from '../../cli/local-booth.ts';

/**
 * Asked before anything is started: two booths of one data folder would hide one another from the command line, and
 * with a wallet of their own spend from the same ledger. The folder is made where it is missing, and closed to others.
 * @throws Error when a booth runs there and answers, or the folder is not this user's own
 */
export async function claimFolder(folder: string): Promise<void> {
  await closeToOthers(folder);
  // A note that cannot be read was left by a booth that is no more.
  const booth = await readLocalBooth(folder).catch(() => undefined);
  if (!booth) return;
  const url = new URL('/api/models', booth.origin);
  const headers = await apiOf(booth).sign?.({ method: 'GET', url, headers: {} });
  const answer = await fetch(url, { ...(headers && { headers }), signal: AbortSignal.timeout(2_000) }).catch(
    () => undefined,
  );
  await answer?.body?.cancel();
  if (answer?.ok)
    throw new Error(
      `A booth of ${folder} is running already, at ${booth.origin}: end it first, or give another --data-dir.`,
    );
}

/** The ledger, the pictures and the signed headers lie in files that the umask alone would let others read. */
async function closeToOthers(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { uid, mode } = await stat(folder);
  // A sticky folder, such as /tmp, belongs to everybody: its mode is not ours to change.
  if (mode & 0o1000 || (process.getuid && process.getuid() !== uid))
    throw new Error(`${folder} is shared, or another user's folder: give one of your own with --data-dir.`);
  if (mode & 0o077) await chmod(folder, 0o700);
}
