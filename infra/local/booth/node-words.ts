import { BaseError } from 'viem';
import { plainText } from '../../../shared/core/plain-text.ts';

const longest = 300;

/**
 * Does what asks a node. Its address may carry a key, and viem's words name it whole.
 * @param rpcUrl of the node
 * @throws Error that names the node by its host, with its own words made plain
 */
export async function askingNode<Answer>(rpcUrl: string, ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof BaseError)) throw error;
    const words = plainText(error.walk().message.split('\n')[0] ?? '').replaceAll(rpcUrl, '…');
    throw new Error(
      `The node at ${new URL(rpcUrl).host} (--rpc) does not answer: ${words.slice(0, longest)}`,
    );
  }
}
