import { describe, expect, test } from 'vitest';
import { chainAt } from '../../../functions/reconciler/chain.ts';
import { nodeAt } from '../../../functions/reconciler/node.ts';
import { lookAtNode } from '../../../infra/cli/node-looks.ts';
import { notAllowed } from '../../../infra/local/chain/odd-answers.ts';
import {
  answerOddly,
  lyingLogs,
  type NodeCall,
  type NodeManner,
  nothing,
  ofChain,
  pruned,
  rangeLimited,
  rateLimited,
  untagged,
} from '../../../infra/local/chain/odd-manners.ts';
import { chainsSchema, nodesOf } from '../../../shared/core/policy.ts';

/** What `coinbooth doctor` and `resume` say of each node before money moves. */

const word = (value: number): string => `0x${value.toString(16).padStart(64, '0')}`;

/** A node with two thousand blocks and five dollars. */
function honest({ method, params }: NodeCall): unknown {
  if (method === 'eth_chainId') return '0x2105';
  if (method === 'eth_getLogs') return [];
  if (method === 'eth_call') return word(5_000_000);
  const number = typeof params[0] === 'string' && params[0].startsWith('0x') ? Number(params[0]) : 2_000;
  return { number: `0x${number.toString(16)}`, hash: word(number), timestamp: `0x${number.toString(16)}` };
}

async function look(manner?: NodeManner) {
  const asked: string[] = [];
  const node = nodeAt('https://base.provider.example/v2/secret-key', {
    network: 'eip155:8453',
    sleep: async () => {},
    async post(body) {
      const call = JSON.parse(body) as NodeCall;
      asked.push(`${call.method} ${JSON.stringify(call.params)}`);
      const answer = await answerOddly(manner, call, async () => honest(call));
      if (!answer) throw new Error('silent');
      return answer;
    },
  });
  const seen = await lookAtNode(chainAt(node, `0x${'a'.repeat(40)}`, `0x${'b'.repeat(40)}`), 6);
  return { ...seen, asked };
}

test('a node that answers is named by its host, with what it was asked', async () => {
  const { isReady, says, asked } = await look();
  expect(isReady).toBe(true);
  expect(says).toBe(
    'base.provider.example answers: final block 2000, 1000 blocks of logs, $5.00, state of block 1700',
  );
  const logs = asked.find((call) => call.startsWith('eth_getLogs')) ?? '';
  expect(logs).toContain('"fromBlock":"0x3e9","toBlock":"0x7d0"');
  expect(asked.some((call) => call.endsWith('"0x6a4"]'))).toBe(true);
});

test('one that answers for few blocks at once is ready all the same', async () => {
  expect(await look(rangeLimited(100))).toMatchObject({ isReady: true });
});

describe('one that cannot do what a look needs is not ready, and it is said what to do', () => {
  test.each([
    ['the final block', untagged(), 'name a finalityDepth'],
    ['the final block', ofChain(1), 'move it to the chain that it is of'],
    ['the final block', rateLimited(Number.POSITIVE_INFINITY), 'raise the plan'],
    ['the final block', async () => notAllowed[0], 'is its key right'],
    ['logs of blocks 1001 to 2000', rangeLimited(0), 'put a node of another provider'],
    ['logs of blocks 1001 to 2000', lyingLogs('removed logs'), 'do not use it'],
    ['logs of blocks 1001 to 2000', nothing('eth_getLogs'), 'are network and token'],
    ['the balance at final block 2000', pruned(), 'keep state and logs for an hour'],
    ['the balance at final block 2000', nothing('eth_call'), 'are network and token'],
  ] as const)('asked for %s', async (asked, manner, remedy) => {
    const { isReady, says } = await look(manner);
    expect(isReady).toBe(false);
    expect(says).toContain(`asked for ${asked}: base.provider.example `);
    expect(says).toContain(remedy);
    expect(says).not.toContain('secret-key');
  });

  test('by its state of some time ago', async () => {
    const old: NodeManner = async (call) =>
      call.params[1] === '0x6a4' ? await pruned()(call, async () => undefined) : undefined;
    expect((await look(old)).says).toContain('asked for an authorization at block 1700');
  });
});

describe('the nodes of a chain in the settings', () => {
  const urls = ['https://one.example', 'https://two.example'];

  test.each([
    [urls, { rpcUrls: urls }],
    [{ nodes: urls }, { rpcUrls: urls }],
    [
      { nodes: urls, finalityDepth: 64 },
      { rpcUrls: urls, finalityDepth: 64 },
    ],
  ])('are a list, or a list and the depth that stands for final: %j', (written, read) => {
    const chains = chainsSchema.parse({ 'eip155:8453': written });
    expect(nodesOf(chains['eip155:8453'] ?? [])).toEqual(read);
  });

  test.each([0, -1, 1.5, '64', 100_001])('with a depth of %j are refused', (finalityDepth) => {
    expect(chainsSchema.safeParse({ 'eip155:8453': { nodes: urls, finalityDepth } }).success).toBe(false);
  });
});
