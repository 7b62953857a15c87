import { encodeFunctionData, erc20Abi, type Hex } from 'viem';
import * as z from 'zod';
import type { Head } from './chain.ts';
import { type ChainNode, NodeError } from './node.ts';
import { quantity, word } from './node-answer.ts';

/** Questions that are asked of every chain alike, and what of a node's answers is believed. */

const blockSchema = z.object({ number: quantity, hash: word, timestamp: quantity });
const logSchema = z.object({
  address: z
    .string()
    .regex(/^0x[0-9a-fA-F]{40}$/)
    .toLowerCase(),
  topics: z.array(word),
  data: z.string().regex(/^0x[0-9a-fA-F]*$/),
  blockNumber: quantity,
  transactionHash: word,
  logIndex: quantity,
  removed: z.boolean().nullish(),
});
const receiptSchema = z.object({ status: quantity, blockNumber: quantity, transactionHash: word.optional() });

/** One log of the token, as it was asked for. */
export interface Log {
  readonly topics: readonly string[];
  readonly data: string;
  readonly place: { readonly transaction: string; readonly blockNumber: number; readonly logIndex: number };
}

/** No chain is so long, and no time so late: ten billion blocks, or the year 2286 in seconds. */
const mostNumber = 10_000_000_000;

const hexOf = (number: number): Hex => `0x${number.toString(16)}`;

/** @throws NodeError, also where the node has no such block or answers with another one */
export async function blockOf(node: ChainNode, at: number | 'finalized' | 'latest'): Promise<Head> {
  const answer = await node.ask('eth_getBlockByNumber', [typeof at === 'number' ? hexOf(at) : at, false]);
  if (answer === null) throw node.error('absent', `block ${at}`);
  const block = parsed(node, blockSchema, answer, `block ${at}`);
  const head = { number: Number(block.number), hash: block.hash, timestamp: Number(block.timestamp) };
  if (head.number > mostNumber || head.timestamp > mostNumber)
    throw node.error('lying', `block ${at}: numbers that no chain has`);
  if (typeof at === 'number' && head.number !== at)
    throw node.error('lying', `block ${head.number} for block ${at}`);
  return head;
}

/**
 * The newest block that cannot be replaced. A node that knows no such tag is believed with a depth below its newest
 * block, where the operator stated one; the newest block alone proves nothing.
 */
export async function finalOf(node: ChainNode): Promise<Head> {
  try {
    return await blockOf(node, 'finalized');
  } catch (cause) {
    if (!(cause instanceof NodeError && isUntagged(cause))) throw cause;
    if (node.finalityDepth === undefined) throw node.error('untagged', cause.message);
  }
  const newest = await blockOf(node, 'latest');
  return blockOf(node, Math.max(0, newest.number - node.finalityDepth));
}

/** A refusal that is not of the tag, such as an error of its own, is of this moment alone. */
const isUntagged = ({ trouble, message }: NodeError): boolean =>
  trouble === 'absent' ||
  (trouble === 'refused' &&
    /finali[sz]|tag|block|param|argument|invalid/i.test(message.split('ByNumber')[1] ?? ''));

/** What a contract answers as of a block: one word. */
export async function wordAt(node: ChainNode, to: string, data: Hex, atBlock: number): Promise<bigint> {
  const answer = await node.ask('eth_call', [{ to, data }, hexOf(atBlock)]);
  if (answer === null || answer === '0x')
    throw node.error('empty', `eth_call at block ${atBlock}; is ${to} a token of this chain?`);
  return BigInt(parsed(node, word, answer, `eth_call at block ${atBlock}`));
}

export const balanceAt = (node: ChainNode, token: string, owner: string, atBlock: number): Promise<bigint> =>
  wordAt(
    node,
    token,
    encodeFunctionData({ abi: erc20Abi, functionName: 'balanceOf', args: [owner as Hex] }),
    atBlock,
  );

/** Whether a transaction took effect in a block, and in which; undefined while it is in none. */
export async function receiptOf(
  node: ChainNode,
  transaction: string,
): Promise<{ readonly isSuccess: boolean; readonly blockNumber: number } | undefined> {
  const answer = await node.ask('eth_getTransactionReceipt', [transaction]);
  if (answer === null) return undefined;
  const { status, blockNumber, transactionHash } = parsed(
    node,
    receiptSchema,
    answer,
    `the receipt of ${transaction}`,
  );
  if (transactionHash !== undefined && transactionHash !== transaction.toLowerCase())
    throw node.error('lying', `the receipt of ${transactionHash} for ${transaction}`);
  return { isSuccess: BigInt(status) === 1n, blockNumber: Number(blockNumber) };
}

/**
 * Logs of a token between two blocks, both included.
 * @param topics each a word, several of which any, or null for whatever there is
 * @throws NodeError `lying` for a log that was removed, or is of another token, wallet or block than was asked for
 */
export async function logsOf(
  node: ChainNode,
  token: string,
  topics: readonly (string | readonly string[] | null)[],
  from: number,
  to: number,
): Promise<readonly Log[]> {
  const asked = { address: token, topics, fromBlock: hexOf(from), toBlock: hexOf(to) };
  const answer = await node.ask('eth_getLogs', [asked]);
  const what = `logs of blocks ${from} to ${to}`;
  if (answer === null) throw node.error('empty', what);
  const logs = parsed(node, z.array(logSchema), answer, what);
  const seen = new Set<string>();
  return logs.map((log) => {
    const place = {
      transaction: log.transactionHash,
      blockNumber: Number(log.blockNumber),
      logIndex: Number(log.logIndex),
    };
    const lie = (says: string) => node.error('lying', `${what}: ${says} in transaction ${place.transaction}`);
    if (log.removed) throw lie('a log that was removed');
    if (log.address !== token.toLowerCase()) throw lie('a log of another token');
    if (!isAskedFor(log.topics, topics)) throw lie('a log of another wallet or event');
    if (place.blockNumber < from || place.blockNumber > to) throw lie(`a log of block ${place.blockNumber}`);
    const key = `${place.blockNumber} ${place.logIndex}`;
    if (seen.has(key)) throw lie('the same log twice');
    seen.add(key);
    return { topics: log.topics, data: log.data, place };
  });
}

const isAskedFor = (
  topics: readonly string[],
  asked: readonly (string | readonly string[] | null)[],
): boolean =>
  asked.every((wanted, index) => {
    const topic = topics[index];
    if (topic === undefined) return false;
    return wanted === null || [wanted].flat().some((one) => one.toLowerCase() === topic);
  });

function parsed<Value>(node: ChainNode, schema: z.ZodType<Value>, answer: unknown, what: string): Value {
  const { success, data } = schema.safeParse(answer);
  if (!success) throw node.error('lying', `${what}: its answer has another form`);
  return data;
}
