import { bodyOf, noFinality, type OddAnswer, tooOften, tooOld, tooWide } from './odd-answers.ts';

/** What is sent over HTTP. */
export interface OddHttp {
  readonly status: number;
  readonly retryAfter?: string | undefined;
  readonly text: string;
}

/** One JSON-RPC call to a node. */
export interface NodeCall {
  readonly id: unknown;
  readonly method: string;
  readonly params: readonly unknown[];
}

/** In the place of an honest answer: words of a provider, another result, or nothing at all. */
export type Oddity = OddAnswer | { readonly result: unknown } | 'silence';

/**
 * What a node does instead of answering; undefined where it answers honestly.
 * @param honest what it would answer
 */
export type NodeManner = (call: NodeCall, honest: () => Promise<unknown>) => Promise<Oddity | undefined>;

type Log = Record<string, unknown> & { readonly topics: readonly string[] };

const isLogs = ({ method }: NodeCall): boolean => method === 'eth_getLogs';
const spanOf = ({ params }: NodeCall): number => {
  const [{ fromBlock, toBlock }] = params as [{ fromBlock: string; toBlock: string }];
  return Number(toBlock) - Number(fromBlock) + 1;
};

/** Logs of at most so many blocks are answered for. */
export const rangeLimited =
  (blocks: number, answer: Oddity = tooWide[0] as OddAnswer): NodeManner =>
  async (call) =>
    isLogs(call) && spanOf(call) > blocks ? answer : undefined;

/** Of so many calls one is answered. */
export function rateLimited(answered: number, answer: Oddity = tooOften[0] as OddAnswer): NodeManner {
  let count = 0;
  return async () => {
    count += 1;
    return count % answered === 0 ? undefined : answer;
  };
}

/** State is gone, and logs of more than so many blocks below the newest. */
export const pruned =
  (answer: Oddity = tooOld[0] as OddAnswer): NodeManner =>
  async ({ method }) =>
    method === 'eth_call' ? answer : undefined;

/** No final block is named. */
export const untagged =
  (answer: Oddity = noFinality[0] as OddAnswer): NodeManner =>
  async ({ method, params }) =>
    method === 'eth_getBlockByNumber' && params[0] === 'finalized' ? answer : undefined;

/** `null`, or `0x`, where there should be something. */
export const nothing =
  (of: 'eth_getBlockByNumber' | 'eth_getLogs' | 'eth_call'): NodeManner =>
  async ({ method }) =>
    method === of ? { result: of === 'eth_call' ? '0x' : null } : undefined;

/** Another chain's number. */
export const ofChain =
  (chainId: number): NodeManner =>
  async ({ method }) =>
    method === 'eth_chainId' ? { result: `0x${chainId.toString(16)}` } : undefined;

export const logLies = [
  'removed logs',
  'logs of another token',
  'logs of another wallet',
  'logs of other blocks',
  'a log twice',
] as const;
export type LogLie = (typeof logLies)[number];

/** Logs that nobody asked for, beside those that there are: invented where there is none to change. */
export const lyingLogs =
  (lie: LogLie): NodeManner =>
  async (call, honest) => {
    if (!isLogs(call)) return undefined;
    const logs = (await honest()) as readonly Log[];
    return { result: [...logs, ...lied(lie, logs.at(-1) ?? invented(call))] };
  };

const word = (text: string): string => `0x${text.repeat(64).slice(0, 64)}`;

/** A log as the filter asks for it. */
function invented({ params }: NodeCall): Log {
  const [{ address, topics, toBlock }] = params as [
    { address: string; topics: readonly (string | readonly string[] | null)[]; toBlock: string },
  ];
  const first = [...topics.map((topic) => [topic].flat()[0] ?? word('9')), word('8')].slice(0, 3);
  return {
    ...{ address, topics: first, data: word('0'), blockNumber: toBlock, blockHash: word('7') },
    ...{ transactionHash: word('6'), transactionIndex: '0x0', logIndex: '0x63', removed: false },
  };
}

function lied(lie: LogLie, log: Log): readonly Log[] {
  const other = { ...log, logIndex: '0x77' };
  switch (lie) {
    case 'removed logs':
      return [{ ...other, removed: true }];
    case 'logs of another token':
      return [{ ...other, address: `0x${'12'.repeat(20)}` }];
    case 'logs of another wallet':
      return [{ ...other, topics: log.topics.map((topic, index) => (index === 0 ? topic : word('5'))) }];
    case 'logs of other blocks':
      return [{ ...other, blockNumber: '0xffffffff' }];
    case 'a log twice':
      return [other, other];
  }
}

/** What such a node sends back; undefined when it sends nothing. */
export async function answerOddly(
  manner: NodeManner | undefined,
  call: NodeCall,
  honest: () => Promise<unknown>,
): Promise<OddHttp | undefined> {
  const odd = await manner?.(call, honest);
  if (odd === 'silence') return undefined;
  if (odd && 'message' in odd)
    return { status: odd.status, retryAfter: odd.headers?.['retry-after'], text: bodyOf(odd, call.id) };
  const result = odd ? odd.result : await honest();
  return { status: 200, text: JSON.stringify({ jsonrpc: '2.0', id: call.id, result }) };
}
