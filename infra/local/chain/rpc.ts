import { type Hex, isHex } from 'viem';

/** One JSON-RPC call. Resolves to `result`; throws an Error with the node's own message. */
export type Rpc = (method: string, params?: unknown[]) => Promise<unknown>;

interface Answer {
  result?: unknown;
  error?: { message: string };
}

/**
 * JSON-RPC over HTTP for the few calls that viem's clients have no word for (anvil's own, unlocked accounts).
 *
 * @param url of the node on loopback.
 */
export function rpcTo(url: string): Rpc {
  let id = 0;
  return async (method, params = []) => {
    id += 1;
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id, method, params }),
    });
    const answer = (await response.json()) as Answer;
    if (answer.error !== undefined) throw new Error(`${method}: ${answer.error.message}`);
    return answer.result;
  };
}

/**
 * Sends from an account that the node holds unlocked or impersonates.
 *
 * @returns the transaction's hash; it may not be mined yet.
 */
export async function sendUnlocked(rpc: Rpc, transaction: Record<string, unknown>): Promise<Hex> {
  const hash = await rpc('eth_sendTransaction', [transaction]);
  if (!isHex(hash)) throw new Error('The node did not say which transaction it made');
  return hash;
}
