import { parseBoundedJson } from '../protocol/bounded-json.ts';
import { exchange } from './exchange.ts';

/** Ten times what a seller of thirty models needs. */
const longestBytes = 4 * 1024 * 1024;
const totalMilliseconds = 20_000;
const bounds = { characters: longestBytes, depth: 40 };

/** Both are documented. */
const paths = ['/openapi.json', '/api/openapi.json'];

/**
 * Fetches a seller's own description of what it sells. It is free, and nobody signs in for it.
 * @param origin of the seller, without a path
 * @returns its OpenAPI document, unparsed but within bounds; or in words why there is none
 */
export async function readApiDescription(
  origin: string,
): Promise<{ readonly document: unknown } | { readonly unavailable: string }> {
  let why = '';
  for (const path of paths) {
    const answer = await exchange({
      url: origin + path,
      method: 'GET',
      longestBodyBytes: longestBytes,
      totalMilliseconds,
    });
    if ('failed' in answer) return { unavailable: `${origin} gives no whole answer (${answer.failed})` };
    const document =
      answer.status === 200 ? parseBoundedJson(answer.body.toString('utf8'), bounds) : undefined;
    if (document !== undefined) return { document };
    why ||= answer.status === 200 ? `${path} is not JSON within bounds` : `${path} answers ${answer.status}`;
  }
  return { unavailable: `${origin} does not describe itself: ${why}` };
}
