import { describe, expect, test } from 'vitest';
import { chainAt, type Movement } from '../../functions/reconciler/chain.ts';
import { type NodeOptions, nodeAt } from '../../functions/reconciler/node.ts';
import { readAnswer } from '../../functions/reconciler/node-answer.ts';
import { piecesOf } from '../../functions/reconciler/pieces.ts';
import { tempoChainAt } from '../../functions/reconciler/tempo-chain.ts';

/** What bounds a look, and what of a node's answers proves nothing. */

const token = `0x${'a'.repeat(40)}`;
const wallet = `0x${'b'.repeat(40)}`;
const hash = `0x${'c'.repeat(64)}`;

interface Question {
  readonly id: number;
  readonly method: string;
  readonly params: readonly unknown[];
}

/** A node that answers each question with what is returned for it: a result, or an error of JSON-RPC. */
function nodeOf(answer: (question: Question) => object, more: Partial<NodeOptions> = {}) {
  const asked: Question[] = [];
  const node = nodeAt('https://node.example/', {
    network: 'eip155:8453',
    sleep: async () => {},
    ...more,
    async post(body) {
      const question = JSON.parse(body) as Question;
      asked.push(question);
      const said = question.method === 'eth_chainId' ? { result: '0x2105' } : answer(question);
      return { status: 200, text: JSON.stringify({ jsonrpc: '2.0', id: question.id, ...said }) };
    },
  });
  return { node, asked };
}
const block = (change: object = {}) => ({
  result: { number: '0x64', hash, timestamp: '0x6553f100', ...change },
});

test('a result of another question is not taken', async () => {
  const { node } = nodeOf(({ id }) => ({ id: id - 1, result: hash }));
  await expect(chainAt(node, token, wallet).isNonceUsed(hash, 100)).rejects.toMatchObject({
    trouble: 'lying',
  });
});

test.each([
  ['a block number', { number: `0x1${'0'.repeat(15)}` }],
  ['a time', { timestamp: `0x1${'0'.repeat(12)}` }],
])('%s that no chain has is not counted to', async (_what, change) => {
  const { node } = nodeOf(() => block(change));
  await expect(chainAt(node, token, wallet).finalHead()).rejects.toMatchObject({ trouble: 'lying' });
});

test('nothing more is asked once the time of the look is over', async () => {
  const { node, asked } = nodeOf(() => block(), { clock: () => 1_000, endsAt: 1_000 });
  await expect(chainAt(node, token, wallet).finalHead()).rejects.toThrow('the time of this look is over');
  expect(asked).toEqual([]);
});

test('a node that asks for no pause at all is left alone for a while', async () => {
  const pauses: number[] = [];
  const node = nodeAt('https://node.example/', {
    network: 'eip155:8453',
    sleep: async (milliseconds) => void pauses.push(milliseconds),
    post: async () => ({ status: 429, retryAfter: '0', text: '' }),
  });
  await expect(node.ask('eth_blockNumber', [])).rejects.toMatchObject({ trouble: 'limited' });
  expect(Math.min(...pauses)).toBeGreaterThanOrEqual(500);
});

test('megabytes of words are read in no time', () => {
  const text = JSON.stringify({ id: 1, error: { code: -32_000, message: 'histor'.repeat(1_000_000) } });
  const began = performance.now();
  expect(readAnswer('eth_call', { status: 200, text }, 1)).toMatchObject({ trouble: 'refused' });
  expect(performance.now() - began).toBeLessThan(1_000);
});

test('the time-out of a node with the code of a limit is narrowed, and not waited for', () => {
  const error = { code: -32_016, message: 'eth_getLogs request was canceled due to enabled timeout.' };
  const text = JSON.stringify({ id: 1, error });
  expect(readAnswer('eth_getLogs', { status: 200, text }, 1)).toMatchObject({ trouble: 'silent' });
});

test('more movements than a call takes arguments are read', async () => {
  const movement: Movement = { kind: 'received', transaction: hash, blockNumber: 1, logIndex: 1, value: 1n };
  const read = piecesOf(async () => Array(300_000).fill(movement) as Movement[]);
  expect(await read(1, 1)).toHaveLength(300_000);
});

test.each([
  ['x402', chainAt],
  ['tempo', tempoChainAt],
] as const)(
  'a transfer of nothing to the wallet, which anybody can make, is no movement (%s)',
  async (_rail, at) => {
    const topic = (address: string): string => `0x${address.slice(2).padStart(64, '0')}`;
    const transfer = '0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef';
    const log = {
      address: token,
      topics: [transfer, topic(token), topic(wallet)],
      data: `0x${'0'.repeat(64)}`,
      blockNumber: '0x1',
      transactionHash: hash,
      logIndex: '0x0',
      removed: null,
    };
    const { node } = nodeOf(({ params }) => {
      const [{ topics }] = params as [{ topics: unknown[] }];
      return { result: topics[1] === null ? [log] : [] };
    });
    expect(await at(node, token, wallet).movements(1, 1)).toEqual([]);
  },
);

describe('a stated depth stands for finality', () => {
  const head = (said: object) => {
    const asked = nodeOf(({ params: [at] }) => (at === 'finalized' ? said : block()), { finalityDepth: 0 });
    return chainAt(asked.node, token, wallet).finalHead();
  };

  test.each([
    ['no such block', { result: null }],
    [
      'an unknown tag',
      { error: { code: -32_602, message: 'invalid argument 0: hex string without 0x prefix' } },
    ],
  ])('where the node says %s', async (_what, said) => {
    expect(await head(said)).toMatchObject({ number: 100 });
  });

  test.each([
    ['an error of its own', { error: { code: -32_603, message: 'internal error' } }],
    ['a time-out', { error: { code: -32_002, message: 'request timed out' } }],
  ])('and not where it says %s', async (_what, said) => {
    await expect(head(said)).rejects.toMatchObject({ name: 'ChainUnread' });
  });
});

describe('a receipt (Tempo)', () => {
  const asked = (receipt: object) =>
    tempoChainAt(nodeOf(() => ({ result: receipt })).node, token, wallet).isNonceUsed(hash, 100, hash);

  test('of another transaction is not taken', async () => {
    const receipt = { status: '0x0', blockNumber: '0x1', transactionHash: `0x${'d'.repeat(64)}` };
    await expect(asked(receipt)).rejects.toMatchObject({ trouble: 'lying' });
  });

  test('of success in a block beyond the final one is not "unused"', async () => {
    const receipt = { status: '0x1', blockNumber: '0x65', transactionHash: hash };
    await expect(asked(receipt)).rejects.toMatchObject({ trouble: 'absent' });
  });
});
