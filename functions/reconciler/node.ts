import { setTimeout as later } from 'node:timers/promises';
import { CoinboothError } from '../../shared/core/errors.ts';
import { type HttpAnswer, quantity, readAnswer, type Trouble } from './node-answer.ts';
import { postTo } from './post.ts';
import { withoutKeys } from './without-keys.ts';

/** One node of a chain, asked one question at a time. */
export interface ChainNode {
  /** The one part of its address that is told: path, query and user may hold its operator's key. */
  readonly host: string;
  /** Blocks behind the newest that stand for final where the node names none; an operator's word. */
  readonly finalityDepth?: number | undefined;
  /**
   * @returns the `result` of the JSON-RPC call
   * @throws NodeError
   */
  ask(method: string, params: readonly unknown[]): Promise<unknown>;
  /** An error of this node, for an answer that cannot be used. */
  error(trouble: Trouble, says: string): NodeError;
}

export interface NodeOptions {
  /** CAIP-2: a node of another chain is not asked anything else. */
  readonly network: string;
  readonly finalityDepth?: number | undefined;
  /** Unix milliseconds: no wait for the node's patience goes past it. */
  readonly endsAt?: number | undefined;
  readonly clock?: () => number;
  readonly sleep?: (milliseconds: number) => Promise<unknown>;
  /** Sends one body. @throws NoAnswer */
  readonly post?: (body: string) => Promise<HttpAnswer>;
}

/** Why one node's answer cannot be used, named with its host. */
export class NodeError extends CoinboothError {
  readonly host: string;
  readonly trouble: Trouble;
  /** HTTP status; absent without an answer. */
  readonly status: number | undefined;
  constructor(host: string, trouble: Trouble, says: string, status?: number) {
    super('ChainUnread', `${host} ${words[trouble]}${says === '' ? '' : `: ${says}`}`);
    this.host = host;
    this.trouble = trouble;
    this.status = status;
  }
}

const words: Readonly<Record<Trouble, string>> = {
  limited: 'limits how often it may be asked',
  silent: 'gives no answer in time',
  unreachable: 'cannot be reached',
  pruned: 'does not keep the old state or logs that were asked for',
  absent: 'does not have that block',
  untagged: 'names no final block, and the settings state no finalityDepth for this chain',
  redirected: 'redirects to another address, which is not asked',
  denied: 'does not let this booth ask that',
  refused: 'refuses the question',
  empty: 'answers with nothing',
  lying: 'answers what was not asked, and is not believed',
  foreign: 'is a node of another chain',
};

const mostLimits = 6;
const mostFailures = 3;
const firstPauseMilliseconds = 500;
/** Of one node in one look, whatever it asks for. */
const mostWaitMilliseconds = 60_000;
const mostWords = 160;

/** @param rpcUrl http or https; a user in it is sent as basic authorization */
export function nodeAt(rpcUrl: string, options: NodeOptions): ChainNode {
  const { network, endsAt = Number.POSITIVE_INFINITY, clock = Date.now, sleep = later } = options;
  const { host } = new URL(rpcUrl);
  const post = options.post ?? postTo(rpcUrl);
  const told = withoutKeys(rpcUrl, mostWords);
  let waited = 0;
  let identity: Promise<void> | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let id = 0;

  const error = (trouble: Trouble, says: string, status?: number): NodeError =>
    new NodeError(host, trouble, told(says), status);

  async function call(method: string, params: readonly unknown[]): Promise<unknown> {
    let [limits, failures] = [0, 0];
    for (;;) {
      if (clock() >= endsAt) throw error('silent', `${method}: the time of this look is over`);
      id += 1;
      const answer = await answerOf(method, JSON.stringify({ jsonrpc: '2.0', id, method, params }), id);
      if ('result' in answer) return answer.result;
      const { trouble, says, status, waitMilliseconds } = answer;
      const failed = error(trouble, `${method}: ${says}`, status);
      if (trouble === 'limited') {
        limits += 1;
        const own = firstPauseMilliseconds * 2 ** (limits - 1);
        const pause = Math.max(waitMilliseconds ?? own, firstPauseMilliseconds);
        if (limits >= mostLimits || waited + pause > mostWaitMilliseconds || clock() + pause >= endsAt)
          throw failed;
        waited += pause;
        await sleep(pause);
      } else {
        failures += 1;
        if (trouble !== 'unreachable' || failures >= mostFailures) throw failed;
        await sleep(firstPauseMilliseconds * failures);
      }
    }
  }

  async function answerOf(method: string, body: string, asked: number) {
    try {
      return readAnswer(method, await post(body), asked);
    } catch (cause) {
      const { trouble = 'unreachable', message } = cause as { trouble?: Trouble; message: string };
      return { trouble, says: message, status: 0 };
    }
  }

  /** A node of another chain would prove everything unused, and every window over. */
  async function identify(): Promise<void> {
    const { success, data: chainId } = quantity.safeParse(await call('eth_chainId', []));
    if (!success) throw error('lying', 'eth_chainId: its answer has another form');
    const found = `eip155:${BigInt(chainId)}`;
    if (found !== network)
      throw error('foreign', `it is of ${found}, and the settings name it for ${network}`);
  }

  return {
    host,
    finalityDepth: options.finalityDepth,
    error,
    ask(method, params) {
      const mine = last.then(async () => {
        identity ??= identify();
        await identity.catch((cause) => {
          identity = undefined;
          throw cause;
        });
        return call(method, params);
      });
      last = mine.catch(() => {});
      return mine;
    },
  };
}
