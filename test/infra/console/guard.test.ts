import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { writePage } from '../../../infra/console/bundle-page.ts';
import { openConsole } from './console-deployment.ts';

/** Who is answered: the console's own page at this machine's own names, and nobody else who reaches the port. */

const guarded = ['/api/jobs', '/operator/money', '/operator/stop', '/files'];

describe('is refused, and nothing is asked of the booth', () => {
  test.each(guarded)('%s without the header that only the page sends', async (path) => {
    const { ask, asked } = openConsole();
    expect((await ask(path)).status).toBe(403);
    expect((await ask(path, { method: 'POST', body: '{}' })).status).toBe(403);
    expect(asked).toEqual([]);
  });

  test.each([
    ['another origin', { origin: 'https://evil.test' }],
    ['another port of this machine', { origin: 'http://127.0.0.1:8080' }],
    ['no origin at all', { origin: 'null' }],
    ['what the browser calls cross-site', { 'sec-fetch-site': 'cross-site' }],
    ['what the browser calls same-site', { 'sec-fetch-site': 'same-site' }],
  ])('%s, even with the header', async (_, headers) => {
    const { say, asked } = openConsole();
    for (const path of guarded) expect((await say(path, { method: 'POST', headers })).status).toBe(403);
    expect((await say('/pictures/0471baad-1491-4c32-9ad5-ea4dfe446e84', { headers })).status).toBe(403);
    expect(asked).toEqual([]);
  });

  test.each(['evil.test', 'evil.test:4460', '127.0.0.1.evil.test', 'localhost.evil.test', ''])(
    'the name %j, which was made to lead here',
    async (host) => {
      const { say, asked } = openConsole();
      for (const path of ['/', '/page.js', ...guarded])
        expect((await say(path, { headers: { host } })).status).toBe(403);
      expect(asked).toEqual([]);
    },
  );
});

test.each(['127.0.0.1:4460', 'localhost:4460', '127.0.0.1', '[::1]:4460'])('%s is home', async (host) => {
  const { say } = openConsole();
  const origin = `http://${host}`;
  const headers = { host, origin, 'sec-fetch-site': 'same-origin' };
  expect((await say('/api/models', { headers })).status).toBe(200);
});

describe('with a key', () => {
  const key = 'f00d';

  test('nobody is let in without it', async () => {
    const { say } = openConsole(undefined, { key });
    for (const path of ['/', '/page.js', '/?key=wrong', `/page.js?key=${key}`, ...guarded])
      expect((await say(path)).status).toBe(403);
    const cookie = 'coinbooth-4460=wrong';
    expect((await say('/operator/booth', { headers: { cookie } })).status).toBe(403);
  });

  test('the printed address lets in, and keeps it from scripts and other sites', async () => {
    const { ask, say } = openConsole(undefined, { key });
    const entered = await ask(`/?key=${key}`);
    expect([entered.status, entered.headers.get('location')]).toEqual([302, '/']);
    const cookie = entered.headers.get('set-cookie') ?? '';
    expect(cookie).toBe(`coinbooth-4460=${key}; Path=/; HttpOnly; SameSite=Strict`);
    const headers = { cookie: cookie.split(';')[0] ?? '' };
    expect((await say('/operator/booth', { headers })).status).toBe(200);
  });
});

test('everything is answered under a policy that runs the page’s own files alone', async () => {
  const { ask, say } = openConsole();
  for (const response of [
    await ask('/'),
    await say('/api/models'),
    await ask('/nothing'),
    await ask('/api/x'),
  ]) {
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'; script-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('cross-origin-resource-policy')).toBe('same-origin');
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  }
});

test('the page is one file of each kind, without a script in it, and is sent once', async () => {
  const { ask } = openConsole();
  const page = await ask('/');
  const html = await page.text();
  expect(html).not.toMatch(/<script(?![^>]*src=)|style=|https?:/);
  const files = [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path]) => path ?? '');
  expect(files.toSorted()).toEqual(['/coin.svg', '/page.js', '/style.css', '/theme.js']);
  for (const path of files) {
    const file = await ask(path);
    expect(file.status).toBe(200);
    const etag = file.headers.get('etag') ?? '';
    expect((await ask(path, { headers: { 'if-none-match': etag } })).status).toBe(304);
  }
  expect((await (await ask('/page.js')).text()).length).toBeLessThan(150_000);
});

test('a package that others install brings the page along', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'coinbooth-test-'));
  await writePage(folder);
  expect((await readdir(folder)).toSorted()).toEqual([
    'coin.svg',
    'index.html',
    'page.js',
    'style.css',
    'theme.js',
  ]);
  await rm(folder, { recursive: true });
});
