import { askStranger } from './ask-stranger.ts';
import { routeTo } from './route-to.ts';

const totalMilliseconds = 8_000;

/**
 * Asks a stranger's host whether a file is still there, behind the guards of a download.
 * @param isListed whether the settings list the origin exactly
 * @returns undefined when the host does not say
 */
export async function hasFile(text: string, isListed: boolean): Promise<boolean | undefined> {
  const url = new URL(text);
  const route = await routeTo(url, undefined, isListed);
  if ('unavailable' in route) return undefined;
  try {
    const answer = await askStranger('HEAD', url, route, AbortSignal.timeout(totalMilliseconds));
    answer.destroy();
    if (answer.statusCode === 200) return true;
    return [403, 404, 410].includes(answer.statusCode ?? 0) ? false : undefined;
  } catch {
    return undefined;
  }
}
