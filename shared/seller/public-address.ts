import { BlockList, isIP } from 'node:net';

/** Networks that nobody on the open internet has an address in (RFC 6890 and the IANA registries behind it). */
const reserved = {
  ipv4: [
    '0.0.0.0/8',
    '10.0.0.0/8',
    '100.64.0.0/10',
    '127.0.0.0/8',
    '169.254.0.0/16',
    '172.16.0.0/12',
    '192.0.0.0/24',
    '192.0.2.0/24',
    '192.88.99.0/24',
    '192.168.0.0/16',
    '198.18.0.0/15',
    '198.51.100.0/24',
    '203.0.113.0/24',
    '224.0.0.0/3',
  ],
  ipv6: [
    // Unspecified, loopback and the old IPv4-compatible ones.
    '::/96',
    // NAT64, whose last four bytes are an IPv4 address of any kind.
    '64:ff9b::/96',
    '64:ff9b:1::/48',
    '100::/64',
    // Teredo and its neighbours.
    '2001::/23',
    '2001:db8::/32',
    // 6to4: an IPv4 address of any kind in its second and third group.
    '2002::/16',
    '3fff::/20',
    '5f00::/16',
    'fc00::/7',
    'fe80::/10',
    'fec0::/10',
    'ff00::/8',
  ],
} as const;

const closed = new BlockList();
for (const family of ['ipv4', 'ipv6'] as const)
  for (const network of reserved[family]) {
    const [address = '', prefix] = network.split('/');
    closed.addSubnet(address, Number(prefix), family);
  }

/** Whether an address is one of the open internet; an IPv4 address in IPv6 clothes is looked at without them. */
export function isPublicAddress(address: string): boolean {
  const [bare = ''] = address.split('%');
  const version = isIP(bare);
  return version !== 0 && !closed.check(bare, version === 6 ? 'ipv6' : 'ipv4');
}
