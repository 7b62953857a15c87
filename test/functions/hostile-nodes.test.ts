import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { agreed } from '../../functions/reconciler/agree.ts';
import { chainAt } from '../../functions/reconciler/chain.ts';
import { NodeError, nodeAt } from '../../functions/reconciler/node.ts';
import { readAnswer } from '../../functions/reconciler/node-answer.ts';
import { postTo } from '../../functions/reconciler/post.ts';

/** Nodes that answer in odd forms, lead elsewhere or repeat what only their operator may know. */

const network = 'eip155:8453';
const token = `0x${'ab'.repeat(20)}`;
const wallet = `0x${'cd'.repeat(20)}`;
const word = (digits: string): string => `0x${digits.padStart(64, '0')}`;

let heard = 0;
const elsewhere = createServer((_, response) => {
  heard += 1;
  response.end('{"jsonrpc":"2.0","id":1,"result":"0x2105"}');
});
const leading = createServer((_, response) => {
  const { port } = elsewhere.address() as AddressInfo;
  response.writeHead(307, { location: `http://127.0.0.1:${port}/` }).end('rate limit, pruned, in the future');
});
beforeAll(async () => {
  for (const server of [elsewhere, leading]) await once(server.listen(0, '127.0.0.1'), 'listening');
});
afterAll(() => {
  for (const server of [elsewhere, leading]) server.close().closeAllConnections();
});

/** A node that answers each method with what is named for it. */
const nodeOf = (results: Readonly<Record<string, unknown>>, rpcUrl = 'https://node.example/v2/some-key') =>
  nodeAt(rpcUrl, {
    network,
    sleep: async () => {},
    async post(body) {
      const { id, method } = JSON.parse(body) as { id: number; method: string };
      const result = { eth_chainId: '0x2105', ...results }[method];
      return { status: 200, text: JSON.stringify({ id, result }) };
    },
  });
const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => {
      throw new Error('It was believed.');
    },
    (cause: unknown) => cause,
  );

test('a redirect is not followed, and the node is named as one that redirects', async () => {
  const { port } = leading.address() as AddressInfo;
  const node = nodeAt(`http://127.0.0.1:${port}/`, { network, sleep: async () => {} });
  const error = await failure(node.ask('eth_blockNumber', []));
  expect(heard).toBe(0);
  expect(error).toBeInstanceOf(NodeError);
  expect(error).toMatchObject({ host: `127.0.0.1:${port}`, trouble: 'redirected', status: 307 });
  const answer = await postTo(`http://127.0.0.1:${port}/`)('{}');
  expect(readAnswer('eth_getLogs', answer, 1)).toMatchObject({ trouble: 'redirected', says: 'HTTP 307' });
});

test.each<unknown>([{ toString: 1 }, [], null, 8453, '8453', '0x', '0x2105\n', { toJSON: 1 }])(
  'a chain id of the form %j is an error of the node',
  async (chainId) => {
    const error = await failure(nodeOf({ eth_chainId: chainId }).ask('eth_blockNumber', []));
    expect(error).toBeInstanceOf(NodeError);
    expect(error).toMatchObject({ name: 'ChainUnread', host: 'node.example', trouble: 'lying' });
  },
);

test.each<unknown>([{ toString: 1 }, { message: 1 }, ['x']])(
  'an error whose words are %j is read',
  (message) => {
    const text = JSON.stringify({ error: { code: -32_000, message } });
    expect(readAnswer('eth_call', { status: 200, text }, 1)).toMatchObject({ trouble: 'refused' });
  },
);

test('upper-case hashes, topics and addresses of one node are the same as lower-case ones', async () => {
  const upper = (hex: string): string => `0x${hex.slice(2).toUpperCase()}`;
  const owner = word(wallet.slice(2));
  const used = '0x98de503528ee59b575ef0c0a2576a82497bfc029a5685b209e9ec333479b10a5';
  const plain = (change: (hex: string) => string) => ({
    eth_getBlockByNumber: { number: change('0xaf'), hash: change(word('abc')), timestamp: change('0xbc') },
    eth_getLogs: [
      {
        address: change(token),
        topics: [change(used), change(owner), change(word('ef'))],
        data: '0x',
        blockNumber: change('0xaf'),
        transactionHash: change(word('fa')),
        logIndex: change('0xa'),
      },
    ],
  });
  const readers = [String, upper].map((change) => {
    const { eth_getLogs, ...blocks } = plain(change);
    const node = nodeAt('https://node.example/', {
      network,
      async post(body) {
        const { id, method, params } = JSON.parse(body) as {
          id: number;
          method: string;
          params: [{ topics: unknown[] }];
        };
        const isOwn = method === 'eth_getLogs' && params[0].topics[1] !== null;
        const result = { eth_chainId: '0x2105', eth_getLogs: isOwn ? eth_getLogs : [], ...blocks }[method];
        return { status: 200, text: JSON.stringify({ id, result }) };
      },
    });
    return chainAt(node, token, wallet);
  });
  const both = agreed(readers);
  expect(await both.blockAt(0xaf)).toMatchObject({ hash: word('abc') });
  expect(await both.movements(0xa0, 0xaf)).toEqual([
    { kind: 'used', transaction: word('fa'), blockNumber: 0xaf, logIndex: 10, nonce: word('ef') },
  ]);
});

test.each([
  ['https://n.example/v2/s%65cret-K', 'key secret-K'],
  ['https://n.example/v2/s%65cret-K', 'key s%65CRET-k'],
  ['https://n.example/v2/SecretKey', 'key SECRETKEY'],
  ['https://n.example/key=abcd;token=wxyz', 'key abcd, wxyz'],
  ['https://n.example/?key=ab%2Fcd', 'key ab/cd'],
  ['https://n.example/?key=ab+cd', 'key ab cd'],
  ['https://n.example/?key=abcd==', 'key abcd'],
  ['https://n.example/?abcd', 'key abcd'],
  ['https://us%40er:p%40ss@n.example/', 'key us@er p@ss'],
  ['https://us%40er:p%40ss@n.example/', `key ${btoa('us@er:p@ss')}`],
  ['https://user:pass@n.example/', `key ${btoa('user:pass').replace(/=+$/, '')}`],
  ['https://n.example/a.b+c(d', 'key A.B+C(D'],
  ['https://n.example/%zz-key', 'key %zz-key'],
])('of %s a node says “%s”, and no key is told', (rpcUrl, says) => {
  const { message } = nodeOf({}, rpcUrl).error('refused', says);
  expect(message).toMatch(/^n\.example refuses the question: key [… ,=]+$/);
});
