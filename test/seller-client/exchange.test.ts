import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { type Exchange, exchange } from '../../shared/seller/exchange.ts';
import { type Loopback, serve, serveRaw } from './loopback.ts';

const ask = ({ origin }: Loopback, change: Partial<Exchange> = {}) =>
  exchange({
    url: `${origin}/x`,
    method: 'GET',
    longestBodyBytes: 1_000,
    totalMilliseconds: 5_000,
    ...change,
  });

const ok = 'HTTP/1.1 200 OK\r\n';

describe('an exchange', () => {
  test('sends the body’s exact bytes and asks for none of the encodings', async () => {
    await using server = await serve(({ method, headers, body }, response) =>
      response.end(JSON.stringify({ method, body, length: headers['content-length'], headers })),
    );
    const answer = await ask(server, { method: 'POST', body: '{"prompt":"ça 🪁"}', headers: { 'x-y': 'z' } });
    if ('failed' in answer) throw new Error(answer.failed);
    expect(JSON.parse(answer.body.toString())).toMatchObject({
      method: 'POST',
      body: '{"prompt":"ça 🪁"}',
      length: '21',
      headers: { 'accept-encoding': 'identity', 'x-y': 'z', connection: 'close' },
    });
  });

  test('gives status, headers and body as they came; of headers sent twice, both', async () => {
    await using server = await serveRaw((socket) =>
      socket.end('HTTP/1.1 418 Teapot\r\nX-One: a\r\nx-one: b\r\ncontent-length: 2\r\n\r\nhi'),
    );
    expect(await ask(server)).toEqual({
      status: 418,
      headers: { 'x-one': 'a, b', 'content-length': '2' },
      body: Buffer.from('hi'),
    });
  });

  test.each([301, 302, 303, 307, 308])('never follows a redirect: %i', async (status) => {
    await using elsewhere = await serve((_visit, response) => response.end('caught'));
    await using server = await serve((_visit, response) =>
      response.writeHead(status, { location: `${elsewhere.origin}/x` }).end(),
    );
    const answer = await ask(server, {
      method: 'POST',
      body: '{}',
      headers: { 'payment-signature': 'secret' },
    });
    expect(answer).toMatchObject({ status });
    expect([server.visits(), elsewhere.visits()]).toEqual([1, 0]);
  });

  test('uses a fresh connection each time', async () => {
    const ports = new Set<number | undefined>();
    await using server = await serveRaw((socket) => {
      ports.add(socket.remotePort);
      socket.end(`${ok}content-length: 0\r\n\r\n`);
    });
    await ask(server);
    await ask(server);
    expect(ports.size).toBe(2);
  });

  test('goes over a connection of before where it may be repeated, and over a fresh one when that was closed', async () => {
    const ports: (number | undefined)[] = [];
    let isClosing = false;
    await using server = await serveRaw((socket) => {
      const answer = (): void => {
        ports.push(socket.remotePort);
        if (isClosing && new Set(ports).size < 2) socket.resetAndDestroy();
        else socket.write(`${ok}content-length: 0\r\n\r\n`);
      };
      socket.on('data', answer);
      answer();
    });
    for (let count = 0; count < 3; count += 1) await ask(server, { isRepeatable: true });
    expect([ports.length, new Set(ports).size]).toEqual([3, 1]);
    isClosing = true;
    expect(await ask(server, { isRepeatable: true })).toMatchObject({ status: 200 });
    expect(new Set(ports).size).toBe(2);
  });

  test('goes over a connection of before and is sent once where it carries a sign-in', async () => {
    const ports: (number | undefined)[] = [];
    await using server = await serveRaw((socket) => {
      const answer = (): void => {
        ports.push(socket.remotePort);
        if (ports.length > 2) socket.resetAndDestroy();
        else socket.write(`${ok}content-length: 0\r\n\r\n`);
      };
      socket.on('data', answer);
      answer();
    });
    const signedIn = () => ask(server, { reusesConnection: true });
    expect([await signedIn(), await signedIn()]).toMatchObject([{ status: 200 }, { status: 200 }]);
    expect(await signedIn()).toEqual({ failed: 'connection', isStale: true });
    expect([ports.length, new Set(ports).size]).toEqual([3, 1]);
  });
});

describe('bounds', () => {
  test.each([
    ['a header of 64 KiB', 64 * 1024, { failed: 'headers-too-large' }],
    ['headers just over 32 KiB', 32 * 1024 + 1, { failed: 'headers-too-large' }],
    ['a header just under 32 KiB', 32 * 1024 - 100, { status: 200 }],
  ])('%s', async (_name, bytes, expected) => {
    await using server = await serveRaw((socket) =>
      socket.end(`${ok}content-length: 0\r\npayment-required: ${'a'.repeat(bytes)}\r\n\r\n`),
    );
    expect(await ask(server)).toMatchObject(expected);
  });

  test('headers without an end', async () => {
    await using server = await serveRaw((socket) => flood(socket, ok, 'x-more: and more\r\n'.repeat(100)));
    expect(await ask(server)).toEqual({ failed: 'headers-too-large' });
  });

  test('a body of exactly the limit is read, one byte more is not', async () => {
    const answering = (bytes: number) => serve((_visit, response) => response.end(Buffer.alloc(bytes)));
    await using within = await answering(1_000);
    expect(await ask(within)).toMatchObject({ status: 200, body: Buffer.alloc(1_000) });
    await using over = await answering(1_001);
    expect(await ask(over)).toEqual({ failed: 'body-too-large' });
  });

  test('a chunked body without an end is cut off, and the connection with it', async () => {
    const closed = Promise.withResolvers<void>();
    await using server = await serveRaw((socket) => {
      socket.on('close', () => closed.resolve());
      return flood(socket, `${ok}transfer-encoding: chunked\r\n\r\n`, `200\r\n${'x'.repeat(512)}\r\n`);
    });
    expect(await ask(server)).toEqual({ failed: 'body-too-large' });
    await closed.promise;
  });

  test.each([
    ['a body that drips', `${ok}content-length: 500\r\n\r\n`, 'x'],
    ['headers that drip', ok, 'x'],
    ['silence', '', ''],
  ])('%s ends at the deadline, however busy it is', async (_name, head, drop) => {
    await using server = await serveRaw(async (socket) => {
      socket.write(head);
      while (!socket.destroyed) {
        socket.write(drop);
        await sleep(20);
      }
    });
    const began = performance.now();
    expect(await ask(server, { totalMilliseconds: 200 })).toEqual({ failed: 'timeout' });
    expect(performance.now() - began).toBeLessThan(1_500);
  });
});

describe('no whole answer', () => {
  const cases: [string, (socket: Socket) => unknown, string][] = [
    ['a reset before the headers', (socket) => socket.resetAndDestroy(), 'connection'],
    ['an end before the headers', (socket) => socket.end(), 'connection'],
    ['half a head', (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-'), 'connection'],
    ['no HTTP at all', (socket) => socket.end('220 smtp.test ESMTP\r\n'), 'connection'],
    [
      'a body shorter than it says',
      (socket) => socket.end(`${ok}content-length: 50\r\n\r\n{"jobId":"cmn1234567890"}`),
      'truncated',
    ],
    [
      'chunks without the last one',
      (socket) => socket.end(`${ok}transfer-encoding: chunked\r\n\r\n2\r\nhi\r\n`),
      'truncated',
    ],
    [
      'a reset within the body',
      async (socket) => {
        socket.write(`${ok}content-length: 50\r\n\r\n{"jobId":"cmn1234567890"}`);
        await sleep(50);
        socket.resetAndDestroy();
      },
      'connection',
    ],
  ];
  test.each(cases)('%s', async (_name, answer, failed) => {
    await using server = await serveRaw(answer);
    expect(await ask(server, { method: 'POST', body: '{}' })).toEqual({ failed });
  });

  test('nobody listens', async () => {
    const { origin, [Symbol.asyncDispose]: close } = await serveRaw(() => {});
    await close();
    expect(
      await exchange({ url: origin, method: 'GET', longestBodyBytes: 10, totalMilliseconds: 5_000 }),
    ).toEqual({ failed: 'connection' });
  });

  test.each(['gzip', 'br', 'gzip, identity'])('an answer that is encoded: %s', async (encoding) => {
    await using server = await serve((_visit, response) =>
      response.writeHead(200, { 'content-encoding': encoding }).end(gzipSync('{"jobId":"cmn1234567890"}')),
    );
    expect(await ask(server)).toEqual({ failed: 'encoded' });
  });
});

/** Writes without an end, as fast as the visitor reads. */
async function flood(socket: Socket, head: string, more: string): Promise<void> {
  socket.write(head);
  while (!socket.destroyed) {
    if (socket.write(more)) continue;
    const { promise, resolve } = Promise.withResolvers<void>();
    socket.once('drain', resolve).once('close', resolve);
    await promise;
  }
}
