import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Download, download } from '../../shared/seller/download.ts';
import { serve, serveRaw } from './loopback.ts';

const bytes = Buffer.from('RIFF and so on');
const longest = 5 * 1024 * 1024;

const fetchFrom = (url: string, pin: readonly string[], totalMilliseconds = 5_000) =>
  download(url, { pin, longestBytes: () => longest, totalMilliseconds });

/** The bytes of the file that came; it is closed. */
async function contentOf(fetched: Download): Promise<Buffer> {
  if (!('file' in fetched)) throw new Error(JSON.stringify(fetched));
  await using file = fetched.file;
  return await buffer(file.stream());
}

const leftovers = () =>
  readdirSync(tmpdir()).filter((name) => name.startsWith('coinbooth-') && /-[0-9a-f]{12}$/.test(name));
let before: string[];
beforeAll(() => {
  before = leftovers();
});
afterAll(() => expect(leftovers().filter((name) => !before.includes(name))).toEqual([]));

test('a picture of a listed origin, whatever type its host calls it', async () => {
  await using host = await serve((_visit, response) =>
    response.writeHead(200, { 'content-type': 'text/html' }).end(bytes),
  );
  expect(await contentOf(await fetchFrom(`${host.origin}/a.webp?sig=x`, [host.origin]))).toEqual(bytes);
});

describe('a result that the pin does not list is held, and its host is not asked', () => {
  test.each([
    ['another host', (origin: string) => origin.replace('127.0.0.1', 'localhost')],
    ['another port', () => 'http://127.0.0.1:1'],
    ['another scheme', (origin: string) => origin.replace('http:', 'https:')],
    ['a host that begins like a listed one', (origin: string) => origin.replace('.0.1', '.0.1.evil.test')],
    ['the metadata service', () => 'http://169.254.169.254'],
  ])('%s', async (_name, change) => {
    await using host = await serve((_visit, response) => response.end(bytes));
    const held = change(host.origin);
    expect(await fetchFrom(`${held}/a.webp`, [host.origin])).toEqual({ held });
    expect(host.visits()).toBe(0);
  });
});

test('a held origin is fetched from once an operator allows exactly it', async () => {
  await using host = await serve((_visit, response) => response.end(bytes));
  const asked: string[] = [];
  const limits = { pin: ['https://pictures.test'], longestBytes: () => longest, totalMilliseconds: 5_000 };
  const get = (allowed: string) =>
    download(`${host.origin}/a.webp`, {
      ...limits,
      isAllowed: async (origin) => {
        asked.push(origin);
        return origin === allowed;
      },
    });
  expect(await get('https://elsewhere.test')).toEqual({ held: host.origin });
  expect(await contentOf(await get(host.origin))).toEqual(bytes);
  expect(asked).toEqual([host.origin, host.origin]);
});

describe('an address that no setting can allow is not asked', () => {
  test.each([
    ['credentials', (origin: string) => origin.replace('//', '//user:pass@')],
    ['a user alone', (origin: string) => origin.replace('//', '//user@')],
    ['a name longer than a name can be', () => `https://${'a.'.repeat(130)}test`],
    ['a file', () => 'file:///etc/passwd'],
    ['data', () => 'data:image/png;base64,AAAA'],
    ['a blob of a listed origin', (origin: string) => `blob:${origin}`],
    ['no URL', () => 'picture.png'],
  ])('%s', async (_name, change) => {
    await using host = await serve((_visit, response) => response.end(bytes));
    expect(await fetchFrom(`${change(host.origin)}/a.webp`, [host.origin])).toHaveProperty('unacceptable');
    expect(host.visits()).toBe(0);
  });
});

describe('without a pin', () => {
  const unpinned = (url: string, ...addresses: string[]) =>
    download(url, {
      longestBytes: () => longest,
      totalMilliseconds: 300,
      resolve: async () => addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    });

  test('http is not fetched, however public its host', async () => {
    await using host = await serve((_visit, response) => response.end(bytes));
    expect(await unpinned(`${host.origin}/a.webp`, '93.184.215.14')).toHaveProperty('unacceptable');
    expect(host.visits()).toBe(0);
  });

  test.each([
    ['loopback', 'https://127.0.0.1', ['127.0.0.1']],
    ['loopback by its name', 'https://localhost', ['127.0.0.1']],
    ['loopback by IPv6', 'https://[::1]', ['::1']],
    ['a public name that leads into a private network', 'https://blobs.test', ['10.0.0.1']],
    ['a name one of whose addresses is private', 'https://blobs.test', ['93.184.215.14', '169.254.169.254']],
    ['a name that leads nowhere', 'https://blobs.test', []],
  ])('nothing connects to %s', async (_name, origin, addresses) => {
    await using host = await serveRaw((socket) => socket.end());
    const { port } = new URL(host.origin);
    const fetched = await unpinned(`${origin}:${port}/a.webp`, ...addresses);
    expect(fetched).toEqual({ unavailable: expect.stringMatching(/private network|nowhere/) });
    expect(host.visits()).toBe(0);
  });
});

test('a redirect is not followed, not even to a listed origin', async () => {
  await using elsewhere = await serve((_visit, response) => response.end(bytes));
  await using host = await serve((_visit, response) =>
    response.writeHead(302, { location: `${elsewhere.origin}/a.webp` }).end(),
  );
  const fetched = await fetchFrom(`${host.origin}/a.webp`, [host.origin, elsewhere.origin]);
  expect(fetched).toEqual({ unavailable: expect.stringContaining('302') });
  expect(elsewhere.visits()).toBe(0);
});

test.each([403, 404, 410, 500, 204, 206])(
  'a host that answers %i may have a better URL later',
  async (status) => {
    await using host = await serve((_visit, response) => response.writeHead(status).end());
    const fetched = await fetchFrom(`${host.origin}/a.webp`, [host.origin]);
    expect(fetched).toEqual({ unavailable: expect.stringContaining(String(status)) });
  },
);

test('a picture that is cut short may come whole the next time', async () => {
  await using host = await serveRaw((socket) =>
    socket.end('HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\nRIFF'),
  );
  const fetched = await fetchFrom(`${host.origin}/a.webp`, [host.origin]);
  expect(fetched).toEqual({ unavailable: expect.stringContaining('truncated') });
});

test('a picture that is too large is given up at the limit', async () => {
  await using host = await serve((_visit, response) => response.end(Buffer.alloc(longest + 1)));
  const fetched = await fetchFrom(`${host.origin}/a.webp`, [host.origin]);
  expect(fetched).toEqual({ unacceptable: expect.stringContaining('larger') });
});

test('a file is read here and there, and from its beginning as often as one likes', async () => {
  const large = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251));
  await using host = await serve((_visit, response) => response.end(large));
  const fetched = await fetchFrom(`${host.origin}/a`, [host.origin]);
  if (!('file' in fetched)) throw new Error('There is no file.');
  await using file = fetched.file;
  expect(file.bytes).toBe(large.length);
  expect(file.sha256).toBe(createHash('sha256').update(large).digest('hex'));
  expect(await file.read(299_990, 100)).toEqual(large.subarray(299_990));
  expect(await file.read(400_000, 10)).toEqual(Buffer.alloc(0));
  expect(await file.read(7, 11)).toEqual(large.subarray(7, 18));
  expect(await buffer(file.stream())).toEqual(large);
  expect(await buffer(file.stream())).toEqual(large);
});

test('how long a file may be is told by how it begins, however slowly that comes', async () => {
  const heads: string[] = [];
  const longestBytes = (head: Uint8Array) => {
    heads.push(Buffer.from(head).toString());
    return String.fromCharCode(...head.subarray(4, 8)) === 'ftyp' ? 1_000 : 20;
  };
  const limits = { longestBytes, totalMilliseconds: 5_000 };
  await using host = await serve(async ({ path }, response) => {
    for (const part of path === '/video'
      ? ['0000f', 'typ', 'x'.repeat(500)]
      : ['0000<htm', 'x'.repeat(500)]) {
      response.write(part);
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    response.end();
  });
  const get = (path: string) => download(host.origin + path, { ...limits, pin: [host.origin] });
  expect((await contentOf(await get('/video'))).length).toBe(508);
  expect(await get('/page')).toEqual({ unacceptable: 'the result is larger than 20 bytes' });
});

test('an encoded answer is not decoded', async () => {
  await using host = await serve((_visit, response) =>
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(bytes),
  );
  expect(await fetchFrom(`${host.origin}/a`, [host.origin])).toEqual({
    unavailable: expect.stringContaining('encoded'),
  });
});

test('a host that dawdles is given up at the end of the time', async () => {
  await using host = await serve((_visit, response) => {
    response.write('RIFF');
    const drip = setInterval(() => response.write('.'), 20);
    response.on('close', () => clearInterval(drip));
  });
  const began = Date.now();
  expect(await fetchFrom(`${host.origin}/a`, [host.origin], 400)).toEqual({
    unavailable: expect.stringContaining('timeout'),
  });
  expect(Date.now() - began).toBeLessThan(2_000);
});

test('headers without end are not read to it', async () => {
  await using host = await serveRaw((socket) =>
    socket.write(`HTTP/1.1 200 OK\r\nx: ${'a'.repeat(100_000)}\r\n\r\n`),
  );
  expect(await fetchFrom(`${host.origin}/a`, [host.origin])).toHaveProperty('unavailable');
});
