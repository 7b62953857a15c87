import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { encodeAbiParameters, encodeEventTopics, parseAbi } from 'viem';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { chainAt } from '../../functions/reconciler/chain.ts';
import { nodeAt } from '../../functions/reconciler/node.ts';
import { tempoChainAt } from '../../functions/reconciler/tempo-chain.ts';

/** A node that keeps two heads: the newest block, and the final one that lags behind it. */
const heads: Readonly<Record<string, number>> = { latest: 120, finalized: 100 };
const asked: string[] = [];
/** What has happened, as a node has it. */
const logs: { readonly topics: readonly unknown[] }[] = [];

const block = (number: number) => ({
  number: `0x${number.toString(16)}`,
  hash: `0x${number.toString(16).padStart(64, '0')}`,
  timestamp: `0x${(1_800_000_000 + number * 2).toString(16)}`,
  transactions: [],
});

/** Blocks whose logs it answers for at once: of a busy wallet, fewer. */
let longestAnswered = 1_000;

const isAskedFor = (topics: readonly unknown[], wanted: readonly unknown[]): boolean =>
  wanted.every((topic, n) => topic === null || [topic].flat().some((one) => one === topics[n]));

const node = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk: Buffer) => {
    body += chunk;
  });
  request.on('end', () => {
    const { id, method, params } = JSON.parse(body) as { id: number; method: string; params: unknown[] };
    const at = JSON.stringify(params);
    if (method !== 'eth_chainId') asked.push(`${method} ${at}`);
    const [first] = params;
    const { fromBlock = 0, toBlock = 0 } = method === 'eth_getLogs' ? (first as Record<string, string>) : {};
    if (Number(toBlock) - Number(fromBlock) >= longestAnswered) {
      const error = { code: -32000, message: 'query returned more than 10000 results' };
      return void response.end(JSON.stringify({ jsonrpc: '2.0', id, error }));
    }
    const number = typeof first === 'string' ? (heads[first] ?? Number(first)) : 0;
    const result =
      method === 'eth_getBlockByNumber'
        ? block(number)
        : method === 'eth_getLogs'
          ? logs.filter(({ topics }) => isAskedFor(topics, (first as { topics: unknown[] }).topics))
          : `0x${'1'.padStart(64, '0')}`;
    response.end(JSON.stringify({ jsonrpc: '2.0', id, result }));
  });
});

let url = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => node.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(node.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => node.close(resolve)));

/** As every look has it: what it learned of the node is forgotten with it. */
const anew = () => nodeAt(url, { network: 'eip155:1' });
const token = `0x${'a'.repeat(40)}` as const;
const wallet = `0x${'b'.repeat(40)}` as const;

test('the head is the final one, not the newest, which another may still replace', async () => {
  const head = await chainAt(anew(), token, wallet).finalHead();
  expect(head).toEqual({ number: 100, hash: block(100).hash, timestamp: 1_800_000_200 });
});

test('balance and nonce are asked as of the block that is concluded from', async () => {
  const chain = chainAt(anew(), token, wallet);
  asked.length = 0;
  expect(await chain.balance(100)).toBe(1n);
  expect(await chain.isNonceUsed(`0x${'c'.repeat(64)}`, 100)).toBe(true);
  expect(asked.map((call) => [call.split(' ')[0], call.endsWith('"0x64"]')])).toEqual([
    ['eth_call', true],
    ['eth_call', true],
  ]);
});

test('logs are asked of our own wallet alone, in ranges that a public node answers, none left out', async () => {
  asked.length = 0;
  expect(await chainAt(anew(), token, wallet).movements(1, 2_500)).toEqual([]);
  const ranges = asked.map((call) => {
    const [filter] = JSON.parse(call.slice('eth_getLogs '.length)) as [
      { fromBlock: string; toBlock: string; topics: unknown[] },
    ];
    expect(JSON.stringify(filter.topics)).toContain('b'.repeat(40));
    return `${Number(filter.fromBlock)}-${Number(filter.toBlock)}`;
  });
  expect([...new Set(ranges)]).toEqual(['1-1000', '1001-2000', '2001-2500']);
  expect(ranges).toHaveLength(6);
});

test('where there is more in a range than a node answers with, it is asked in halves, and none is left out', async () => {
  longestAnswered = 300;
  asked.length = 0;
  expect(await chainAt(anew(), token, wallet).movements(1, 1_500)).toEqual([]);
  const ranges = asked.map((call) => {
    const [filter] = JSON.parse(call.slice('eth_getLogs '.length)) as [
      { fromBlock: string; toBlock: string },
    ];
    return [Number(filter.fromBlock), Number(filter.toBlock)] as const;
  });
  const answered = ranges.filter(([from, to]) => to - from < longestAnswered);
  const blocks = new Set(
    answered.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, n) => from + n)),
  );
  expect([blocks.size, blocks.has(1), blocks.has(1_500)]).toEqual([1_500, true, true]);
  // A node that answers for no block at all is not asked for ever.
  longestAnswered = 0;
  await expect(chainAt(anew(), token, wallet).movements(1, 1_500)).rejects.toThrow('more than 10000');
  longestAnswered = 1_000;
});

const abi = parseAbi([
  'event Transfer(address indexed from, address indexed to, uint256 value)',
  'event TransferWithMemo(address indexed from, address indexed to, uint256 value, bytes32 indexed memo)',
]);

test.each([
  ['x402', chainAt],
  ['tempo', tempoChainAt],
] as const)(
  'nothing, moved by somebody who needs no leave for that, is no movement (%s)',
  async (_rail, readerAt) => {
    const args = { from: wallet, to: `0x${'9'.repeat(40)}`, memo: `0x${'d'.repeat(64)}` } as const;
    const add = (value: bigint): void => {
      for (const eventName of ['Transfer', 'TransferWithMemo'] as const)
        logs.push({
          ...{ address: token, blockNumber: '0x5', blockHash: block(5).hash, transactionIndex: '0x0' },
          ...{ transactionHash: `0x${'e'.repeat(64)}`, logIndex: `0x${logs.length}`, removed: false },
          topics: encodeEventTopics({ abi, eventName, args }),
          data: encodeAbiParameters([{ type: 'uint256' }], [value]),
        } as (typeof logs)[number]);
    };
    logs.length = 0;
    add(0n);
    expect(await readerAt(anew(), token, wallet).movements(1, 10)).toEqual([]);
    add(1n);
    const movements = await readerAt(anew(), token, wallet).movements(1, 10);
    expect(movements.map(({ kind }) => kind)).toContain('sent');
    logs.length = 0;
  },
);
