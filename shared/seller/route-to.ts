import { lookup as resolveName } from 'node:dns/promises';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { isPublicAddress } from './public-address.ts';

/** How a host of the open internet is reached: at addresses that were looked at before anything was connected. */
export interface Route {
  /** In the place of the connection's own look-up; absent where a host is trusted as it stands. */
  readonly lookup?: LookupFunction;
  /** Whether a connection went where it was sent. */
  readonly leadsTo: (remoteAddress: string | undefined) => boolean;
}

export interface Address {
  readonly address: string;
  readonly family: number;
}

/** Every address of a name, as the machine's resolver has them. */
const everyAddress = (hostname: string): Promise<readonly Address[]> => resolveName(hostname, { all: true });

/**
 * Finds the way to a stranger's host. The name is resolved once, every answer must be public, and the connection is
 * made to one of them: a name that is resolved anew, to somewhere else, is of no use to anybody.
 * @param isListed whether the settings list the origin exactly: then http and loopback are meant, as on the local stack
 */
export async function routeTo(
  url: URL,
  resolve: (hostname: string) => Promise<readonly Address[]> = everyAddress,
  isListed = true,
): Promise<Route | { readonly unavailable: string }> {
  if (isListed && (url.protocol === 'http:' || isLoopback(url.hostname))) return { leadsTo: () => true };
  const hostname = url.hostname.replace(/^\[|\]$/g, '');
  const addresses = await resolve(hostname).catch(() => []);
  const [first] = addresses;
  if (!first) return { unavailable: `the name ${hostname} leads nowhere` };
  if (!addresses.every(({ address }) => isPublicAddress(address)))
    return { unavailable: `the name ${hostname} leads into a private network` };

  const known = new BlockList();
  for (const { address } of addresses) known.addAddress(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
  return {
    lookup: (_hostname, { all }, callback) =>
      all ? callback(null, [...addresses]) : callback(null, first.address, first.family),
    leadsTo: (remoteAddress = '') =>
      isIP(remoteAddress) !== 0 && known.check(remoteAddress, isIP(remoteAddress) === 6 ? 'ipv6' : 'ipv4'),
  };
}

/** Whether a name leads to this machine, by how it is written. */
export const isLoopback = (hostname: string): boolean =>
  /^(localhost|(.+\.)?localhost\.?|127(\.\d+){3}|\[::1\])$/.test(hostname);
