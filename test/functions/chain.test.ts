import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { chainAt } from '../../functions/reconciler/chain.ts';

/** A node that keeps two heads: the newest block, and the final one that lags behind it. */
const heads: Readonly<Record<string, number>> = { latest: 120, finalized: 100 };
const asked: string[] = [];

const block = (number: number) => ({
  number: `0x${number.toString(16)}`,
  hash: `0x${number.toString(16).padStart(64, '0')}`,
  timestamp: `0x${(1_800_000_000 + number * 2).toString(16)}`,
  transactions: [],
});

const node = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk: Buffer) => {
    body += chunk;
  });
  request.on('end', () => {
    const { id, method, params } = JSON.parse(body) as { id: number; method: string; params: unknown[] };
    const at = JSON.stringify(params);
    asked.push(`${method} ${at}`);
    const [first] = params;
    const number = typeof first === 'string' ? (heads[first] ?? Number(first)) : 0;
    const result =
      method === 'eth_getBlockByNumber'
        ? block(number)
        : method === 'eth_getLogs'
          ? []
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

const token = `0x${'a'.repeat(40)}`;
const wallet = `0x${'b'.repeat(40)}`;

test('the head is the final one, not the newest, which another may still replace', async () => {
  const head = await chainAt(url, token, wallet).finalHead();
  expect(head).toEqual({ number: 100, hash: block(100).hash, timestamp: 1_800_000_200 });
});

test('balance and nonce are asked as of the block that is concluded from', async () => {
  const chain = chainAt(url, token, wallet);
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
  expect(await chainAt(url, token, wallet).movements(1, 2_500)).toEqual([]);
  const ranges = asked.map((call) => {
    const [filter] = JSON.parse(call.slice('eth_getLogs '.length)) as [
      { fromBlock: string; toBlock: string; topics: unknown[] },
    ];
    expect(JSON.stringify(filter.topics)).toContain('b'.repeat(40));
    return `${Number(filter.fromBlock)}-${Number(filter.toBlock)}`;
  });
  expect([...new Set(ranges)]).toEqual(['1-1000', '1001-2000', '2001-2500']);
  expect(ranges).toHaveLength(12);
});
