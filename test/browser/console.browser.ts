import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TestBooth } from '../flow/test-booth.ts';
import { findingsOf } from './check-access.ts';
import { openConsole } from './open-console.ts';
import { openBrowser, openPage, phone } from './open-page.ts';

/** The console in a real browser, before a whole booth. */

let booth: TestBooth;
let browser: Browser;
beforeAll(async () => {
  [booth, browser] = await Promise.all([openConsole(), openBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await booth?.close();
});
const url = () => `${booth.world.apiOrigin}/`;

test('from a prompt to its price to the picture, each seen', async () => {
  const { page, complaints, see, close } = await openPage(browser, url());
  await page.getByText('Nothing yet').waitFor();
  await page.getByLabel('Prompt', { exact: true }).fill('a lighthouse at dusk');
  await page.getByLabel('Resolution').selectOption('0.5 MP');
  await page.getByText('$0.02', { exact: true }).waitFor();
  await see('priced');
  await page.getByRole('button', { name: 'Generate' }).click();
  const picture = page.locator('.tile img.there');
  await picture.waitFor();
  expect(await picture.evaluate((image: { naturalWidth: number }) => image.naturalWidth)).toBeGreaterThan(
    300,
  );
  await see('delivered');
  expect(await findingsOf(page)).toEqual([]);
  expect(complaints).toEqual([]);
  await close();
});

test.each(['pictures', 'batch', 'money'])(
  'at the width of a phone, %s does not scroll sideways',
  async (view) => {
    const { page, complaints, see, close } = await openPage(browser, `${url()}#/${view}`, phone);
    await page.locator('main > *').first().waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(375);
    await see(`phone-${view}`);
    expect(complaints).toEqual([]);
    await close();
  },
);
