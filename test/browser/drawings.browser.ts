import fc from 'fast-check';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inspectSvg } from '../../shared/protocol/svg.ts';
import { openBrowser } from './open-page.ts';

/** Drawings of strangers, held against what a real browser fetches for them. */

let browser: Browser;
let page: Page;
let shown: readonly string[] = [];
let fetched: string[] = [];
beforeAll(async () => {
  browser = await openBrowser();
  page = await browser.newPage();
  await page.route('**', (route) => {
    const url = route.request().url();
    const [, which] = /^https:\/\/drawing\.test\/(\d*)$/.exec(url) ?? [];
    if (which === '') return route.fulfill({ contentType: 'text/html', body: frames(shown.length) });
    if (which !== undefined)
      return route.fulfill({ contentType: 'image/svg+xml', body: shown[Number(which)] ?? '' });
    fetched.push(`${url} for ${shown[Number(route.request().frame().url().split('/').at(-1))]}`);
    return route.abort();
  });
});
afterAll(() => browser?.close());

const frames = (count: number): string =>
  `<!doctype html>${Array.from({ length: count }, (_, n) => `<iframe src="/${n}"></iframe>`).join('')}`;

/** What the browser asks of anybody but the drawings' own host, each drawing a document of its own. */
async function fetchedFor(drawings: readonly string[]): Promise<readonly string[]> {
  [shown, fetched] = [drawings, []];
  await page.goto('https://drawing.test/', { waitUntil: 'load' });
  // Masks and fonts are asked for when they are first drawn.
  await page.waitForTimeout(100);
  return fetched;
}

const svg = (inside: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="64" height="32">${inside}</svg>`;
const isAccepted = (text: string): boolean => !('refused' in inspectSvg(Buffer.from(text)));

test.each([
  ['an import around a child element', '<style>@imp<title/>ort "https://evil.test/a";</style>'],
  ['an import around a comment', '<style>@im<!-- -->port "https://evil.test/a";</style>'],
  ['an escaped import', '<style>@\\69mport "https://evil.test/a";</style>'],
  [
    'a comment that a string only mentions',
    '<style>.a{font-family:"/*";mask:url(https://evil.test/a);--b:"*/"}</style><rect class="a"/>',
  ],
  [
    'a comment that an attribute only mentions',
    '<rect width="9" height="9" style="font-family:\'/*\';mask:url(https://evil.test/a);--b:\'*/\'"/>',
  ],
  [
    'a slash that escapes to a comment',
    '<style>\\2f* {}rect{mask:url(https://evil.test/a)}/**/</style><rect width="9" height="9"/>',
  ],
  [
    'an escaped slash',
    '<style>rect{mask:url(https:\\2f\\2f evil.test/a)}</style><rect width="9" height="9"/>',
  ],
  ['an image set', '<rect width="9" height="9" style="mask-image:image-set(\'https://evil.test/a\' 1x)"/>'],
  ['a picture from elsewhere', '<image href="https://evil.test/a.png" width="9" height="9"/>'],
])('the browser fetches for %s, and inspection refuses it', async (_name, inside) => {
  expect(await fetchedFor([svg(inside)])).not.toEqual([]);
  expect(isAccepted(svg(inside))).toBe(false);
});

test('nothing is fetched for any drawing that inspection accepts, whatever its style is made of', async () => {
  const piece = fc.constantFrom(
    '@import',
    '@\\69mport ',
    '"https://evil.test/a"',
    "'https://evil.test/a'",
    'url(https://evil.test/a)',
    'url("https://evil.test/a")',
    'u\\72l(https://evil.test/a)',
    'url(#a)',
    'image-set("https://evil.test/a" 1x)',
    '/*',
    '*/',
    '\\2f*',
    '\\',
    '"',
    "'",
    ';',
    '{',
    '}',
    'rect{mask:',
    'rect{fill:',
    'mask:',
    '--a:',
    '@media all{',
    '@font-face{font-family:a;src:',
    '\n',
    ' ',
    '&#10;',
    '<!-- -->',
    '<![CDATA[',
    ']]>',
  );
  const style = fc.array(piece, { minLength: 1, maxLength: 9 }).map((pieces) => pieces.join(''));
  const drawings = fc.sample(
    fc
      .tuple(style, fc.boolean())
      .map(([css, inAttribute]) =>
        svg(
          inAttribute
            ? `<rect id="a" width="9" height="9" style="${css.replaceAll('"', "'").replaceAll('<', '&lt;')}"/>`
            : `<style>${css}</style><rect id="a" width="9" height="9"/><text font-family="a">a</text>`,
        ),
      ),
    6_000,
  );
  const accepted = [...new Set(drawings)].filter(isAccepted);
  expect(accepted.length).toBeGreaterThan(200);
  for (let from = 0; from < 200; from += 100)
    expect(await fetchedFor(accepted.slice(from, from + 100))).toEqual([]);
});
