import { exchange } from './exchange.ts';

export const longestPictureBytes = 25 * 1024 * 1024;
const totalMilliseconds = 45_000;

export type Download =
  | { readonly bytes: Buffer }
  /** Asking the seller for the job again may give a better URL. */
  | { readonly unavailable: string }
  /** What came, or where it should come from, is not acceptable. */
  | { readonly unacceptable: string };

/**
 * Fetches a finished picture from a stranger's URL: only from origins that are listed exactly, no redirects, and
 * bounded in bytes and time.
 */
export async function downloadPicture(url: string, allowedOrigins: readonly string[]): Promise<Download> {
  const parsed = URL.parse(url);
  const isWeb = parsed?.protocol === 'https:' || parsed?.protocol === 'http:';
  if (!isWeb || parsed.username !== '' || parsed.password !== '' || !allowedOrigins.includes(parsed.origin))
    return {
      unacceptable: `the picture is on ${isWeb ? parsed.origin : 'no web host'}, which is not allow-listed`,
    };
  const answer = await exchange({
    url: parsed.href,
    method: 'GET',
    longestBodyBytes: longestPictureBytes,
    totalMilliseconds,
  });
  if ('failed' in answer)
    return answer.failed === 'body-too-large'
      ? { unacceptable: `the picture is larger than ${longestPictureBytes} bytes` }
      : { unavailable: `the picture's host gave no whole answer (${answer.failed})` };
  if (answer.status !== 200) return { unavailable: `the picture's host answers ${answer.status}` };
  return { bytes: answer.body };
}
