import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import type { TestBooth } from '../flow/test-booth.ts';
import { openConsole } from './open-console.ts';
import { type OpenPage, openBrowser, openPage, type phone, type wide } from './open-page.ts';

/** A whole booth and a browser for the tests of one file, from before its first test until after its last. */
export function useConsole() {
  let opened: { booth: TestBooth; browser: Browser } | undefined;
  const own = () => {
    if (!opened) throw new Error('There is a console once the tests have begun.');
    return opened;
  };
  beforeAll(async () => {
    const [booth, browser] = await Promise.all([openConsole(), openBrowser()]);
    opened = { booth, browser };
  });
  afterAll(async () => {
    await opened?.browser.close();
    await opened?.booth.close();
  });
  const address = (view = 'pictures') => `${own().booth.world.apiOrigin}/#/${view}`;
  return {
    get booth() {
      return own().booth;
    },
    get browser() {
      return own().browser;
    },
    address,
    /** How often the wallet has paid. */
    settled: async () => {
      const { booth } = own();
      return (await booth.sandbox?.chain.settlements(booth.wallet))?.length ?? 0;
    },
    /** Opens a page, and expects that it complained about nothing by the time it is closed. */
    async visit(
      view: string,
      use: (page: OpenPage) => Promise<void>,
      options?: typeof phone | typeof wide,
    ): Promise<void> {
      const page = await openPage(own().browser, address(view), options);
      await use(page);
      expect(page.complaints).toEqual([]);
      await page.close();
    },
  };
}

export const prompt = (page: Page) => page.getByLabel('Prompt', { exact: true });
export const generate = (page: Page) => page.getByRole('button', { name: 'Generate', exact: true });
export const tile = (page: Page, words: string) => page.locator('.tile', { hasText: words });
