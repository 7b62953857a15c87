import type { Address } from 'viem';
import { encodeFunctionData, erc20Abi } from 'viem';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { agreed } from '../../functions/reconciler/agree.ts';
import { type ChainReader, chainAt, type Movement } from '../../functions/reconciler/chain.ts';
import { type NodeOptions, nodeAt } from '../../functions/reconciler/node.ts';
import { postTo } from '../../functions/reconciler/post.ts';
import { tempoChainAt } from '../../functions/reconciler/tempo-chain.ts';
import {
  noFinality,
  type OddAnswer,
  tooOften,
  tooOld,
  tooWide,
} from '../../infra/local/chain/odd-answers.ts';
import {
  logLies,
  lyingLogs,
  nothing,
  ofChain,
  pruned,
  rangeLimited,
  rateLimited,
  untagged,
} from '../../infra/local/chain/odd-manners.ts';
import { rpcTo, sendUnlocked } from '../../infra/local/chain/rpc.ts';
import { type Chain, startChain } from '../../infra/local/chain/start-chain.ts';
import { type OddNode, startOddNode } from '../../infra/local/chain/start-odd-node.ts';

/** A real chain, behind nodes with the ways of public providers. */

const wallet: Address = '0x00000000000000000000000000000000b007b007';
const friend: Address = '0x00000000000000000000000000000000f001f001';
const key = 'c0ffee-secret-key-of-a-customer';
let chain: Chain;
let odd: OddNode;
let end = 0;
let truth: readonly Movement[];
const pauses: number[] = [];

const readerAt = (more: Partial<NodeOptions> = {}, rpcUrl = odd.rpcUrl): ChainReader =>
  chainAt(
    nodeAt(rpcUrl, {
      network: chain.network,
      sleep: async (milliseconds) => void pauses.push(milliseconds),
      ...more,
    }),
    chain.token.address,
    wallet,
  );
const spans = (): number[] =>
  odd.asked.flatMap(({ method, params: [filter] }) => {
    const { fromBlock, toBlock } = (filter ?? {}) as { fromBlock: string; toBlock: string };
    return method === 'eth_getLogs' ? [Number(toBlock) - Number(fromBlock) + 1] : [];
  });

beforeAll(async () => {
  chain = await startChain();
  const rpc = rpcTo(chain.rpcUrl);
  await rpc('anvil_impersonateAccount', [wallet]);
  for (let count = 0; count < 3; count += 1) {
    await chain.fund(wallet, 1_000n);
    const data = encodeFunctionData({ abi: erc20Abi, functionName: 'transfer', args: [friend, 10n] });
    await sendUnlocked(rpc, { from: wallet, to: chain.token.address, data, gasPrice: '0x0' });
    await rpc('anvil_mine', ['0x190']);
  }
  odd = await startOddNode(chain.rpcUrl, `/v2/${key}`);
  end = (await readerAt().finalHead()).number;
  truth = await readerAt().movements(0, end);
});
afterAll(async () => {
  await odd?.close();
  await chain?.close();
});
beforeEach(() => {
  Object.assign(odd, { manner: undefined });
  odd.asked.length = 0;
  pauses.length = 0;
});

test('what happened is three times in and out', () => {
  expect(end).toBeGreaterThan(1_200);
  expect(truth.map(({ kind, value }) => [kind, value])).toEqual(
    [0, 1, 2].flatMap(() => [
      ['received', 1_000n],
      ['sent', 10n],
    ]),
  );
});

describe('a node that answers for few blocks at once', () => {
  test.each(tooWide.map((answer) => [`${answer.provider}: ${answer.message.slice(0, 50)}`, answer] as const))(
    'by the words of %s',
    async (_name, answer) => {
      odd.manner = rangeLimited(300, answer);
      expect(await readerAt().movements(0, end)).toEqual(truth);
      expect(pauses).toEqual([]);
      // What was refused once is remembered: two refusals, and hardly any more.
      expect(spans().filter((blocks) => blocks > 300).length).toBeLessThanOrEqual(4);
    },
  );

  test('of ten blocks is asked for so many until the look is over, and for more now and then', async () => {
    odd.manner = rangeLimited(10);
    const reader = readerAt();
    expect(await reader.movements(0, 600)).toEqual(truth.filter(({ blockNumber }) => blockNumber <= 600));
    expect(spans().filter((blocks) => blocks > 10).length).toBeLessThan(14);
    odd.asked.length = 0;
    await reader.movements(0, 100);
    expect(spans().filter((blocks) => blocks > 10).length).toBeLessThanOrEqual(1);
    // Whoever answers for all again is asked for more again.
    odd.manner = undefined;
    odd.asked.length = 0;
    for (let count = 0; count < 9; count += 1) await reader.movements(0, end);
    expect(Math.max(...spans())).toBe(1_000);
  });

  test('by silence is asked for fewer; one that is silent for all is not asked for ever', async () => {
    const post = postTo(odd.rpcUrl, 200);
    odd.manner = rangeLimited(300, 'silence');
    expect(await readerAt({ post }).movements(0, end)).toEqual(truth);
    odd.manner = rangeLimited(0, 'silence');
    odd.asked.length = 0;
    await expect(readerAt({ post }).movements(0, end)).rejects.toMatchObject({ trouble: 'silent' });
    expect(spans().length).toBeLessThanOrEqual(6);
  });

  test('and for none is not asked for ever', async () => {
    odd.manner = rangeLimited(0);
    await expect(readerAt().movements(0, end)).rejects.toMatchObject({
      name: 'ChainUnread',
      trouble: 'refused',
    });
    expect(spans().length).toBeLessThanOrEqual(11);
  });
});

describe('a node that asks for patience', () => {
  test.each(
    tooOften.map((answer) => [`${answer.provider}: ${answer.message.slice(0, 50)}`, answer] as const),
  )('by the words of %s, gets it, and is asked nothing narrower', async (_name, answer) => {
    odd.manner = rateLimited(3, answer);
    await readerAt().movements(0, 999);
    // One call for the chain's number, and two for logs: each limited twice.
    expect(spans()).toEqual([1_000, 1_000, 1_000, 1_000, 1_000, 1_000]);
    expect([odd.asked.length, pauses.length]).toEqual([9, 6]);
  });

  test('for ever is asked six times, with growing pauses, and named', async () => {
    odd.manner = rateLimited(Number.POSITIVE_INFINITY, tooOften[7]);
    const { host } = new URL(odd.rpcUrl);
    await expect(readerAt().finalHead()).rejects.toMatchObject({
      trouble: 'limited',
      message: `${host} limits how often it may be asked: eth_chainId: over rate limit`,
    });
    expect(odd.asked).toHaveLength(6);
    expect(pauses).toEqual([500, 1_000, 2_000, 4_000, 8_000]);
  });

  test('for longer than the look has is not waited for', async () => {
    odd.manner = rateLimited(2);
    await expect(readerAt({ endsAt: Date.now() + 900 }).finalHead()).rejects.toMatchObject({
      trouble: 'limited',
    });
    expect(pauses).toEqual([]);
  });
});

describe('what a node has not', () => {
  test.each(tooOld.map((answer) => [answer.message.slice(0, 60), answer] as const))(
    'any more is told as that: %s',
    async (_name, answer) => {
      odd.manner = pruned(answer);
      await expect(readerAt().balance(end)).rejects.toMatchObject({ trouble: 'pruned' });
      await expect(readerAt().isNonceUsed(`0x${'1'.repeat(64)}`, end)).rejects.toMatchObject({
        trouble: 'pruned',
      });
    },
  );

  test('is told from nothing: a block, logs, a call', async () => {
    odd.manner = nothing('eth_getBlockByNumber');
    await expect(readerAt().blockAt(5)).rejects.toMatchObject({ trouble: 'absent' });
    odd.manner = nothing('eth_getLogs');
    await expect(readerAt().movements(0, end)).rejects.toMatchObject({ trouble: 'empty' });
    odd.manner = nothing('eth_call');
    await expect(readerAt().balance(end)).rejects.toMatchObject({ trouble: 'empty' });
    odd.manner = undefined;
    await expect(readerAt().blockAt(9_999_999)).rejects.toMatchObject({ trouble: 'absent' });
  });

  test.each(noFinality.map((answer) => [answer.message, answer] as const))(
    'final (%s) is the newest block for nobody: only a depth that was stated stands for it',
    async (_name, answer: OddAnswer) => {
      odd.manner = untagged(answer);
      await expect(readerAt().finalHead()).rejects.toMatchObject({ trouble: 'untagged' });
      expect(JSON.stringify(odd.asked)).not.toContain('latest');
      const { number } = await readerAt({ finalityDepth: 64 }).finalHead();
      const newest = Number(await rpcTo(chain.rpcUrl)('eth_blockNumber'));
      expect(newest - number).toBeGreaterThanOrEqual(64);
      expect(newest - number).toBeLessThan(70);
    },
  );

  test('of a final block that it names, a stated depth changes nothing', async () => {
    await readerAt({ finalityDepth: 500 }).finalHead();
    expect(JSON.stringify(odd.asked)).not.toContain('latest');
  });
});

describe('a node that cannot be believed', () => {
  test.each(logLies)('with %s is not read, and named', async (lie) => {
    odd.manner = lyingLogs(lie);
    await expect(readerAt().movements(0, end)).rejects.toMatchObject({
      name: 'ChainUnread',
      trouble: 'lying',
    });
    const { network, token } = chain;
    const tempo = tempoChainAt(nodeAt(odd.rpcUrl, { network }), token.address, wallet);
    await expect(tempo.movements(0, end)).rejects.toMatchObject({ trouble: 'lying' });
  });

  test('with another block than was asked for is not read', async () => {
    odd.manner = async ({ method, params }, honest) =>
      method === 'eth_getBlockByNumber' && params[0] === '0x5'
        ? { result: { ...((await honest()) as object), number: '0x6' } }
        : undefined;
    await expect(readerAt().blockAt(5)).rejects.toMatchObject({ trouble: 'lying' });
  });

  test('for it is of another chain is asked nothing else', async () => {
    odd.manner = ofChain(8453);
    for (const ask of [
      (reader: ChainReader) => reader.finalHead(),
      (reader: ChainReader) => reader.balance(end),
      (reader: ChainReader) => reader.movements(0, end),
    ])
      await expect(ask(readerAt())).rejects.toMatchObject({
        trouble: 'foreign',
        message: expect.stringContaining(
          `it is of eip155:8453, and the settings name it for ${chain.network}`,
        ),
      });
    expect(new Set(odd.asked.map(({ method }) => method))).toEqual(new Set(['eth_chainId']));
  });
});

test('of several nodes the one that fails is named by its host, and no part of its address that may be a key', async () => {
  const two = agreed([readerAt(), readerAt({}, chain.rpcUrl)]);
  const { host } = new URL(odd.rpcUrl);
  odd.manner = async () => ({ provider: 'any', status: 401, message: `the key ${key} is not known here` });
  const error = (await two.finalHead().catch((cause: Error) => cause)) as Error;
  expect(error.message).toBe(
    `${host} does not let this booth ask that: eth_chainId: the key … is not known here`,
  );
  await odd.close();
  const gone = (await two.finalHead().catch((cause: Error) => cause)) as Error;
  expect(gone.message).toContain(`${host} cannot be reached`);
  expect(gone.message).not.toContain(key);
});
