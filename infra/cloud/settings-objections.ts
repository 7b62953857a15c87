import { BlockList, isIP } from 'node:net';
import { isAddress } from 'viem';
import { nodesOf, railsOf } from '../../shared/core/policy.ts';
import { treasuryObjection } from '../../shared/core/withdrawal.ts';
import type { Settings, World } from './settings.ts';

/**
 * What is wrong with settings that each by itself is well-formed.
 * @returns a line for each, with the name of the setting
 */
export const objectionsTo = (settings: Settings, world: World): string[] =>
  [
    insecureOrigins(settings, world),
    mistyped(settings),
    hastyPayer(settings),
    walletOfNobody(settings),
    largeEnvironment(settings),
    loneNode(settings, world),
    brokenRail(settings),
    wrongTreasury(settings),
  ].flat();

const walletOfNobody = ({ wallet }: Settings): string[] =>
  wallet.oldest > wallet.edition ? ['coinbooth.wallet.oldest: is of a key after the one that pays'] : [];

const hastyPayer = ({ payer, timings }: Settings): string[] =>
  payer.timeoutSeconds < timings.answerSeconds + 5
    ? ['coinbooth.payer.timeoutSeconds: must be at least timings.answerSeconds + 5']
    : [];

/** An address of mixed case carries its checksum (EIP-55); a wrong one would fail at the first signature. */
const mistyped = ({ seller }: Settings): string[] =>
  [
    ...[...seller.payees, ...(seller.tempo?.payees ?? [])],
    ...[...seller.assets, ...(seller.tempo?.assets ?? [])].map(({ asset }) => asset),
  ]
    .filter((address) => !isAddress(address))
    .map((address) => `coinbooth.seller: ${address} has a wrong checksum; is a letter mistyped?`);

/** Lambda allows 4 KB for a function's whole environment; the other variables need about a quarter of it. */
const largeEnvironment = ({ seller, timings, treasury, chains, references }: Settings): string[] =>
  [seller, timings, treasury, chains, references.buckets].reduce(
    (sum, each) => sum + JSON.stringify(each).length,
    0,
  ) > 3000
    ? [
        'coinbooth.seller: with its payees, assets and ceilings, the nodes of chains and the buckets of references it is' +
          ' too long for a Lambda environment',
      ]
    : [];

/** One node alone could tell of a payment that never was, or hide one. */
const loneNode = ({ chains }: Settings, world: World): string[] =>
  Object.entries(chains)
    .filter(
      ([, nodes]) =>
        new Set(nodesOf(nodes).rpcUrls.map((rpcUrl) => new URL(rpcUrl).host)).size <
        (world === 'cloud' ? 2 : 1),
    )
    .map(([network]) => `coinbooth.chains.${network}: two nodes of different operators are needed`);

/** What is signed on Tempo lives for seconds, and only a node can tell what became of it. */
function brokenRail({ seller, chains }: Settings): string[] {
  if (!seller.rails?.includes('tempo')) return [];
  if (!railsOf(seller).includes('tempo')) return ['coinbooth.seller.rails: "tempo" needs seller.tempo'];
  return (seller.tempo?.assets ?? [])
    .filter(({ network }) => chains[network] === undefined)
    .map(({ network }) => `coinbooth.chains.${network}: the rail "tempo" needs nodes of its chain`);
}

/** Money that is moved by mistake does not come back: an address is looked at before it can be signed for. */
const wrongTreasury = ({ seller, chains, treasury }: Settings): string[] =>
  Object.entries(treasury).flatMap(([network, address]) => {
    const objection = isAddress(address)
      ? treasuryObjection(address, seller)
      : 'has a wrong checksum; is a letter mistyped?';
    return [
      ...(objection === undefined ? [] : [`${address} ${objection}`]),
      ...(seller.assets.some((asset) => asset.network === network)
        ? []
        : ['there is no token of this network among seller.assets']),
      ...(chains[network] === undefined ? ['it needs nodes of its chain (coinbooth.chains)'] : []),
    ].map((wrong) => `coinbooth.treasury.${network}: ${wrong}`);
  });

function insecureOrigins({ seller, api }: Settings, world: World): string[] {
  if (world === 'local') return [];
  const origins = [
    ['seller.origin', seller.origin],
    ...(seller.pictureOrigins ?? []).map((origin) => ['seller.pictureOrigins', origin]),
    ...(seller.uploads ? [['seller.uploads.putUrl', new URL(seller.uploads.putUrl).origin]] : []),
    ...(api.jwt ? [['api.jwt.issuer', api.jwt.issuer]] : []),
  ] as [string, string][];
  return origins
    .filter(([, origin]) => isInsecureOrigin(origin))
    .map(([name, origin]) => `coinbooth.${name}: ${origin} is http or loopback; AWS is given https only`);
}

/** Whether an origin is http or this machine's own: AWS is given neither. */
export const isInsecureOrigin = (origin: string): boolean =>
  !origin.startsWith('https://') || isLoopback(new URL(origin).hostname);

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');
// The unspecified addresses lead to the same machine.
loopback.addAddress('0.0.0.0', 'ipv4');
loopback.addAddress('::', 'ipv6');

function isLoopback(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$|\.$/g, '');
  const version = isIP(host);
  if (version === 0) return host === 'localhost' || host.endsWith('.localhost');
  return loopback.check(host, version === 6 ? 'ipv6' : 'ipv4');
}
