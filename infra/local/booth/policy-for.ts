import { type Address, createPublicClient, http, parseAbi } from 'viem';
import { offeringPath } from '../../../shared/core/catalogue.ts';
import type { SellerPolicy } from '../../../shared/core/policy.ts';
import { decodeChallenge } from '../../../shared/protocol/x402.ts';
import { exchange } from '../../../shared/seller/exchange.ts';
import { isLoopback } from '../../../shared/seller/route-to.ts';
import { askingNode } from './node-words.ts';
import type { OtherSeller } from './read-command-line.ts';

const abi = parseAbi([
  'function name() view returns (string)',
  'function version() view returns (string)',
  'function decimals() view returns (uint8)',
]);

/**
 * Settings for buying from a seller that a person named on the command line. The token's EIP-712 domain comes from
 * the token itself where a node can be asked, otherwise from a fresh quote: the contract and the chain that a
 * signature is good for are the person's own words either way, so a wrong name can only make it worthless.
 * @throws Error when neither the node nor the seller tells the token's name and version
 */
export async function policyFor(seller: OtherSeller): Promise<SellerPolicy> {
  const token =
    seller.rpcUrl === undefined ? await tokenFromQuote(seller) : await tokenFromNode(seller, seller.rpcUrl);
  return {
    origin: seller.origin,
    // A seller on this machine gives results on loopback, which only a listed origin may do.
    ...(isOnThisMachine(seller.origin) && { pictureOrigins: [seller.origin] }),
    payees: [seller.payee],
    assets: [{ network: seller.network, asset: seller.asset, ...token }],
    ceilingsAtomic: {},
  };
}

const isOnThisMachine = (origin: string): boolean =>
  origin.startsWith('http:') || isLoopback(new URL(origin).hostname);

interface Token {
  readonly name: string;
  readonly version: string;
  readonly decimals: number;
}

const tokenFromNode = (seller: OtherSeller, rpcUrl: string): Promise<Token> =>
  askingNode(rpcUrl, () => tokenFromChain(seller, rpcUrl));

async function tokenFromChain(seller: OtherSeller, rpcUrl: string): Promise<Token> {
  const client = createPublicClient({ transport: http(rpcUrl) });
  const chainId = await client.getChainId();
  if (`eip155:${chainId}` !== seller.network)
    throw new Error(`The node at --rpc is of eip155:${chainId}, not of ${seller.network}.`);
  const read = <Name extends 'name' | 'version' | 'decimals'>(functionName: Name) =>
    client.readContract({ address: seller.asset as Address, abi, functionName });
  const [name, version, decimals] = await Promise.all([read('name'), read('version'), read('decimals')]);
  return { name: String(name), version: String(version), decimals: Number(decimals) };
}

async function tokenFromQuote({ origin, network, asset }: OtherSeller): Promise<Token> {
  const answer = await exchange({
    url: origin + offeringPath('flux-2-pro/generate'),
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ prompt: 'a question of price' }),
    longestBodyBytes: 64 * 1024,
    totalMilliseconds: 15_000,
  });
  const challenge = 'failed' in answer ? undefined : decodeChallenge(answer.headers['payment-required']);
  const offers = challenge && 'accepts' in challenge ? challenge.accepts : [];
  const extra = offers.find(
    (offer) => offer.network === network && offer.asset.toLowerCase() === asset.toLowerCase(),
  )?.extra;
  if (typeof extra?.name !== 'string' || typeof extra.version !== 'string')
    throw new Error(`${origin} does not offer ${asset} on ${network}; give --rpc, or check the address.`);
  return { name: extra.name, version: extra.version, decimals: 6 };
}
