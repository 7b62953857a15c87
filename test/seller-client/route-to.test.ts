import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { download } from '../../shared/seller/download.ts';
import { isPublicAddress } from '../../shared/seller/public-address.ts';
import { type Address, routeTo } from '../../shared/seller/route-to.ts';

/** A listener that nobody may reach. */
const canary = createServer((socket) => {
  connections += 1;
  socket.destroy();
});
let connections = 0;
let port: number;
beforeAll(async () => {
  canary.listen(0, '127.0.0.1');
  await once(canary, 'listening');
  ({ port } = canary.address() as AddressInfo);
});
afterAll(() => canary.close());

const v4 = (...addresses: string[]): Address[] => addresses.map((address) => ({ address, family: 4 }));
const v6 = (...addresses: string[]): Address[] => addresses.map((address) => ({ address, family: 6 }));
const bounds = { longestBytes: () => 1_000, totalMilliseconds: 2_000 };

describe('an address', () => {
  test.each([
    '0.0.0.0',
    '0.1.2.3',
    '10.0.0.1',
    '10.255.255.255',
    '100.64.0.1',
    '100.127.255.255',
    '127.0.0.1',
    '127.8.8.8',
    '169.254.169.254',
    '169.254.170.2',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.170',
    '192.168.1.1',
    '198.18.0.1',
    '198.19.255.255',
    '203.0.113.9',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::127.0.0.1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:10.0.0.1',
    '::ffff:169.254.169.254',
    '64:ff9b::7f00:1',
    '64:ff9b::a9fe:a9fe',
    '64:ff9b:1::1',
    '100::1',
    '2001::1',
    '2001:db8::1',
    '2002:7f00:1::',
    '2002:a9fe:a9fe::1',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'ff02::1',
    '',
    'localhost',
    '2130706433',
    '0x7f.1',
    '0177.0.0.1',
    '127.1',
    // SIIT, in every spelling.
    '::ffff:0:169.254.169.254',
    '::ffff:0:a9fe:a9fe',
    '0:0:0:0:ffff:0:7f00:1',
    '::ffff:0:8.8.8.8',
    '::8.8.8.8',
    '::169.254.169.254',
    '0:0:0:0:0:ffff:a9fe:a9fe',
    '::FFFF:192.168.1.1',
    '64:ff9b::10.0.0.1',
    '64:ff9b:1:a9fe:a9:fe00::',
    '64:ff9b:1:ffff::8.8.8.8',
    '2002:0808:0808::1',
    '2001:0:7f00:1::',
    '2001:0:4136:e378:8000:63bf:3fff:fdd2',
    // ISATAP, behind any prefix.
    '2606:4700::5efe:169.254.169.254',
    '2606:4700::200:5efe:10.0.0.1',
    '2606:4700::5efe:8.8.8.8',
    // Networks of the registries, and those that nobody was given.
    '192.31.196.1',
    '192.52.193.1',
    '192.175.48.1',
    '192.88.99.1',
    '192.0.0.9',
    '198.51.100.1',
    '2001:1::1',
    '2001:2::1',
    '2001:3::1',
    '2001:4:112::1',
    '2001:20::1',
    '2001:30::1',
    '2001:1ff::1',
    '2620:4f:8000::1',
    '3fff::1',
    '3fff:fff::1',
    '5f00::1',
    '100:0:0:1::1',
    '4000::1',
    '1::1',
    '2606:4700::1111%eth0',
    '8.8.8.8%eth0',
    '168.63.129.16',
    '::ffff:168.63.129.16',
    ' 8.8.8.8',
    '8.8.8.8 ',
    '8.8.8.8.',
    '[2606:4700::1111]',
    '010.8.8.8',
    '8.8.2056',
  ])('%s is not public', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  test.each([
    '1.1.1.1',
    '8.8.8.8',
    '9.255.255.255',
    '11.0.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '172.15.0.1',
    '172.32.0.1',
    '169.253.0.1',
    '193.0.0.1',
    '223.255.255.255',
    '2606:4700::1111',
    '2a00:1450:4001::200e',
    '::ffff:8.8.8.8',
    '64:ff9b::8.8.8.8',
    '2001:200::1',
    '2003::1',
    '2606:4700::5eff:1',
  ])('%s is', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });
});

describe('a listed name', () => {
  const resolutions: [string, Address[]][] = [
    ['loopback', v4('127.0.0.1')],
    ['the metadata service', v4('169.254.169.254')],
    ['the credentials of a container', v4('169.254.170.2')],
    ['a private network', v4('10.1.2.3')],
    ['a public address and a private one', v4('8.8.8.8', '192.168.0.1')],
    ['loopback, in IPv6 clothes', v6('::ffff:127.0.0.1')],
    ['loopback, by way of NAT64', v6('64:ff9b::7f00:1')],
    ['loopback, by way of 6to4', v6('2002:7f00:1::')],
    ['itself', v6('::1')],
    ['a unique local address', v6('fd00::1')],
    ['nothing', []],
  ];
  test.each(resolutions)('that leads to %s is not connected to', async (_name, addresses) => {
    const origin = `https://media.test:${port}`;
    const fetched = await download(`${origin}/a.webp`, {
      ...bounds,
      pin: [origin],
      resolve: async () => addresses,
    });
    expect(fetched).toEqual({ unavailable: expect.stringContaining('media.test') });
    expect(connections).toBe(0);
  });

  test('that cannot be resolved is asked for again later', async () => {
    const resolve = () => Promise.reject(new Error('EAI_AGAIN'));
    expect(await routeTo(new URL('https://media.test'), resolve)).toHaveProperty('unavailable');
  });

  test('is resolved once: where it leads afterwards makes no difference', async () => {
    const answers = [v4('192.0.66.7'), v4('127.0.0.1')];
    let asked = 0;
    const route = await routeTo(new URL(`https://media.test:${port}`), async () => {
      asked += 1;
      return answers.shift() ?? v4('127.0.0.1');
    });
    if (!('lookup' in route) || !route.lookup) throw new Error('There is no route.');
    const { lookup } = route;
    const looked = () =>
      new Promise((resolve) =>
        lookup('media.test', {}, (_error, address, family) => resolve([address, family])),
      );
    expect([await looked(), await looked()]).toEqual([
      ['192.0.66.7', 4],
      ['192.0.66.7', 4],
    ]);
    const all = await new Promise((resolve) =>
      lookup('media.test', { all: true }, (_error, addresses) => resolve(addresses)),
    );
    expect(all).toEqual([{ address: '192.0.66.7', family: 4 }]);
    expect(asked).toBe(1);
    expect(['192.0.66.7', '127.0.0.1', '::ffff:127.0.0.1', undefined, ''].map(route.leadsTo)).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
  });

  test('whose resolver turns round between the check and the connection reaches nobody', async () => {
    const origin = `https://media.test:${port}`;
    const answers = [v4('192.0.66.7')];
    const resolve = async () => answers.shift() ?? v4('127.0.0.1');
    const limits = { ...bounds, totalMilliseconds: 300, pin: [origin], resolve };
    expect(await download(`${origin}/a.webp`, limits)).toHaveProperty('unavailable');
    expect(connections).toBe(0);
  });
});

describe('an origin of the local world, which is listed as it is', () => {
  test.each(['http://127.0.0.1:4020', 'http://localhost:4020', 'https://127.0.0.1', 'https://[::1]:8443'])(
    '%s is gone to without a look-up',
    async (origin) => {
      const route = await routeTo(new URL(origin), () => Promise.reject(new Error('must not be asked')));
      expect(route).not.toHaveProperty('unavailable');
      expect(route).not.toHaveProperty('lookup');
    },
  );
});

describe('an address that is written so as to be taken for a listed one reaches nobody', () => {
  const origin = () => `https://media.test:${port}`;
  const spellings: [string, () => string][] = [
    ['decimal', () => `http://2130706433:${port}/`],
    ['hexadecimal', () => `http://0x7f000001:${port}/`],
    ['octal', () => `http://0177.0.0.1:${port}/`],
    ['short', () => `http://127.1:${port}/`],
    ['full-width digits', () => `http://１２７.０.０.１:${port}/`],
    ['IPv6', () => `http://[::1]:${port}/`],
    ['IPv4 in IPv6', () => `http://[::ffff:127.0.0.1]:${port}/`],
    ['an ideographic full stop', () => `https://media。test:${port}/x`.replace('media', 'evil')],
    ['a trailing dot', () => `https://media.test.:${port}/`],
    ['a user that looks like a host', () => `https://media.test@127.0.0.1:${port}/`],
    ['a user before the listed host', () => `https://127.0.0.1@media.test:${port}/`],
    ['a password', () => `https://:secret@media.test:${port}/`],
    ['a backslash', () => `https://127.0.0.1:${port}\\@media.test/`],
    ['a fragment that looks like a host', () => `https://127.0.0.1:${port}#@media.test:${port}/`],
    ['a host that begins like it', () => `https://media.test.evil.test:${port}/`],
    ['a host that ends like it', () => `https://evilmedia.test:${port}/`],
    ['another port', () => 'https://media.test/'],
    ['without TLS', () => `http://media.test:${port}/`],
    ['a name of several scripts', () => `https://mеdia.test:${port}/`],
    ['a tab in the scheme', () => `ht\ttp://127.0.0.1:${port}/`],
    ['no scheme', () => `//127.0.0.1:${port}/`],
    ['FTP', () => `ftp://127.0.0.1:${port}/`],
    ['gopher', () => `gopher://127.0.0.1:${port}/`],
    ['a file', () => 'file:///proc/self/environ'],
    ['a script', () => 'javascript:alert(1)'],
    ['a blob', () => `blob:https://media.test:${port}/1`],
    ['the runtime API of Lambda', () => 'http://127.0.0.1:9001/2018-06-01/runtime/invocation/next'],
    ['the metadata service', () => 'http://169.254.169.254/latest/meta-data/'],
    ['a percent sign', () => `https://media.test%00.evil.test:${port}/`],
    ['nothing', () => ''],
  ];
  test.each(spellings)('%s', async (_name, url) => {
    const fetched = await download(url(), {
      ...bounds,
      pin: [origin()],
      resolve: async () => v4('127.0.0.1'),
    });
    expect(Object.keys(fetched)).toEqual([expect.stringMatching(/^(unacceptable|held)$/)]);
    expect(connections).toBe(0);
  });
});
