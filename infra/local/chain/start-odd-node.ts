import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { answerOddly, type NodeCall, type NodeManner } from './odd-manners.ts';
import { rpcTo } from './rpc.ts';

/** A node of a provider with its own ways, in front of one that answers. */
export interface OddNode {
  readonly rpcUrl: string;
  manner: NodeManner | undefined;
  /** Every call that came, in order. */
  readonly asked: NodeCall[];
  close(): Promise<void>;
}

/**
 * Starts it on loopback.
 * @param upstream the node that has the answers
 * @param path of its own address, where providers put their customers' keys
 */
export async function startOddNode(upstream: string, path = '/'): Promise<OddNode> {
  const rpc = rpcTo(upstream);
  const server = createServer(async (request, response) => {
    const call = (await json(request)) as NodeCall;
    odd.asked.push(call);
    const honest = () => rpc(call.method, [...call.params]);
    const answer = await answerOddly(odd.manner, call, honest).catch((cause: Error) => ({
      status: 200,
      retryAfter: undefined,
      text: JSON.stringify({ jsonrpc: '2.0', id: call.id, error: { code: -32_000, message: cause.message } }),
    }));
    if (!answer) return;
    const { status, retryAfter, text } = answer;
    response.writeHead(status, retryAfter === undefined ? {} : { 'retry-after': retryAfter }).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const odd: OddNode = {
    rpcUrl: `http://127.0.0.1:${port}${path}`,
    manner: undefined,
    asked: [],
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return odd;
}
