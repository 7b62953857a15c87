import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/**
 * Tells whether an address is one of the open internet. An IPv4 address inside an IPv4-mapped or NAT64 (64:ff9b::/96)
 * address is judged by itself, since that is where a connection goes. Every other form that carries an IPv4 address
 * (compatible, SIIT, 6to4, Teredo, ISATAP, local NAT64) is refused, as are all special-purpose networks.
 * @param address as a resolver or a socket spells it; short, octal and hexadecimal spellings and zones are no addresses
 * @see https://www.iana.org/assignments/iana-ipv4-special-registry
 * @see https://www.iana.org/assignments/iana-ipv6-special-registry
 */
export function isPublicAddress(address: string): boolean {
  const version = isIP(address);
  if (version === 0 || address.includes('%')) return false;
  if (version === 4) return isPublicIpv4(ipaddr.IPv4.parse(address));
  const parsed = ipaddr.IPv6.parse(inGroups(address));
  if (parsed.isIPv4MappedAddress()) return isPublicIpv4(parsed.toIPv4Address());
  const bytes = parsed.toByteArray();
  if (parsed.match(nat64)) return isPublicIpv4(new ipaddr.IPv4(bytes.slice(12)));
  return parsed.match(allocated) && parsed.range() === 'unicast' && !isIsatap(bytes);
}

/** An IPv6 address without dots: `ipaddr.js` takes `::8.8.8.8`, which is IPv4-compatible, for IPv4-mapped. */
const inGroups = (address: string): string => new URL(`http://[${address}]`).hostname.slice(1, -1);

const nat64 = ipaddr.IPv6.parseCIDR('64:ff9b::/96');

/** Networks outside it belong to nobody on the open internet. */
const allocated = ipaddr.IPv6.parseCIDR('2000::/3');

/** Serves Azure's machines what 169.254.169.254 serves others, from an address like any other. */
const azureHost = '168.63.129.16';

const isPublicIpv4 = (address: ipaddr.IPv4): boolean =>
  address.range() === 'unicast' && address.toString() !== azureHost;

/** RFC 5214: the interface identifier is 5EFE, its universal bit set or not, and an IPv4 address of any kind. */
const isIsatap = (bytes: readonly number[]): boolean =>
  ((bytes[8] ?? 0) & 0xfd) === 0 && bytes[9] === 0 && bytes[10] === 0x5e && bytes[11] === 0xfe;
