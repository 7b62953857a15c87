import { stat } from 'node:fs/promises';

const everyMilliseconds = 500;

/**
 * Tells once when a folder is removed, or another stands in its place: what is written from then on lies nowhere, or
 * beside what was there.
 * @returns the way to stop
 */
export async function whenRemoved(folder: string, then: () => void): Promise<() => void> {
  const idOf = (path: string): Promise<string> => stat(path).then(({ dev, ino }) => `${dev}:${ino}`);
  const before = await idOf(folder);
  let isWatched = true;
  const timer = setInterval(async () => {
    const isThere = (await idOf(folder).catch(() => undefined)) === before;
    if (isThere || !isWatched) return;
    isWatched = false;
    then();
  }, everyMilliseconds).unref();
  return () => {
    isWatched = false;
    clearInterval(timer);
  };
}
