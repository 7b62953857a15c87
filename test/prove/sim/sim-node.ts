import { pad, toEventSelector } from 'viem';
import { type ChainReader, chainAt, topicOf, transfer } from '../../../functions/reconciler/chain.ts';
import { type NodeOptions, nodeAt } from '../../../functions/reconciler/node.ts';
import { NoAnswer } from '../../../functions/reconciler/post.ts';
import { tempoChainAt } from '../../../functions/reconciler/tempo-chain.ts';
import { answerOddly, type NodeCall, type NodeManner } from '../../../infra/local/chain/odd-manners.ts';
import type { PaidAsset } from '../../../shared/core/policy.ts';
import { walletAddress } from './keyed-wallet.ts';
import type { Included, SimChain } from './sim-chain.ts';

const used = toEventSelector('event AuthorizationUsed(address indexed authorizer, bytes32 indexed nonce)');
const cancelled = toEventSelector(
  'event AuthorizationCanceled(address indexed authorizer, bytes32 indexed nonce)',
);
const withMemo = toEventSelector(
  'event TransferWithMemo(address indexed from, address indexed to, uint256 value, bytes32 indexed memo)',
);
const feeManager = `0xfeec${'0'.repeat(36)}`;
const stranger = `0x${'57'.repeat(20)}`;
const balanceOf = '0x70a08231';

const hexOf = (value: number | bigint): string => `0x${value.toString(16)}`;
const wordOf = (value: number | bigint): string => `0x${value.toString(16).padStart(64, '0')}`;

interface Node {
  readonly chain: SimChain;
  readonly asset: PaidAsset;
  /** How it answers now; honestly where nothing is said. */
  readonly manner: () => NodeManner | undefined;
}

/** The reconciler's own reader, at a node of the simulated chain that speaks JSON-RPC. */
export function simReader(
  host: string,
  { chain, asset, manner }: Node,
  options: Pick<NodeOptions, 'clock' | 'sleep' | 'endsAt'>,
): ChainReader {
  const node = nodeAt(`https://${host}.test`, {
    ...options,
    network: asset.network,
    async post(body) {
      const call = JSON.parse(body) as NodeCall;
      const answer = await answerOddly(manner(), call, async () => honest(chain, asset, call));
      if (!answer) throw new NoAnswer('silent', 'none in its time');
      return answer;
    },
  });
  return (asset.rail === 'tempo' ? tempoChainAt : chainAt)(node, asset.asset, walletAddress);
}

/** What the chain has, as a node of it says it. */
function honest(chain: SimChain, { asset, network, rail }: PaidAsset, { method, params }: NodeCall): unknown {
  const [first, second] = params as [never, never];
  switch (method) {
    case 'eth_chainId':
      return hexOf(Number(network.split(':')[1]));
    case 'eth_getBlockByNumber': {
      const number =
        first === 'finalized' ? chain.finalNumber() : first === 'latest' ? chain.newest() : Number(first);
      const { hash, timestamp } = chain.headAt(number);
      return number > chain.newest() ? null : { number: hexOf(number), hash, timestamp: hexOf(timestamp) };
    }
    case 'eth_getLogs': {
      const { topics, fromBlock, toBlock } = first as {
        topics: (string | string[] | null)[];
        fromBlock: string;
        toBlock: string;
      };
      return logsOf(chain, asset, rail).filter(
        (log) =>
          Number(log.blockNumber) >= Number(fromBlock) &&
          Number(log.blockNumber) <= Number(toBlock) &&
          topics.every((one, index) => one === null || [one].flat().includes(log.topics[index] ?? '')),
      );
    }
    case 'eth_call': {
      const { data } = first as { data: string };
      if (data.startsWith(balanceOf)) return wordOf(chain.balanceAt(Number(second)));
      return wordOf(chain.usedAt(`0x${data.slice(-64)}`, Number(second)) ? 1 : 0);
    }
    case 'eth_getTransactionReceipt': {
      const found = chain.included().find(({ transaction }) => transaction === first);
      if (!found) return null;
      return { status: found.kind === 'failed' ? '0x0' : '0x1', blockNumber: hexOf(found.blockNumber) };
    }
    default:
      throw new Error(`The simulated node knows no ${method}.`);
  }
}

const logsOf = (chain: SimChain, address: string, rail: PaidAsset['rail']) =>
  chain
    .included()
    .toSorted((a, b) => a.blockNumber - b.blockNumber)
    .flatMap((entry, place) =>
      partsOf(entry, rail).map(({ topics, value }, part) => ({
        ...{ address, topics, data: value === undefined ? '0x' : wordOf(value), removed: false },
        ...{ blockNumber: hexOf(entry.blockNumber), transactionHash: entry.transaction },
        // Logs of one block have places of their own.
        logIndex: hexOf(place * 4 + part),
      })),
    );

interface Part {
  readonly topics: readonly string[];
  readonly value?: bigint;
}

function partsOf({ kind, nonce, transfer: moved, value, fee }: Included, rail: PaidAsset['rail']): Part[] {
  const owner = topicOf(walletAddress);
  if (kind === 'received') return [{ topics: [transfer, topicOf(stranger), owner], value }];
  const memo = pad((nonce ?? '0x') as `0x${string}`, { size: 32 });
  const parts: Part[] = [];
  if (kind === 'cancelled') parts.push({ topics: [cancelled, owner, memo] });
  if (kind === 'used') {
    const to = topicOf(moved?.to ?? stranger);
    parts.push(
      rail === 'tempo' ? { topics: [withMemo, owner, to, memo], value } : { topics: [used, owner, memo] },
      { topics: [transfer, owner, to], value },
    );
  }
  if (fee > 0n) parts.push({ topics: [transfer, owner, topicOf(feeManager)], value: fee });
  return parts;
}
