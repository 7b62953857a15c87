import { apiOf, readLocalBooth } from '../../cli/local-booth.ts';

/**
 * Asked before anything is started: two booths of one data folder would hide one another from the command line, and
 * with a wallet of their own spend from the same ledger.
 * @throws Error when a booth runs there and answers
 */
export async function claimFolder(folder: string): Promise<void> {
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
