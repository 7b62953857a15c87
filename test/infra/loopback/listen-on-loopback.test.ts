import { once } from 'node:events';
import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LoopbackServer, listenOnLoopback } from '../../../infra/loopback/listen-on-loopback.ts';

/** Who is heard by a server of this machine: its own names, and pages of its own origin. */

let server: LoopbackServer;
let embeddable: LoopbackServer;
let heard = 0;
beforeAll(async () => {
  const listener = () => {
    heard += 1;
  };
  [server, embeddable] = await Promise.all([
    listenOnLoopback((_, response) => void response.end(String(listener()))),
    listenOnLoopback((_, response) => void response.end(String(listener())), { embeds: true }),
  ]);
});
afterAll(() => Promise.all([server.close(), embeddable.close()]));

async function statusOf(
  headers: Record<string, string>,
  { method = 'GET', at = server }: { method?: string; at?: LoopbackServer } = {},
): Promise<number | undefined> {
  const asked = request(at.origin, { method, headers });
  asked.end();
  const [answer] = await once(asked, 'response');
  answer.resume();
  return answer.statusCode;
}

const hosts = (port: string) => [
  `127.0.0.1:${port}`,
  `localhost:${port}`,
  `LOCALHOST:${port}`,
  `[::1]:${port}`,
];
const portOf = ({ origin }: LoopbackServer) => new URL(origin).port;

test('its own names are answered, with their port', async () => {
  for (const host of hosts(portOf(server))) expect(await statusOf({ host })).toBe(200);
});

test('whatever else a request brings, another name is refused first', async () => {
  const port = portOf(server);
  const before = heard;
  for (const host of [
    `evil.test:${port}`,
    `127.0.0.1.evil.test:${port}`,
    `evil-localhost:${port}`,
    `x@localhost:${port}`,
    `127.0.0.1:${Number(port) + 1}`,
    '127.0.0.1',
    'localhost',
    '0.0.0.0',
  ])
    for (const more of [
      {},
      { authorization: 'x' },
      { authorization: 'Bearer x' },
      { authorization: 'AWS4-HMAC-SHA256 x' },
    ])
      expect([host, await statusOf({ host, ...more })]).toEqual([host, 403]);
  expect(heard).toBe(before);
});

test('a page of another origin is refused, whatever it brings', async () => {
  const port = portOf(server);
  const before = heard;
  for (const origin of [
    'null',
    'https://evil.test',
    'http://127.0.0.1:8080',
    `http://localhost:${port}`,
    'http://127.0.0.1',
  ])
    for (const more of [{}, { authorization: 'x' }])
      expect([origin, await statusOf({ origin, ...more }, { method: 'POST' })]).toEqual([origin, 403]);
  expect(heard).toBe(before);
  expect(await statusOf({ origin: server.origin }, { method: 'POST' })).toBe(200);
});

test('another page may lead here, and embeds nothing but what carries its own signature', async () => {
  const embed = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' };
  const visit = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
  expect(await statusOf(embed)).toBe(403);
  expect(await statusOf({ ...embed, 'sec-fetch-site': 'same-site' })).toBe(403);
  expect(await statusOf(embed, { at: embeddable })).toBe(200);
  expect(await statusOf(visit)).toBe(200);
  expect(await statusOf(visit, { method: 'POST' })).toBe(403);
});

test('a taken port is an error', async () => {
  await expect(listenOnLoopback(() => {}, { port: Number(portOf(server)) })).rejects.toThrow('EADDRINUSE');
});
