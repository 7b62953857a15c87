import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { writePage } from '../../../infra/console/bundle-page.ts';
import { pageHeader } from '../../../infra/console/guard.ts';
import { openConsole } from './console-deployment.ts';

/** Who is answered: the console's own page, and nobody else who reaches the port. */

const guarded = [
  '/api/jobs',
  '/operator/money',
  '/operator/stop',
  '/operator/results',
  '/operator/hosts',
  '/operator/quarantine/x',
  '/operator/quarantine/x/release',
  '/files',
];

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
});

describe('with a key', () => {
  const key = 'a1b2c3d4';
  const picture = '/pictures/0471baad-1491-4c32-9ad5-ea4dfe446e84';

  test('nothing of the booth is answered without it, nor with another one', async () => {
    const { say, ask, asked } = openConsole(undefined, { key });
    for (const path of guarded) {
      expect((await say(path)).status).toBe(403);
      expect((await ask(`${path}?key=${key}`, { headers: { cookie: `coinbooth-4460=${key}` } })).status).toBe(
        403,
      );
    }
    for (const pass of ['', 'a1b2', key, 'wrong'])
      expect((await ask(`${picture}?pass=${pass}`)).status).toBe(403);
    expect((await ask(picture)).status).toBe(403);
    expect(asked).toEqual([]);
  });

  test('the page is anybody’s, and sets no cookie: the key is in the fragment, which is sent to nobody', async () => {
    const { ask } = openConsole(undefined, { key });
    const page = await ask('/');
    expect([page.status, page.headers.get('set-cookie')]).toEqual([200, null]);
  });

  test('its header lets in, and half of it shows pictures and does nothing else', async () => {
    const { ask, asked } = openConsole(() => Response.json({ title: 'gone' }, { status: 404 }), { key });
    const headers = { [pageHeader]: key };
    expect((await ask('/operator/booth', { headers })).status).toBe(200);
    await ask(`${picture}?pass=c3d4`);
    expect(asked.map(({ url }) => new URL(url).pathname)).toEqual([picture.replace('pictures', 'api/jobs')]);
    expect((await ask('/operator/booth', { headers: { [pageHeader]: 'c3d4' } })).status).toBe(403);
  });
});

test.each(['/constructor', '/__proto__', '/toString', '/hasOwnProperty'])('%s is nothing', async (path) => {
  const { ask } = openConsole();
  expect((await ask(path)).status).toBe(404);
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
